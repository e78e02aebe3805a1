import { describe, expect, it } from 'vitest'
import { codeOf, openBooks, sale, transfer } from './test/books.ts'
import { type Random, random } from './test/random.ts'
import type { EntryInput, Line } from './types.ts'

const texts = ['plain', '', 'a "quote" and a \\', 'é', '😀 and 日本', 'line\nbreak', ' spaces ', '[",']
const names = ['Assets:Bank', 'Equity:Trading', 'Revenue:Sales', 'Expenses:Fees']

interface Item {
  readonly entry: EntryInput
  readonly key?: string
}

/** `plain` ones are two lines under a key; the others may be anything. */
function items({ int, pick, chance, amount }: Random, count: number, plain: boolean, batch: number): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(Date.UTC(2026, 0, 1 + int(400))).toISOString().slice(0, 10)
    const currency = pick(['EUR', 'JPY', 'USD'])
    const whole = amount() / 1000n + 2n
    const more = plain || chance(0.5) ? {} : { item: pick(texts) || 'i', due: date }
    const debit: Line = { account: pick(names), side: 'debit', amount: whole, currency, ...more }
    const credits: Line[] = [{ account: pick(names), side: 'credit', amount: whole, currency }]
    if (!plain && chance(0.3)) {
      credits[0] = { ...(credits[0] as Line), amount: 1n }
      credits.push({ account: pick(names), side: 'credit', amount: whole - 1n, currency })
    }
    const lines = chance(0.5) ? [debit, ...credits] : [...credits, debit]
    const metadata = plain || chance(0.5) ? {} : { metadata: { [pick(texts) || 'name']: pick(texts) } }
    const key = plain || chance(0.7) ? { key: `${pick(texts)}${batch}-${index}` } : {}
    return { entry: { date, description: pick(texts), lines, ...metadata }, ...key }
  })
}

it('a batch makes the books that its entries one by one make, row by row', () => {
  const [many, single] = [openBooks(), openBooks()]
  const chaos = random(11)
  for (let batch = 0; batch < 30; batch++) {
    for (const { clock } of [many, single]) clock.now += 40_000_000
    const all = items(chaos, 8 + chaos.int(40), batch % 2 === 0, batch)
    const posted = many.ledger.postAll(all)
    expect(all.map(({ entry, key }) => single.ledger.post(entry, key === undefined ? {} : { key }))).toEqual(posted)
  }
  // But for what the accounts and currencies are remembered by.
  const rows = (books: typeof many) => JSON.stringify(books.rows()).replace(/\["ledger_state",.*?\]\]/, '')
  expect(rows(many)).toBe(rows(single))
  expect(many.ledger.verify().problems).toEqual([])
})

describe('keys of a batch', () => {
  const batch = (more: readonly Item[] = []) => [
    ...Array.from({ length: 10 }, (_, n) => ({ entry: sale(BigInt(n + 1)), key: `k${n}` })),
    ...more,
  ]

  it.each([
    ['the first', 0],
    ['one in the middle', 5],
  ])('that were applied are not posted again: %s', (_, index) => {
    const { ledger } = openBooks()
    const first = ledger.post(sale(BigInt(index + 1)), { key: `k${index}` })
    const posted = ledger.postAll(batch())
    expect(posted[index]).toEqual(first)
    expect(ledger.verify()).toMatchObject({ ok: true, entries: 10 })
    expect(ledger.postAll(batch())).toEqual(posted)
  })

  it('that stand for something else, or were refused, or hold, let nothing be posted', () => {
    const { ledger, rows } = openBooks()
    ledger.post(sale(99n), { key: 'k5' })
    let before = rows()
    expect(codeOf(() => ledger.postAll(batch()))).toBe('idempotency_key_reused')
    expect(rows()).toEqual(before)
    const other = openBooks()
    expect(codeOf(() => other.ledger.post(transfer('Assets:Wallet', 'Assets:Bank', 7n), { key: 'k6' }))).toBe('overdraft')
    before = other.rows()
    expect(
      codeOf(() =>
        other.ledger.postAll(
          batch().map((one, n) => (n === 6 ? { ...one, entry: transfer('Assets:Wallet', 'Assets:Bank', 7n) } : one)),
        ),
      ),
    ).toBe('refused')
    expect(other.rows()).toEqual(before)
    const third = openBooks()
    third.ledger.holds.place(sale(4n), { key: 'k3' })
    expect(codeOf(() => third.ledger.postAll(batch()))).toBe('idempotency_key_reused')
  })

  it('may come twice: the same once, another is refused', () => {
    const { ledger } = openBooks()
    const posted = ledger.postAll(batch([{ entry: sale(3n), key: 'k2' }]))
    expect(posted[10]).toEqual(posted[2])
    expect(codeOf(() => ledger.postAll(batch([{ entry: sale(4n), key: 'k2' }])))).toBe('idempotency_key_reused')
  })
})

