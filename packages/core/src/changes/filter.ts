import { refuse } from '@do/provider'
import type { SqlValue } from '../platform/types.ts'
import { isPlain, wherePredicate } from '../storage/where.ts'
import type { Change, ChangeFilter } from './types.ts'

/** A filter, checked: what SQL does of it, and what is left for the values themselves. */
export interface CompiledFilter {
  readonly sql: string
  readonly bindings: readonly SqlValue[]
  readonly matches: (change: Pick<Change, 'changed' | 'after'>) => boolean
}

const operations = ['create', 'update', 'delete']
const known = ['source', 'operation', 'keyPrefix', 'changed', 'where']

/** @throws ProviderError `invalid_filter` naming the field; `invalid_where` for the conditions on values */
export function compileFilter(filter: ChangeFilter | undefined): CompiledFilter {
  if (filter === undefined) return { sql: '1', bindings: [], matches: () => true }
  if (!isPlain(filter)) throw invalid('filter', 'A filter is an object.')
  const strange = Object.keys(filter).find((name) => !known.includes(name))
  if (strange !== undefined) throw invalid(strange, `"${strange.slice(0, 40)}" filters nothing. Use ${known.join(', ')}.`)
  const parts: string[] = []
  const bindings: SqlValue[] = []
  const add = (sql: string, ...values: SqlValue[]) => {
    parts.push(sql)
    bindings.push(...values)
  }
  if (filter.source !== undefined) {
    const sources = texts(filter.source, 'source')
    const each = sources.map((source) => {
      const all = source.endsWith('*')
      bindings.push(all ? source.slice(0, -1) : source)
      return all ? 'instr(source, ?) = 1' : 'source = ?'
    })
    // An empty prefix is found at once in every text.
    parts.push(`(${each.join(' OR ')})`)
  }
  if (filter.operation !== undefined) {
    const wanted = texts(filter.operation, 'operation')
    if (!wanted.every((one) => operations.includes(one)))
      throw invalid('operation', `An operation is one of ${operations.join(', ')}.`)
    add(`operation IN (${wanted.map(() => '?').join(', ')})`, ...wanted)
  }
  if (filter.keyPrefix !== undefined) {
    const [prefix] = texts(filter.keyPrefix, 'keyPrefix')
    add('key >= ? AND key < ?', prefix as string, `${prefix}\u{10ffff}`)
  }
  const fields = filter.changed === undefined ? undefined : texts(filter.changed, 'changed')
  const where = wherePredicate(filter.where)
  return {
    sql: parts.length === 0 ? '1' : parts.join(' AND '),
    bindings,
    matches: ({ changed, after }) => (fields === undefined || fields.some((field) => changed.includes(field))) && where(after),
  }
}

function texts(value: unknown, field: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const right = list.length > 0 && list.length <= 20 && list.every((item) => typeof item === 'string' && item.length <= 2_048)
  if (right) return list as string[]
  throw invalid(field, `"${field}" takes 1 to 20 texts.`)
}

export function invalid(field: string, message: string) {
  return refuse('invalid_filter', message, { field })
}
