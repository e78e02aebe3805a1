import { expect, it } from 'vitest'
import { oldestFirst } from './oldest-first.ts'

interface Row {
  readonly id: string
  readonly created: number
}

/** A list as Stripe pages it, newest first, and how often it was asked. */
function listOf(times: readonly number[]) {
  const rows: Row[] = times.map((created, index) => ({ id: `txn_${index}`, created })).toReversed()
  let asked = 0
  type Paging = { limit: number; created?: { gte?: number; lte?: number }; starting_after?: string; ending_before?: string }
  const read = async ({ limit, created = {}, starting_after, ending_before }: Paging) => {
    asked += 1
    const { gte = 0, lte = Number.POSITIVE_INFINITY } = created
    const at = (id: string | undefined) => rows.findIndex((row) => row.id === id)
    const from = starting_after === undefined ? 0 : at(starting_after) + 1
    const to = ending_before === undefined ? rows.length : at(ending_before)
    const seen = rows.slice(from, to).filter((row) => row.created >= gte && row.created <= lte)
    const data = ending_before === undefined ? seen.slice(0, limit) : seen.slice(-limit)
    return { data, has_more: seen.length > data.length }
  }
  return { read, asked: () => asked }
}

const start = 1_700_000_000
const evenly = (count: number, apart: number) => Array.from({ length: count }, (_, index) => start + index * apart)
const now = (start + 10_000_000) * 1000

async function all(times: readonly number[], limit: number | undefined, period: { since?: string; until?: string } = {}) {
  const { read, asked } = listOf(times)
  const ids: string[] = []
  let first = 0
  for (let cursor: string | undefined; ; ) {
    const page = await oldestFirst({ limit, cursor, ...period }, now, read)
    first ||= asked()
    ids.push(...page.items.map(({ id }) => id))
    if (page.cursor === undefined) return { ids, first }
    cursor = page.cursor
  }
}

it.each([
  ['nothing', [], 10],
  ['one page', evenly(7, 60), undefined],
  ['several pages', evenly(250, 60), undefined],
  ['small pages', evenly(23, 3_600), 4],
  ['many', evenly(2_000, 600), 100],
  ['all within one second', evenly(900, 0), 100],
  ['a crowd at the beginning', [...evenly(700, 0), ...evenly(500, 1_000)].sort((a, b) => a - b), 50],
  ['a crowd at the end', [...evenly(500, 1_000), ...Array.from({ length: 700 }, () => start + 600_000)], 99],
])('reads %s oldest first, each once', async (_, times, limit) => {
  expect((await all(times, limit)).ids).toEqual(times.map((__, index) => `txn_${index}`))
})

it('reads no more and no less than the period', async () => {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
  const { ids } = await all(evenly(600, 60), 7, { since: iso(start + 60 * 100), until: iso(start + 60 * 299) })
  expect(ids).toEqual(Array.from({ length: 200 }, (_, index) => `txn_${index + 100}`))
})

it('finds the oldest of very many in a few dozen questions', async () => {
  const { read, asked } = listOf(evenly(20_000, 400))
  const page = await oldestFirst({ limit: 10 }, now, read)
  expect(page.items.length).toBeGreaterThan(0)
  expect(page.items.map(({ id }) => id)).toEqual(page.items.map((_, index) => `txn_${index}`))
  expect(page.cursor).toBe(page.items.at(-1)?.id)
  expect(asked()).toBeLessThan(40)
})
