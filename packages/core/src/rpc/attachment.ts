import type { ObjectSocket, ObjectStorage } from '../platform/types.ts'
import { ensure, run as execute, first, hasTable } from '../storage/sql.ts'

/** What a connection needs to go on after the object has slept. */
export interface Saved {
  readonly connection: string
  readonly requestId: string
  readonly principal: unknown
  /** Of a client that can resume: the id of its session. `null`: it has still to say which. */
  readonly session?: string | null
  /** Names and numbers of callbacks. */
  readonly kept: readonly (readonly [name: string, id: number])[]
  /** Of `SessionRecord`; absent before the first frame. */
  readonly record?: unknown
}

/** The platform allows 16,384 bytes; text may take two for a letter. */
const maxAttachment = 8_000

const table =
  'CREATE TABLE IF NOT EXISTS core_rpc_records (connection TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID'

/** Into the socket's attachment; where the record is too long for it, into a row of ours. */
export function save(storage: ObjectStorage, socket: ObjectSocket, saved: Saved): void {
  const text = JSON.stringify(saved)
  if (text.length <= maxAttachment) {
    socket.serializeAttachment(text)
    return
  }
  const { record, ...rest } = saved
  ensure(storage, table)
  const write = 'INSERT INTO core_rpc_records VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record'
  execute(storage, write, saved.connection, JSON.stringify({ record, kept: rest.kept }))
  socket.serializeAttachment(JSON.stringify({ ...rest, kept: [], spilled: true }))
}

export function load(storage: ObjectStorage, socket: ObjectSocket): Saved | undefined {
  const text = socket.deserializeAttachment()
  if (typeof text !== 'string') return undefined
  const { spilled, ...saved } = JSON.parse(text) as Saved & { readonly spilled?: boolean }
  if (spilled !== true) return saved
  const row = first<{ record: string }>(storage, 'SELECT record FROM core_rpc_records WHERE connection = ?', saved.connection)
  return { ...saved, ...JSON.parse(row?.record ?? '{}') }
}

/** The socket is gone, though the platform may list it for as long as the other side does not say that it knows. */
export function forget(storage: ObjectStorage, socket: ObjectSocket): void {
  const text = socket.deserializeAttachment()
  socket.serializeAttachment(null)
  if (typeof text !== 'string' || !text.includes('"spilled":true') || !hasTable(storage, 'core_rpc_records')) return
  const { connection } = JSON.parse(text) as Saved
  execute(storage, 'DELETE FROM core_rpc_records WHERE connection = ?', connection)
}
