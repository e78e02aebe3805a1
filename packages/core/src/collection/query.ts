import { refuse } from '@do/provider'
import type { SqlValue } from '../platform/types.ts'
import { isPath, jsonPath, type Table } from './table.ts'
import type { Where } from './types.ts'

export interface Conditions {
  readonly sql: string
  readonly bindings: readonly SqlValue[]
}

/** SQLite allows expressions 100 deep and the platform 100 bound parameters; a page has some of its own. */
const maxConditions = 64
const maxBindings = 80
const maxDepth = 8
const maxValues = 10_000

/** Parts of one `where` as they are found, with what they bind in order. */
interface Found {
  conditions: number
  readonly bindings: SqlValue[]
}

/** @throws ProviderError `not_indexed`, `invalid_where` */
export function conditionsOf(table: Table, where: Where = {}): Conditions {
  const found: Found = { conditions: 0, bindings: [] }
  const sql = all(table, where, found, 0)
  return { sql, bindings: found.bindings }
}

function all(table: Table, where: unknown, found: Found, depth: number): string {
  if (typeof where !== 'object' || where === null || Array.isArray(where)) {
    throw invalid('$where', 'A filter is an object of fields and what they are compared with.')
  }
  if (depth > maxDepth) throw invalid('$where', `A filter may be nested ${maxDepth} deep. Write it flatter.`)
  const parts = Object.entries(where).flatMap(([field, wanted]) => {
    if (wanted === undefined) return []
    if (field === '$or' || field === '$and' || field === '$not') return [group(table, field, wanted, found, depth)]
    const column = columnOf(table, field)
    const range: object = typeof wanted === 'object' && wanted !== null ? wanted : { eq: wanted }
    return Object.entries(range)
      .filter(([, value]) => value !== undefined)
      .map(([operator, value]) => {
        count(found)
        return compare(column, operator, value, field, found.bindings)
      })
  })
  return parts.length === 0 ? '1' : parts.join(' AND ')
}

function group(table: Table, operator: string, wanted: unknown, found: Found, depth: number): string {
  if (!Array.isArray(wanted)) throw invalid(operator, `"${operator}" takes a list of filters.`)
  const parts = wanted.map((where) => {
    count(found)
    return `(${all(table, where, found, depth + 1)})`
  })
  if (operator === '$and') return parts.length === 0 ? '1' : `(${parts.join(' AND ')})`
  const any = parts.length === 0 ? '0' : `(${parts.join(' OR ')})`
  // What SQL leaves open, as a comparison with nothing, does not hold; so its contrary does.
  return operator === '$or' ? any : `${any} IS NOT TRUE`
}

function count(found: Found): void {
  found.conditions += 1
  if (found.conditions > maxConditions) throw invalid('$where', `A filter has at most ${maxConditions} conditions. Ask in parts.`)
}

/** @throws ProviderError `not_indexed` */
export function columnOf(table: Table, field: string): string {
  const column = table.column(field)
  if (column !== undefined) return column
  if (!isPath(field))
    throw refuse('not_indexed', `This field cannot be one of ${table.label}: its name is no path of plain names.`)
  const declare = `{ indexes: [${[...table.fields, field].map((name) => `'${name}'`).join(', ')}] }`
  throw refuse(
    'not_indexed',
    `"${field}" is not indexed in ${table.label}. Declare it where the collection is made: ${declare}.`,
    {
      field,
    },
  )
}

const signs: ReadonlyMap<string, string> = new Map([
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
])

function compare(column: string, operator: string, value: unknown, field: string, bindings: SqlValue[]): string {
  const bind = (item: unknown): string => {
    if (bindings.length === maxBindings)
      throw invalid(field, `A filter compares with at most ${maxBindings} values, a prefix with two.`)
    bindings.push(sqlValue(item, field))
    return '?'
  }
  if (operator === 'eq') return value === null ? `${column} IS NULL` : `${column} = ${bind(value)}`
  if (operator === 'ne') return value === null ? `${column} IS NOT NULL` : `${column} IS NOT ${bind(value)}`
  if (operator === 'in' && Array.isArray(value)) return within(column, value, field, bindings)
  if (operator === 'exists' && typeof value === 'boolean') return `${column} IS ${value ? 'NOT ' : ''}NULL`
  if (operator === 'prefix' && typeof value === 'string')
    return `(${column} >= ${bind(value)} AND ${column} < ${bind(`${value}\u{10ffff}`)})`
  if (operator === 'contains' && typeof value === 'string')
    return `(typeof(${column}) = 'text' AND instr(${column}, ${bind(value)}) > 0)`
  if (operator === 'has' && !field.startsWith('$')) {
    const items = `json_each(body, '${jsonPath(field)}')`
    return `(json_type(body, '${jsonPath(field)}') IS 'array' AND EXISTS (SELECT 1 FROM ${items} WHERE value IS ${bind(value)}))`
  }
  const sign = signs.get(operator)
  if (sign !== undefined && value !== null) return `${column} ${sign} ${bind(value)}`
  const known = 'eq, ne, gt, gte, lt, lte, in, prefix, contains, has or exists'
  throw invalid(field, `"${field}" is compared in a way that does not exist. Use ${known}, each with a value of its kind.`)
}

/** One bound parameter, whatever the number of values. */
function within(column: string, values: readonly unknown[], field: string, bindings: SqlValue[]): string {
  if (values.length > maxValues) throw invalid(field, `"${field}" is compared with more than ${maxValues} values. Ask in parts.`)
  const list = values.map((value) => sqlValue(value, field))
  bindings.push(JSON.stringify(list.filter((value) => value !== null)))
  const some = `${column} IN (SELECT value FROM json_each(?))`
  return list.includes(null) ? `(${some} OR ${column} IS NULL)` : some
}

/** Times are stored in milliseconds and given in ISO 8601; SQLite has no booleans: true is 1. */
function sqlValue(value: unknown, field: string): SqlValue {
  if (field === '$createdAt' || field === '$updatedAt') {
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
    if (Number.isFinite(at)) return at
    throw invalid(field, `"${field}" is compared with something that is no ISO 8601 time.`)
  }
  if (field === '$id' && typeof value !== 'string') throw invalid(field, 'An id is text.')
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || typeof value === 'string' || Number.isFinite(value)) return value as SqlValue
  throw invalid(field, `"${field}" is compared with something that is neither text, number, boolean nor null.`)
}

function invalid(field: string, message: string) {
  return refuse('invalid_where', message, { field })
}
