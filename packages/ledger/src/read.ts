import type { Book } from './book.ts'
import { type Chart, idsBelow } from './chart.ts'
import { formatDay, formatInstant, parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import type { Posting } from './posting.ts'
import type { Entry, Ledger, Line } from './types.ts'

export const entryId = (sequence: number) => `entry_${sequence}`
export const holdId = (id: number) => `hold_${id}`
export const draftId = (id: number) => `draft_${id}`

/** The number in an id, or undefined where it is no id of that kind. */
export function numberIn(id: string, kind: 'entry' | 'hold' | 'draft'): number | undefined {
  const digits = typeof id === 'string' && id.startsWith(`${kind}_`) ? id.slice(kind.length + 1) : ''
  const number = /^[1-9]\d{0,15}$/.test(digits) ? Number(digits) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** What was just posted, without reading it again. */
export function asEntry(posting: Posting): Entry {
  const { sequence, recordedAt, description, key, request, reverses, hold, draft, hash, checked } = posting
  const { date, metadata } = checked
  const [id, lines, at] = [entryId(sequence), posting.lines.map(({ line }) => line), formatInstant(recordedAt)]
  // What most entries are, in one shape: put together from parts it takes several times as long.
  if (key !== null && metadata === undefined && request === null && reverses === null && hold === null && draft === null)
    return { id, sequence, state: 'posted', date, description, lines, recordedAt: at, key, hash }
  return {
    ...{ id, sequence, state: 'posted', date, description, lines },
    ...(metadata === undefined ? {} : { metadata }),
    recordedAt: at,
    ...(key === null ? {} : { key }),
    ...(request === null ? {} : { request }),
    ...(draft === null ? {} : { draft: draftId(draft) }),
    ...(hold === null ? {} : { hold: holdId(hold) }),
    ...(reverses === null ? {} : { reverses: entryId(reverses) }),
    hash,
  }
}

interface EntryRow {
  readonly sequence: number
  readonly day: number
  readonly recorded_at: number
  readonly description: string
  readonly key: string | null
  readonly request: string | null
  readonly reverses: number | null
  readonly reversed_by: number | null
  readonly hold_id: number | null
  readonly draft_id: number | null
  readonly metadata: string | null
  readonly hash: string
}

export interface LineRow {
  readonly account_id: number
  readonly currency: string
  readonly side: 1 | -1
  readonly amount: string
  readonly item: string | null
  readonly due: number | null
}

export const lineColumns = 'account_id, currency, side, CAST(amount AS TEXT) AS amount, item, due'

/** Entries by sequence, in order. */
export function readEntries(book: Book, sequences: readonly number[]): Entry[] {
  if (sequences.length === 0) return []
  const { sql, tables: t } = book
  const list = JSON.stringify(sequences)
  const rows = sql.all<EntryRow>(
    `SELECT e.sequence, e.day, e.recorded_at, e.description, e.key, e.request, e.reverses, r.sequence AS reversed_by, e.hold_id, e.draft_id,
      e.metadata, lower(hex(e.hash)) AS hash
      FROM json_each(?) AS j CROSS JOIN ${t.entries} AS e ON e.sequence = j.value LEFT JOIN ${t.entries} AS r ON r.reverses = e.sequence
      ORDER BY e.sequence`,
    list,
  )
  const lines = sql.all<LineRow & { readonly sequence: number }>(
    `SELECT sequence, ${lineColumns} FROM json_each(?) AS j CROSS JOIN ${t.lines} AS l ON l.sequence = j.value ORDER BY sequence, n`,
    list,
  )
  const chart = book.chart()
  const bySequence = Map.groupBy(lines, ({ sequence }) => sequence)
  return rows.map((row) => ({
    id: entryId(row.sequence),
    sequence: row.sequence,
    state: 'posted',
    date: formatDay(row.day),
    description: row.description,
    lines: (bySequence.get(row.sequence) ?? []).map((line) => asLine(chart, line)),
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) }),
    recordedAt: formatInstant(row.recorded_at),
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.request === null ? {} : { request: row.request }),
    ...(row.draft_id === null ? {} : { draft: draftId(row.draft_id) }),
    ...(row.hold_id === null ? {} : { hold: holdId(row.hold_id) }),
    ...(row.reverses === null ? {} : { reverses: entryId(row.reverses) }),
    ...(row.reversed_by === null ? {} : { reversedBy: entryId(row.reversed_by) }),
    hash: row.hash,
  }))
}

export function asLine(chart: Chart, { account_id, currency, side, amount, item, due }: LineRow): Line {
  return {
    account: chart.byId.get(account_id)?.name ?? `(no account ${account_id})`,
    side: side === 1 ? 'debit' : 'credit',
    amount: BigInt(amount),
    currency,
    ...(item === null ? {} : { item }),
    ...(due === null ? {} : { due: formatDay(due) }),
  }
}

export function listEntries(book: Book, filter: Parameters<Ledger['entries']>[0] = {}): Entry[] {
  const { sql, tables: t } = book
  const { after = 0, limit = 1000, account, from, to, metadata = {} } = filter
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 10_000) {
    throw ledgerError('invalid_line', 'limit must be a whole number from 1 to 10,000.', { field: 'limit' })
  }
  const conditions = ['sequence > ?']
  const parameters: (string | number)[] = [after]
  const where = (condition: string, ...values: (string | number)[]) => {
    conditions.push(condition)
    parameters.push(...values)
  }
  if (from !== undefined) where('day >= ?', parseDay(from, 'from'))
  if (to !== undefined) where('day <= ?', parseDay(to, 'to'))
  if (account !== undefined) {
    const ids = JSON.stringify(idsBelow(book.chart(), account))
    where(`sequence IN (SELECT sequence FROM ${t.lines} WHERE account_id IN (SELECT value FROM json_each(?)))`, ids)
  }
  for (const [name, value] of Object.entries(metadata)) {
    where(`sequence IN (SELECT sequence FROM ${t.tags} WHERE name = ? AND value = ?)`, name, value)
  }
  const found = sql.all<{ sequence: number }>(
    `SELECT sequence FROM ${t.entries} WHERE ${conditions.join(' AND ')} ORDER BY sequence LIMIT ?`,
    ...[...parameters, limit],
  )
  return readEntries(
    book,
    found.map(({ sequence }) => sequence),
  )
}
