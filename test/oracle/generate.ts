import type { AccountInput, EntryInput, Line, Price } from '@do/ledger'

/** A book to be, made from a seed and from nothing else. */
export interface GeneratedBook {
  readonly seed: number
  readonly accounts: readonly AccountInput[]
  readonly prices: readonly Price[]
  readonly entries: readonly EntryInput[]
}

/** Digits after the point of the currencies that occur. */
export const exponents = { USD: 2, EUR: 2, GBP: 2, JPY: 0, KWD: 3 } as const
const currencies = Object.keys(exponents)

export const accounts: readonly AccountInput[] = [
  { name: 'Assets:Bank:Checking', type: 'asset', cash: true },
  { name: 'Assets:Bank:Savings account', type: 'asset', cash: true },
  { name: 'Assets:Stripe:Available', type: 'asset', cash: true },
  { name: 'Assets:Stripe:Pending', type: 'asset', clearing: true },
  { name: 'Assets:Receivable', type: 'asset' },
  { name: 'Assets:Equipment; "used" (100%)', type: 'asset' },
  { name: 'Liabilities:Payable', type: 'liability' },
  { name: 'Liabilities:Tax:VAT', type: 'liability' },
  { name: 'Liabilities:Card', type: 'liability' },
  { name: 'Equity:Capital', type: 'equity' },
  { name: 'Equity:Trading', type: 'equity' },
  { name: 'Revenue:Sales', type: 'revenue' },
  { name: 'Revenue:Sales:Services', type: 'revenue' },
  { name: 'Revenue:Interest', type: 'revenue' },
  { name: 'Expenses:Fees:Stripe', type: 'expense' },
  { name: 'Expenses:Payroll', type: 'expense' },
  { name: 'Expenses:Café & Brücke', type: 'expense' },
]

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Entries of all kinds over `days`, backdated in any order, over ends of years and leap days; `plain` are those without tags. */
export function generate(seed: number, count: number, days = 430, plain = false): GeneratedBook {
  const next = random(seed)
  const first = Math.floor(Date.UTC(2015 + (seed % 9), 9, 20) / 86_400_000) + Math.floor(next() * 30)
  const day = (offset: number) => new Date((first + offset) * 86_400_000).toISOString().slice(0, 10)
  const entries = Array.from({ length: count }, (_, index) => entry(next, day(Math.floor(next() * days)), index, plain))
  return { seed, accounts, prices: prices(next, day, days), entries }
}

function prices(next: () => number, day: (offset: number) => string, days: number): Price[] {
  const foreign = currencies.filter((currency) => currency !== 'USD')
  const found = new Map<string, Price>()
  for (const currency of foreign) {
    for (let offset = -1; offset < days; offset += 5 + Math.floor(next() * 40)) {
      const rate = `${Math.floor(next() * 3)}.${String(1 + Math.floor(next() * 999_998)).padStart(6, '0')}`
      found.set(`${currency} ${offset}`, { date: day(offset), currency, in: 'USD', rate })
    }
  }
  return [...found.values()]
}

function entry(next: () => number, date: string, index: number, plain: boolean): EntryInput {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const currency = pick(currencies)
  // Most amounts are small; some do not fit a float.
  const amount = (): bigint =>
    next() < 0.02 ? 9_007_199_254_740_993n + BigInt(Math.floor(next() * 1e9)) : 1n + BigInt(Math.floor(next() ** 3 * 5_000_000))
  const debit = (account: string, value: bigint, more: Partial<Line> = {}): Line => ({
    account,
    side: 'debit',
    amount: value,
    currency,
    ...more,
  })
  const credit = (account: string, value: bigint, more: Partial<Line> = {}): Line => ({
    account,
    side: 'credit',
    amount: value,
    currency,
    ...more,
  })
  const total = amount()
  const part = 1n + (total * BigInt(1 + Math.floor(next() * 300))) / 1000n
  const item = `INV-${index}; a, b: [${date}]`
  const kinds: readonly (() => readonly Line[])[] = [
    () => [
      debit('Assets:Receivable', total + part, plain ? {} : { item, due: date }),
      credit('Revenue:Sales', total),
      credit('Liabilities:Tax:VAT', part),
    ],
    () => [debit('Assets:Bank:Checking', total), credit('Assets:Receivable', total, plain ? {} : { item })],
    () => [
      debit('Assets:Stripe:Pending', total),
      debit('Expenses:Fees:Stripe', part),
      credit('Revenue:Sales:Services', total + part),
    ],
    () => [debit('Assets:Stripe:Available', total), credit('Assets:Stripe:Pending', total)],
    () => [debit('Assets:Bank:Savings account', total), credit('Assets:Stripe:Available', total)],
    () => [debit('Revenue:Sales', total), credit('Assets:Stripe:Available', total)],
    () => [debit('Expenses:Payroll', total), credit('Assets:Bank:Checking', total)],
    () => [debit('Expenses:Café & Brücke', total), credit('Liabilities:Card', total)],
    () => [debit('Assets:Equipment; "used" (100%)', total), credit('Liabilities:Payable', total)],
    () => [debit('Assets:Bank:Checking', total), credit('Equity:Capital', total)],
    () => [debit('Assets:Bank:Savings account', part), credit('Revenue:Interest', part)],
    () => exchange(currency, pick(currencies.filter((other) => other !== currency)), total, amount()),
  ]
  const metadata =
    !plain && next() < 0.3 ? { 'order no': `${index}, or so: "x"; %41`, date: date, type: 'X', empty: '' } : undefined
  const description = pick([
    'Sale',
    'Refund; 50% (all)',
    '(odd) | payee',
    '* = 2024',
    '  spaces   inside ',
    'Größe 日本',
    `100%25`,
    '',
  ])
  return { date, description, lines: pick(kinds)(), ...(metadata === undefined ? {} : { metadata }) }
}

/** Through a trading account, so that each currency balances by itself. */
function exchange(from: string, into: string, given: bigint, got: bigint): Line[] {
  return [
    { account: 'Equity:Trading', side: 'debit', amount: given, currency: from },
    { account: 'Assets:Bank:Checking', side: 'credit', amount: given, currency: from },
    { account: 'Assets:Bank:Checking', side: 'debit', amount: got, currency: into },
    { account: 'Equity:Trading', side: 'credit', amount: got, currency: into },
  ]
}
