import type { Page } from '@do/provider'
import type { SqlValue } from '../platform/types.ts'
import { limitOf, pageOf, readCursor } from '../storage/paging.ts'
import { publicRun } from './run-row.ts'
import type { RunTable } from './table.ts'
import type { ActionFilter, ActionQuery, ActionRun } from './types.ts'

export interface Condition {
  readonly sql: string
  readonly bindings: readonly SqlValue[]
}

export function conditionOf({ name, state, kind, code, before, after }: ActionFilter, also = ''): Condition {
  const parts: string[] = also === '' ? ['1'] : [also]
  const bindings: SqlValue[] = []
  const add = (sql: string, value: SqlValue | undefined) => {
    if (value === undefined) return
    parts.push(sql)
    bindings.push(value)
  }
  add('name = ?', name)
  add('state = ?', state)
  add('kind = ?', kind)
  add('error_code = ?', code)
  add('created_at < ?', before)
  add('created_at > ?', after)
  return { sql: parts.join(' AND '), bindings }
}

/** Newest first. @throws ProviderError `invalid_limit`, `invalid_cursor` */
export function listRuns(table: RunTable, { limit, cursor, ...filter }: ActionQuery, also = ''): Page<ActionRun> {
  const count = limitOf(limit)
  const { sql, bindings } = conditionOf(filter, also)
  const below = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(readCursor(cursor, 1)[0])
  const found = table.select(`${sql} AND seq < ? ORDER BY seq DESC LIMIT ?`, ...bindings, below, count + 1)
  return pageOf(found, count, publicRun, ({ seq }) => [seq])
}
