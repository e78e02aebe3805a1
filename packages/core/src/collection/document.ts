import { refuse } from '@do/provider'
import { isoTime } from '../kernel/iso-time.ts'
import type { SqlValue } from '../platform/types.ts'
import { encodeJson } from '../storage/json.ts'
import { type Schema, validate } from '../storage/schema.ts'
import { isPath } from './table.ts'
import type { Document } from './types.ts'

export interface Row extends Record<string, SqlValue> {
  n: number
  id: string
  version: number
  created_at: number
  updated_at: number
  deleted_at: number | null
  body: string
}

export const rowColumns = 'n, id, version, created_at, updated_at, deleted_at, body'

/** SQLite reads JSON no deeper than 1,000; nobody needs a tenth of it. */
const maxDepth = 64

/**
 * A value as it is stored: without what is ours, right by the schema, and JSON.
 * @throws ProviderError `invalid_input`, `invalid_value`, `too_large`
 */
export function encodeDocument(name: string, schema: Schema<unknown> | undefined, id: string, value: unknown): string {
  const what = `The document "${id}" of ${name}`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('invalid_input', `${what} must be an object with fields.`)
  }
  // Before the schema: a validator that goes down by recursion would end with the stack.
  refuseDeep(value, what)
  const checked = schema === undefined ? value : validate(schema, plain(value), what)
  if (typeof checked !== 'object' || checked === null)
    throw refuse('invalid_input', `${what} must be an object after its schema.`)
  if (schema !== undefined) refuseDeep(checked, what)
  return encodeJson(plain(checked), what, 3 * id.length)
}

/** @throws ProviderError `invalid_value` */
export function refuseDeep(value: unknown, what: string, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= maxDepth) throw refuse('invalid_value', `${what} is nested deeper than ${maxDepth}. Store its parts as documents.`)
  for (const item of Object.values(value)) refuseDeep(item, what, depth + 1)
}

/** The value without what is ours, so that a document may be passed back as it came. */
function plain(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !field.startsWith('$')))
}

/** A row but for its number, which is nobody's business outside. */
type Facts = Pick<Row, 'id' | 'version' | 'created_at' | 'updated_at' | 'deleted_at' | 'body'>

export function documentOf<T>(row: Facts): Document<T> {
  return { ...(JSON.parse(row.body) as T), ...factsOf(row) }
}

function factsOf(row: Facts) {
  const $createdAt = isoTime(row.created_at)
  const facts = {
    $id: row.id,
    $version: row.version,
    $createdAt,
    // Of a new document both are one, and to write a date costs more than to read the body.
    $updatedAt: row.updated_at === row.created_at ? $createdAt : isoTime(row.updated_at),
  }
  return row.deleted_at === null ? facts : { ...facts, $deletedAt: isoTime(row.deleted_at) }
}

/** Only the fields of these paths. @throws ProviderError `invalid_select` */
export function partsOf<T>(paths: readonly string[]): (row: Row) => Document<T> {
  if (!Array.isArray(paths) || paths.length > 100 || paths.some((path) => typeof path !== 'string' || !isPath(path))) {
    throw refuse('invalid_select', 'What to select is a list of at most 100 paths such as "customer.email".', { field: 'select' })
  }
  const split = paths.map((path) => path.split('.'))
  return (row) => {
    const body: unknown = JSON.parse(row.body)
    const parts: Record<string, unknown> = {}
    for (const path of split) pick(body, path, parts)
    return { ...(parts as T), ...factsOf(row) }
  }
}

function pick(from: unknown, [name = '', ...rest]: readonly string[], to: Record<string, unknown>): void {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return
  const value = (from as Readonly<Record<string, unknown>>)[name]
  if (rest.length === 0) {
    put(to, name, value)
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  // The whole of it may have been selected already.
  const inner = Object.hasOwn(to, name) ? (to[name] as Record<string, unknown>) : {}
  if (inner === value) return
  put(to, name, inner)
  pick(value, rest, inner)
}

/** `__proto__` is a name like any other. */
function put(to: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true })
}
