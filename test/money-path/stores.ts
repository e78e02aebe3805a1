import type { DatabaseSync } from 'node:sqlite'
import { type Intent, type IntentStore, intentFromJson, intentToJson } from '@do/provider'

/** Intents in a file: what a SIGKILL must not lose. */
export function fileIntents(db: DatabaseSync): IntentStore {
  db.exec(`CREATE TABLE IF NOT EXISTS intents (key TEXT PRIMARY KEY, state TEXT, version INTEGER, handle TEXT, body TEXT) STRICT;
    CREATE INDEX IF NOT EXISTS intents_handle ON intents (handle)`)
  const get = (key: string) => {
    const row = db.prepare('SELECT body FROM intents WHERE key = ?').get(key) as { body: string } | undefined
    return row === undefined ? undefined : intentFromJson(row.body)
  }
  const insert = db.prepare('INSERT OR IGNORE INTO intents VALUES (?, ?, ?, ?, ?)')
  const update = db.prepare('UPDATE intents SET state = ?, version = ?, handle = ?, body = ? WHERE key = ? AND version = ?')
  return {
    begin: async (intent) => {
      const { changes } = insert.run(intent.key, intent.state, intent.version, intent.handle ?? null, intentToJson(intent))
      return changes === 1 ? { intent, created: true } : { intent: get(intent.key) as Intent, created: false }
    },
    save: async (intent) => {
      const { key, state, version, handle = null } = intent
      return update.run(state, version, handle, intentToJson(intent), key, version - 1).changes === 1
    },
    get: async (key) => get(key),
    owner: async (handle) =>
      (db.prepare('SELECT key FROM intents WHERE handle = ?').get(handle) as { key: string } | undefined)?.key,
    unresolved: async () =>
      (
        db.prepare("SELECT body FROM intents WHERE state IN ('dispatched', 'unknown') ORDER BY rowid").all() as { body: string }[]
      ).map(({ body }) => intentFromJson(body)),
  }
}

/** `new` → `paid` (the vendor has taken it on) → `captured` → `done`, or `declined`. */
export type OrderState = 'new' | 'paid' | 'captured' | 'done' | 'declined'

export interface Order {
  readonly id: number
  readonly state: OrderState
  readonly payment: string | null
}

export function orderBook(db: DatabaseSync) {
  db.exec('CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, state TEXT NOT NULL, payment TEXT) STRICT')
  const read = db.prepare('SELECT id, state, payment FROM orders WHERE id = ?')
  const write = db.prepare(
    'INSERT INTO orders VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, payment = excluded.payment',
  )
  return {
    get: (id: number): Order => (read.get(id) as Order | undefined) ?? { id, state: 'new', payment: null },
    set: ({ id, state, payment }: Order) => void write.run(id, state, payment),
    /** Numbers of those that are done with. */
    over: () => {
      const rows = db.prepare("SELECT id FROM orders WHERE state IN ('done', 'declined')").all() as { id: number }[]
      return new Set(rows.map(({ id }) => id))
    },
    all: () => db.prepare('SELECT id, state, payment FROM orders').all() as unknown as Order[],
  }
}
