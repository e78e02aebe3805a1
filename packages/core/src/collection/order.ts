import { refuse } from '@do/provider'
import type { SqlValue } from '../platform/types.ts'
import { limitOf, readCursor, writeCursor } from '../storage/paging.ts'
import { type Conditions, columnOf, conditionsOf } from './query.ts'
import { live, orderPart, type Table } from './table.ts'
import type { Query } from './types.ts'

export interface Selection {
  /** What the documents must be, without the place in the order. */
  readonly where: Conditions
  /** Where to go on, one after the other until the page is full: each is one piece of the index. */
  readonly ranges: readonly Conditions[]
  /** For ORDER BY. */
  readonly order: string
  /** Columns whose values make the mark. */
  readonly columns: readonly string[]
  readonly limit: number
  /** The cursor that goes on after a row with these values. */
  cursorAfter(mark: readonly SqlValue[]): string
}

interface Step {
  readonly column: string
  readonly descending: boolean
}

/** @throws ProviderError `not_indexed`, `invalid_where`, `invalid_order`, `invalid_cursor`, `invalid_limit` */
export function selectionOf(table: Table, query: Query): Selection {
  const where = conditionsOf(table, query.where)
  const steps = stepsOf(table, query)
  const order = steps.map(({ column, descending }) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ')
  const alive = query.deleted === true ? 'deleted_at IS NOT NULL' : live
  return {
    where: { sql: `${alive} AND (${where.sql})`, bindings: where.bindings },
    ranges: query.cursor === undefined ? [{ sql: '1', bindings: [] }] : rangesAfter(steps, markOf(query.cursor, order, steps)),
    order,
    columns: steps.map(({ column }) => column),
    limit: limitOf(query.limit),
    cursorAfter: (mark) => writeCursor([order, ...(mark as (string | number | null)[])]),
  }
}

/** The fields to order by, then the id in the direction of the last one, as in every index. */
function stepsOf(table: Table, { orderBy = '$id', descending = false }: Query): Step[] {
  const fields = typeof orderBy === 'string' ? [orderBy] : orderBy
  if (!Array.isArray(fields) || fields.length < 1 || fields.length > 4 || fields.some((field) => typeof field !== 'string')) {
    throw refuse('invalid_order', 'A list is ordered by one to four fields, each a text such as "status" or "-total".', {
      field: 'orderBy',
    })
  }
  const steps = fields.map(orderPart).map((part) => ({
    column: columnOf(table, part.field),
    descending: part.descending !== descending,
  }))
  // After the id nothing is equal any more.
  const byId = steps.findIndex(({ column }) => column === 'id')
  return byId === -1 ? [...steps, { column: 'id', descending: steps.at(-1)?.descending ?? false }] : steps.slice(0, byId + 1)
}

/** `[order, value of each step…]` */
function markOf(cursor: string, order: string, steps: readonly Step[]): readonly SqlValue[] {
  const [by, ...values] = readCursor(cursor, steps.length + 1)
  if (by === order && typeof values.at(-1) === 'string') return values
  throw refuse(
    'invalid_cursor',
    'This cursor belongs to another order. Keep orderBy and descending as they were on the first page.',
    { field: 'cursor' },
  )
}

/**
 * What comes after a row, in pieces: first those equal in all but the last column, then in all but the last two, and so on. Each
 * is a plain run of the index, which one condition with OR would not be. SQLite has NULL before everything.
 */
function rangesAfter(steps: readonly Step[], mark: readonly SqlValue[]): Conditions[] {
  return steps
    .map((step, index) => {
      const before = steps.slice(0, index)
      const equal = before.map(({ column }) => `${column} IS ?`)
      const bindings = mark.slice(0, index)
      return beyond(step, mark[index] ?? null).map((piece) => ({
        sql: [...equal, piece.sql].join(' AND '),
        bindings: [...bindings, ...piece.bindings],
      }))
    })
    .toReversed()
    .flat()
}

function beyond({ column, descending }: Step, value: SqlValue): Conditions[] {
  if (value === null) return descending ? [] : [{ sql: `${column} IS NOT NULL`, bindings: [] }]
  const more = { sql: `${column} ${descending ? '<' : '>'} ?`, bindings: [value] }
  return descending && column !== 'id' ? [more, { sql: `${column} IS NULL`, bindings: [] }] : [more]
}
