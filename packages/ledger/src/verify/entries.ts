import type { Book, Report } from '../book.ts'
import { type Sealable, seal } from '../chain.ts'
import { dayOfInstant } from '../days.ts'
import { entryId } from '../read.ts'
import { add, type Sums } from './sums.ts'

interface Row {
  readonly sequence: number
  readonly day: number
  readonly recorded_at: number
  readonly description: string
  readonly key: string | null
  readonly request: string | null
  readonly reverses: number | null
  readonly hold_id: number | null
  readonly draft_id: number | null
  readonly metadata: string | null
  readonly hash: string
}

interface LineRow {
  readonly sequence: number
  readonly n: number
  readonly account_id: number
  readonly currency: string
  readonly side: number
  readonly amount: string
  readonly item: string | null
  readonly due: number | null
}

type Lines = (Sealable['lines'][number] & { readonly accountId: number; readonly n: number })[]

const page = 2000

/** Every entry: its place, its balance, its hash; and the sums of all lines. */
export function verifyEntries(book: Book, report: Report): { readonly head: string; readonly sums: Sums } {
  const sums: Sums = { balances: new Map(), days: new Map(), blocks: new Map() }
  let [previous, sequence, recordedAt] = ['', 0, 0]
  for (;;) {
    const rows = readPage(book, sequence)
    if (rows.length === 0) break
    const lines = linesOf(book, sequence, rows.at(-1)?.sequence ?? 0)
    for (const row of rows) {
      const id = entryId(row.sequence)
      if (row.sequence !== sequence + 1) report('sequence', id, `It follows ${entryId(sequence)}: entries between are missing.`)
      if (row.recorded_at < recordedAt) report('sequence', id, 'It was recorded before the entry that it follows.')
      const own = lines.get(row.sequence) ?? []
      lines.delete(row.sequence)
      verifyOne(row, own, previous, id, report)
      count(sums, row, own)
      previous = row.hash
      sequence = row.sequence
      recordedAt = row.recorded_at
    }
    for (const orphan of lines.keys()) report('sequence', entryId(orphan), 'Lines without an entry.')
  }
  verifyLinks(book, report)
  return { head: previous, sums }
}

function verifyOne(row: Row, lines: Lines, previous: string, id: string, report: Report): void {
  const perCurrency = new Map<string, bigint>()
  for (const { currency, sign, amount } of lines) {
    perCurrency.set(currency, (perCurrency.get(currency) ?? 0n) + BigInt(sign) * amount)
  }
  for (const [currency, sum] of perCurrency) {
    if (sum !== 0n) report('balanced', id, `Debits and credits of ${currency} differ by ${sum}.`)
  }
  if (lines.length < 2) report('balanced', id, 'It has fewer than two lines.')
  if (lines.some(({ n }, index) => n !== index)) report('sequence', id, 'Its lines are not numbered from 0 without gaps.')
  const expected = seal(previous, {
    sequence: row.sequence,
    day: row.day,
    recordedAt: row.recorded_at,
    description: row.description,
    key: row.key,
    request: row.request,
    reverses: row.reverses,
    hold: row.hold_id,
    draft: row.draft_id,
    metadataText: row.metadata,
    lines,
  })
  if (expected !== row.hash) report('chain', id, 'Its hash is not that of what it says and the entry before it.')
}

function count({ balances, days, blocks }: Sums, row: Row, lines: Lines): void {
  const recorded = dayOfInstant(row.recorded_at)
  for (const { accountId, currency, sign, amount } of lines) {
    add(balances, `${accountId} ${currency}`, sign, amount)
    add(days, `${accountId} ${currency} ${row.day} ${recorded}`, sign, amount)
    add(blocks, `${accountId} ${currency} ${row.day >> 5}`, sign, amount)
  }
}

function readPage({ sql, tables: t }: Book, after: number): Row[] {
  return sql.all<Row>(
    `SELECT sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata, lower(hex(hash)) AS hash
      FROM ${t.entries} WHERE sequence > ? ORDER BY sequence LIMIT ${page}`,
    after,
  )
}

function linesOf(book: Book, after: number, last: number): Map<number, Lines> {
  const { sql, tables: t } = book
  const { byId } = book.chart()
  const rows = sql.all<LineRow>(
    `SELECT sequence, n, account_id, currency, side, CAST(amount AS TEXT) AS amount, item, due
      FROM ${t.lines} WHERE sequence > ? AND sequence <= ? ORDER BY sequence, n`,
    ...[after, last],
  )
  const all = new Map<number, Lines>()
  for (const { sequence, n, account_id, currency, side, amount, item, due } of rows) {
    let own = all.get(sequence)
    if (own === undefined) {
      own = []
      all.set(sequence, own)
    }
    const account = { name: byId.get(account_id)?.name ?? '' }
    own.push({ n, accountId: account_id, account, sign: side, amount: BigInt(amount), currency, item, due })
  }
  return all
}

/** Reversals, keys, metadata: what entries say of each other and what is looked up by. */
function verifyLinks({ sql, tables: t }: Book, report: Report): void {
  const reversals = sql.all<{ sequence: number; reverses: number }>(
    `SELECT e.sequence, e.reverses FROM ${t.entries} AS e WHERE e.reverses IS NOT NULL AND (
      e.reverses >= e.sequence
      OR (SELECT count(*) FROM ${t.lines} WHERE sequence = e.sequence) <> (SELECT count(*) FROM ${t.lines} WHERE sequence = e.reverses)
      OR EXISTS (SELECT 1 FROM ${t.lines} AS a LEFT JOIN ${t.lines} AS b ON b.sequence = e.reverses AND b.n = a.n
        WHERE a.sequence = e.sequence AND (b.account_id IS NOT a.account_id OR b.currency IS NOT a.currency
          OR b.amount IS NOT a.amount OR b.side IS NOT -a.side))) LIMIT 10`,
  )
  for (const { sequence, reverses } of reversals) {
    report('reversals', entryId(sequence), `It is not the opposite of ${entryId(reverses)}, line by line.`)
  }
  const twice = sql.all<{ reverses: number }>(
    `SELECT reverses FROM ${t.entries} WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1 LIMIT 10`,
  )
  for (const { reverses } of twice) report('reversals', entryId(reverses), 'It was reversed more than once.')
  const keys = sql.all<{ key: string }>(
    `SELECT key FROM (SELECT key FROM ${t.entries} WHERE key IS NOT NULL UNION ALL SELECT key FROM ${t.holds} WHERE key IS NOT NULL
      UNION ALL SELECT key FROM ${t.refusals}) GROUP BY key HAVING count(*) > 1 LIMIT 10`,
  )
  for (const { key } of keys) report('keys', key, 'The key stands for more than one thing, or is applied and refused at once.')
  const tags = sql.all<{ sequence: number }>(
    `SELECT sequence FROM (
      SELECT e.sequence, j.key AS name, j.value FROM ${t.entries} AS e, json_each(e.metadata) AS j WHERE e.metadata IS NOT NULL
      UNION ALL SELECT sequence, name, value FROM ${t.tags}) GROUP BY sequence, name, value HAVING count(*) <> 2 LIMIT 10`,
  )
  for (const { sequence } of tags) report('tags', entryId(sequence), 'Its metadata is not what it can be found by.')
}
