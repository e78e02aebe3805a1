import { expect, it } from 'vitest'
import { movements } from './reports/books.ts'
import { openBooks } from './test/books.ts'
import { type Random, random } from './test/random.ts'
import type { Day, Ledger } from './types.ts'

const dayMs = 86_400_000
const dayOf = (number: number): Day => new Date(number * dayMs).toISOString().slice(0, 10)
const names = ['Assets:Bank', 'Equity:Trading', 'Revenue:Sales', 'Expenses:Fees']
const currencies = ['EUR', 'JPY', 'USD']

interface Posted {
  readonly day: number
  readonly up: string
  readonly down: string
  readonly currency: string
  readonly amount: bigint
}

/** Days around where blocks begin, before 1970, late and long ago, and now and then far ahead. */
function someDay({ int, chance, pick }: Random, today: number): number {
  if (chance(0.5)) return today - int(3)
  if (chance(0.5)) return pick([today, 0, 20_480]) - (today % 32) + int(5) - 2
  return chance(0.3) ? int(64) - 40 : today - int(900) + 60
}

function fill(books: ReturnType<typeof openBooks>, chaos: Random, count: number): Posted[] {
  const posted: Posted[] = []
  const entryOf = ({ day, up, down, currency, amount }: Posted) => ({
    date: dayOf(day),
    description: '',
    lines: [
      { account: up, side: 'debit', amount, currency },
      { account: down, side: 'credit', amount, currency },
    ] as const,
  })
  while (posted.length < count) {
    books.clock.now += chaos.int(2 * dayMs)
    const today = Math.floor(books.clock.now / dayMs)
    const part = Array.from({ length: chaos.chance(0.3) ? 8 + chaos.int(20) : 1 }, (): Posted => {
      const [up, down] = [chaos.pick(names), chaos.pick(names)]
      return { day: someDay(chaos, today), up, down, currency: chaos.pick(currencies), amount: chaos.amount() / 1000n + 1n }
    })
    if (part.length === 1) books.ledger.post(entryOf(part[0] as Posted))
    else books.ledger.postAll(part.map((one) => ({ entry: entryOf(one) })))
    posted.push(...part)
  }
  return posted
}

/** Nothing but a sum over the lines, on the debit side. */
const plain = (posted: readonly Posted[], name: string, currency: string, through: number, after = Number.NEGATIVE_INFINITY) => {
  const sums = { debit: 0n, credit: 0n }
  for (const one of posted) {
    if (one.currency !== currency || one.day > through || one.day <= after) continue
    if (one.up === name) sums.debit += one.amount
    if (one.down === name) sums.credit += one.amount
  }
  return sums
}

const sheet = (ledger: Ledger, at: Parameters<Ledger['balances']>[1]) =>
  new Map(ledger.balances(undefined, at).map(({ account, currency, posted }) => [`${account} ${currency}`, posted]))

const sides: Readonly<Record<string, bigint>> = { 'Assets:Bank': 1n, 'Expenses:Fees': 1n }

it.each([1, 2, 3, 4])('any point on both times is the sum of the lines before it, late ones included (seed %s)', (seed) => {
  const books = openBooks()
  const chaos = random(seed)
  const posted = fill(books, chaos, 500)
  const today = Math.floor(books.clock.now / dayMs)
  for (let round = 0; round < 150; round++) {
    const day = someDay(chaos, today)
    const known = chaos.chance(0.3) ? chaos.int(posted.length + 1) : posted.length
    const found = sheet(books.ledger, { effective: dayOf(day), ...(known < posted.length ? { known } : {}) })
    for (const name of names) {
      for (const currency of currencies) {
        const { debit, credit } = plain(posted.slice(0, known), name, currency, day)
        expect(found.get(`${name} ${currency}`) ?? 0n, `${name} ${currency} ${dayOf(day)} ${known}`).toBe(
          (sides[name] ?? -1n) * (debit - credit),
        )
      }
    }
  }
  expect(books.ledger.verify().problems).toEqual([])
})

it.each([
  ['near each other', 3],
  ['far apart', 40],
])('what moved between days %s is the sum of the lines between them', (_, step) => {
  const books = openBooks()
  const chaos = random(step)
  const posted = fill(books, chaos, 400)
  const today = Math.floor(books.clock.now / dayMs)
  for (let round = 0; round < 20; round++) {
    let last = someDay(chaos, today) - 300
    const days = Array.from({ length: 1 + chaos.int(12) }, () => (last += 1 + chaos.int(2 * step)))
    const found = movements(books.ledger, days.map(dayOf))
    for (const name of names) {
      for (const currency of currencies) {
        const moved = found.find((one) => one.account.name === name && one.currency === currency)
        days.forEach((day, index) => {
          const expected = plain(posted, name, currency, day, index === 0 ? undefined : days[index - 1])
          expect({ debit: moved?.debit[index] ?? 0n, credit: moved?.credit[index] ?? 0n }).toEqual(expected)
        })
      }
    }
  }
})
