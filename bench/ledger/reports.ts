import { DatabaseSync } from 'node:sqlite'
import { nodeSqlite } from '@do/ledger/node'
import { openOurs } from './ours.ts'
import { dayMs, transfers } from './work.ts'

export interface Book {
  readonly balanceSheet: number
  readonly asKnown: number
  readonly oneBalance: number
  readonly now: number
  readonly bytesPerEntry: number
}

/** A book of 100,000 entries, so many milliseconds apart: how fast it answers, and what an entry takes on disk. */
export function readBook(stepMs: number): Book {
  const count = 100_000
  const database = new DatabaseSync(':memory:')
  const { ledger, postAll } = openOurs(nodeSqlite(database))
  const work = transfers(count, stepMs)
  for (let from = 0; from < count; from += 5000) postAll(work.slice(from, from + 5000))
  const last = (work.at(-1) as (typeof work)[number]).day
  const first = (work[0] as (typeof work)[number]).day
  // Days all over the book, and different ones, so that no page is warm by chance.
  const days = Array.from({ length: 41 }, (_, index) => first + Math.floor(((last - first) * (index + 1)) / 42))
  const dates = days.map((day) => new Date(day * dayMs).toISOString().slice(0, 10))
  // CPU, of all of them together and the best of three: one is too short to tell from what else the machine does.
  const each = (read: (date: string, index: number) => unknown) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const before = process.cpuUsage()
        dates.forEach(read)
        const { user, system } = process.cpuUsage(before)
        return (user + system) / 1000 / dates.length
      }),
    )
  const measured = {
    balanceSheet: each((effective) => ledger.balances(undefined, { effective })),
    asKnown: each((effective, index) => ledger.balances(undefined, { effective, known: Math.floor((count * (index + 1)) / 42) })),
    oneBalance: each((effective) => ledger.balance('Assets:a7', 'USD', { effective })),
    now: each(() => ledger.balances()),
  }
  const pages = database.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()').get()
  database.close()
  return { ...measured, bytesPerEntry: Number(pages?.bytes) / count }
}