it('what is applied already makes no room that is not there, and takes none twice', () => {
  const { ledger } = openBooks()
  ledger.post(sale(10n), { key: 'in' })
  const spend = (n: number) => ({ entry: transfer('Assets:Wallet', 'Assets:Bank', 5n), key: `out${n}` })
  ledger.postAll([spend(0), spend(1)])
  // As new, the third and fourth would be too much; they are not new.
  expect(ledger.postAll([{ entry: sale(10n), key: 'in' }, spend(0), spend(1)]).map(({ id }) => id)).toEqual([
    'entry_1',
    'entry_2',
    'entry_3',
  ])
  expect(codeOf(() => ledger.postAll([spend(0), spend(2)]))).toBe('overdraft')
  expect(ledger.outcome('out2').state).toBe('refused')
  expect(ledger.outcome('out0').state).toBe('applied')
})

it('refuses a sum beyond 2^63 - 1 in a batch, and leaves the books as they were', () => {
  const { ledger, rows } = openBooks()
  const before = rows()
  const most = 2n ** 63n - 1n
  const entry = transfer('Revenue:Sales', 'Assets:Bank', most)
  expect(codeOf(() => ledger.postAll(Array.from({ length: 9 }, () => ({ entry }))))).toBe('overflow')
  expect(rows()).toEqual(before)
  const parts = Array.from({ length: 8 }, (_, n) => ({
    entry: transfer('Revenue:Sales', 'Assets:Bank', n === 0 ? most - 7n : 1n),
  }))
  ledger.postAll(parts)
  expect(ledger.balance('Assets:Bank', 'EUR').posted).toBe(most)
  expect(codeOf(() => ledger.postAll(parts))).toBe('overflow')
  expect(ledger.verify()).toMatchObject({ ok: true, entries: 8 })
})

it('a listener that fails is asked once, and nothing is posted', () => {
  const { ledger, told, rows } = openBooks()
  const before = rows()
  const push = told.push
  let calls = 0
  told.push = () => {
    calls += 1
    throw new Error('UNIQUE constraint failed: somewhere else')
  }
  expect(() => ledger.postAll(Array.from({ length: 9 }, (_, n) => ({ entry: sale(1n), key: `k${n}` })))).toThrow('somewhere else')
  told.push = push
  expect(calls).toBe(1)
  expect(rows()).toEqual(before)
})

it('long texts go in several statements', () => {
  const { ledger } = openBooks()
  const long = (n: number) => `${n}${'\u0001é"'.repeat(3000)}`
  const all = Array.from({ length: 60 }, (_, n) => ({ entry: { ...sale(1n), description: long(n) }, key: `k${n}` }))
  ledger.postAll(all)
  expect(ledger.entries().map(({ description }) => description)).toEqual(all.map(({ entry }) => entry.description))
  expect(ledger.verify().problems).toEqual([])
})
