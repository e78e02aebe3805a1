import { refuse } from '@do/provider'
import type { SqlValue } from '../platform/types.ts'
import { limitOf, readCursor } from '../storage/paging.ts'
import type { Table } from './table.ts'
import type { Query, Range, Scalar, Where } from './types.ts'

export interface Conditions {
  readonly sql: string
  readonly bindings: readonly SqlValue[]
}

export interface Selection extends Conditions {
  readonly order: string
  readonly orderColumn: string
  readonly limit: number
}

/** @throws ProviderError `not_indexed`, `invalid_where` */
export function conditionsOf(table: Table, where: Where = {}): Conditions {
  const parts: string[] = []
  const bindings: SqlValue[] = []
  for (const [field, wanted] of Object.entries(where)) {
    const column = columnOf(table, field)
    const range: Range = typeof wanted === 'object' && wanted !== null ? wanted : { eq: wanted }
    for (const [operator, value] of Object.entries(range)) {
      if (value === undefined) continue
      const [sql, ...values] = compare(column, operator, value, field)
      parts.push(sql)
      bindings.push(...values.map((item) => sqlValue(item, field)))
    }
  }
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), bindings }
}

/** @throws ProviderError `not_indexed`, `invalid_where`, `invalid_cursor`, `invalid_limit` */
export function selectionOf(table: Table, query: Query): Selection {
  const { sql, bindings } = conditionsOf(table, query.where)
  const orderColumn = columnOf(table, query.orderBy ?? '$id')
  const direction = query.descending === true ? 'DESC' : 'ASC'
  const after = query.cursor === undefined ? { sql: '1', bindings: [] } : position(orderColumn, direction, query.cursor)
  return {
    sql: `(${sql}) AND (${after.sql})`,
    bindings: [...bindings, ...after.bindings],
    order: orderColumn === 'id' ? `id ${direction}` : `${orderColumn} ${direction}, id ${direction}`,
    orderColumn,
    limit: limitOf(query.limit),
  }
}

function columnOf(table: Table, field: string): string {
  const column = table.column(field)
  if (column !== undefined) return column
  const declare = `{ indexes: [${[...table.fields, field].map((name) => `'${name}'`).join(', ')}] }`
  throw refuse(
    'not_indexed',
    `"${field}" is not indexed in ${table.name.slice(3, -1)}. Declare it where the collection is made: ${declare}.`,
    {
      field,
    },
  )
}

const operators: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

function compare(column: string, operator: string, value: unknown, field: string): [string, ...unknown[]] {
  if (operator === 'eq') return value === null ? [`${column} IS NULL`] : [`${column} = ?`, value]
  if (operator === 'in' && Array.isArray(value)) {
    // One bound parameter, whatever the number of values: the platform allows 100.
    return [`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(value.map((item) => sqlValue(item, field)))]
  }
  if (operator === 'prefix' && typeof value === 'string')
    return [`(${column} >= ? AND ${column} < ?)`, value, `${value}\u{10ffff}`]
  const sign = operators[operator]
  if (sign !== undefined && value !== null) return [`${column} ${sign} ?`, value]
  throw refuse('invalid_where', `"${operator}" is no comparison for "${field}". Use eq, gt, gte, lt, lte, in or prefix.`, {
    field,
  })
}

/** Times are stored in milliseconds and given in ISO 8601; SQLite has no booleans. */
function sqlValue(value: unknown, field: string): SqlValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (field === '$createdAt' || field === '$updatedAt') {
    const at = Date.parse(String(value))
    if (Number.isFinite(at)) return at
    throw refuse('invalid_where', `"${field}" is compared with something that is no ISO 8601 time.`, { field })
  }
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw refuse('invalid_where', `"${field}" is compared with something that is neither text, number, boolean nor null.`, {
    field,
  })
}

/** What comes after the cursor. NULL is first in ascending order and last in descending order. */
function position(column: string, direction: 'ASC' | 'DESC', cursor: string): Conditions {
  const sign = direction === 'ASC' ? '>' : '<'
  const [by, value, id] = readCursor(cursor, 3)
  if (by !== `${column} ${direction}` || typeof id !== 'string') {
    throw refuse(
      'invalid_cursor',
      'This cursor belongs to another order. Keep orderBy and descending as they were on the first page.',
      {
        field: 'cursor',
      },
    )
  }
  if (column === 'id') return { sql: `id ${sign} ?`, bindings: [id] }
  if (value === null || value === undefined) {
    const beyond = direction === 'ASC' ? ` OR ${column} IS NOT NULL` : ''
    return { sql: `(${column} IS NULL AND id ${sign} ?)${beyond}`, bindings: [id] }
  }
  const beyond = direction === 'DESC' ? ` OR ${column} IS NULL` : ''
  return { sql: `${column} ${sign} ? OR (${column} = ? AND id ${sign} ?)${beyond}`, bindings: [value, value, id] }
}

export function markOf(selection: Selection, value: Scalar, id: string): [string, string | number | null, string] {
  const direction = selection.order.endsWith('DESC') ? 'DESC' : 'ASC'
  return [`${selection.orderColumn} ${direction}`, typeof value === 'boolean' ? Number(value) : value, id]
}
