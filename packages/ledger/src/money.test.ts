import { describe, expect, it } from 'vitest'
import { allocate, convert, exchange } from './index.ts'
import { codeOf, openBooks, transfer } from './test/books.ts'

describe('allocate', () => {
  it('gives what is left over to the largest remainders', () => {
    expect(allocate(100n, [1, 1, 1])).toEqual([34n, 33n, 33n])
    expect(allocate(10n, [3, 3, 4])).toEqual([3n, 3n, 4n])
    expect(allocate(-100n, [1, 1, 1])).toEqual([-34n, -33n, -33n])
    expect(allocate(1n, [0, 1])).toEqual([0n, 1n])
    expect(allocate(2n ** 63n - 1n, [1n, 1n])).toEqual([2n ** 62n, 2n ** 62n - 1n])
    expect(codeOf(() => allocate(1n, [0]))).toBe('invalid_amount')
    expect(codeOf(() => allocate(1n, [0.5, 1]))).toBe('invalid_amount')
  })
})

describe('convert', () => {
  it('is exact between any exponents, and rounds once', () => {
    expect(convert(10_000n, { from: 2, to: 2, rate: '1.0842' })).toBe(10_842n)
    expect(convert(100n, { from: 2, to: 0, rate: '150.5' })).toBe(150n)
    expect(convert(300n, { from: 2, to: 0, rate: '150.5' })).toBe(452n)
    expect(convert(100n, { from: 2, to: 0, rate: '150.5', rounding: 'halfUp' })).toBe(151n)
    expect(convert(-100n, { from: 2, to: 0, rate: '150.5', rounding: 'halfUp' })).toBe(-151n)
    expect(convert(-199n, { from: 2, to: 0, rate: '1', rounding: 'down' })).toBe(-1n)
    expect(convert(1000n, { from: 3, to: 2, rate: '3.26', inverse: true })).toBe(31n)
    expect(convert(2n ** 63n - 1n, { from: 0, to: 0, rate: '1' })).toBe(2n ** 63n - 1n)
    for (const rate of ['0', '-1', '1e3', '', 'x', '1.'])
      expect(codeOf(() => convert(1n, { from: 2, to: 2, rate }))).toBe('invalid_rate')
  })
})

describe('prices', () => {
  it('are the last on or before the day, direct or the other way round', () => {
    const { ledger, told } = openBooks()
    ledger.prices.set({ date: '2026-11-01', currency: 'EUR', in: 'USD', rate: '1.08' })
    ledger.prices.set({ date: '2026-11-10', currency: 'EUR', in: 'USD', rate: '1.10' })
    ledger.prices.set({ date: '2026-11-10', currency: 'EUR', in: 'USD', rate: '1.10' })
    ledger.prices.set({ date: '2026-11-10', currency: 'EUR', in: 'USD', rate: '1.12' })
    expect(told.map(({ operation }) => operation)).toEqual(['create', 'create', 'update'])
    expect(ledger.prices.get('EUR', 'USD', '2026-10-31')).toBe(undefined)
    expect(ledger.prices.get('EUR', 'USD', '2026-11-09')?.rate).toBe('1.08')
    expect(ledger.prices.value({ amount: 1000n, currency: 'EUR' }, 'USD', '2026-11-21')).toEqual({
      amount: 1120n,
      currency: 'USD',
    })
    expect(ledger.prices.value({ amount: 1120n, currency: 'USD' }, 'EUR', '2026-11-21')).toEqual({
      amount: 1000n,
      currency: 'EUR',
    })
    expect(ledger.prices.value({ amount: 1n, currency: 'JPY' }, 'EUR', '2026-11-21')).toBe(undefined)
    expect(codeOf(() => ledger.prices.set({ date: '2026-11-01', currency: 'EUR', in: 'ZZZ', rate: '1' }))).toBe(
      'unknown_currency',
    )
  })
})

describe('exchange', () => {
  it('balances each currency through the trading account', () => {
    const { ledger } = openBooks()
    ledger.post(transfer('Revenue:Sales', 'Assets:Bank', 10_000n))
    ledger.post(
      exchange({
        date: '2026-11-21',
        description: 'EUR to JPY',
        sold: { account: 'Assets:Bank', amount: 5000n, currency: 'EUR' },
        bought: { account: 'Assets:Bank', amount: 8123n, currency: 'JPY' },
        trading: 'Equity:Trading',
        fee: { account: 'Expenses:Fees', amount: 50n, currency: 'EUR' },
      }),
    )
    expect(ledger.balances('Equity:Trading').map(({ currency, posted }) => [currency, posted])).toEqual([
      ['EUR', -5000n],
      ['JPY', 8123n],
    ])
    expect(ledger.balance('Assets:Bank', 'EUR').posted).toBe(4950n)
    expect(ledger.verify().problems).toEqual([])
  })
})

describe('currencies and accounts', () => {
  it('know ISO 4217, and what is defined before it is used', () => {
    const { ledger } = openBooks()
    expect(['USD', 'JPY', 'KWD', 'CLF'].map((code) => ledger.currencies.exponent(code))).toEqual([2, 0, 3, 4])
    ledger.currencies.define('POINTS', 0)
    ledger.post(transfer('Revenue:Sales', 'Assets:Bank', 5n, { currency: 'POINTS' }))
    expect(codeOf(() => ledger.currencies.define('POINTS', 2))).toBe('currency_in_use')
    expect(codeOf(() => ledger.currencies.define('points', 2))).toBe('invalid_currency')
  })

  it('form a tree of types', () => {
    const { ledger } = openBooks()
    expect(ledger.accounts.open({ name: 'Assets:Stripe:Available', cash: true })).toMatchObject({ type: 'asset', cash: true })
    expect(ledger.accounts.get('Assets:Stripe')).toMatchObject({ type: 'asset', cash: false })
    expect(ledger.accounts.open({ name: 'Assets:Stripe:Available', cash: true }).id).toBe(
      ledger.accounts.get('Assets:Stripe:Available')?.id,
    )
    expect(codeOf(() => ledger.accounts.open({ name: 'Assets:Stripe:Available' }))).toBe('account_exists')
    expect(codeOf(() => ledger.accounts.open({ name: 'Assets:Odd', type: 'revenue' }))).toBe('invalid_account')
    expect(codeOf(() => ledger.accounts.open({ name: 'New:One' }))).toBe('invalid_account')
    for (const name of ['', 'Assets:', ':x', 'Assets: x', 'Assets::x', 'a\nb']) {
      expect(
        codeOf(() => ledger.accounts.open({ name, type: 'asset' })),
        name,
      ).toBe('invalid_account')
    }
    expect(
      ledger.accounts.change('Assets:Bank', { clearing: true, bounds: { max: 10n }, metadata: { iban: 'x' } }),
    ).toMatchObject({ clearing: true, bounds: { max: 10n } })
    expect(codeOf(() => ledger.post(transfer('Revenue:Sales', 'Assets:Bank', 11n)))).toBe('overdraft')
    expect(ledger.accounts.change('Assets:Bank', { bounds: null }).bounds).toBe(undefined)
    expect(ledger.accounts.close('Assets:Bank').closedAt).toBe('2026-11-21T12:00:00.000Z')
    expect(ledger.accounts.reopen('Assets:Bank').closedAt).toBe(undefined)
  })

  it('keep the history of locks', () => {
    const { ledger, told } = openBooks()
    ledger.periods.lock('2026-10-31')
    ledger.periods.lock('2026-09-30')
    expect(ledger.periods.locked()).toBe('2026-10-31')
    ledger.periods.unlock('2026-09-30', 'late invoice')
    expect(ledger.periods.locked()).toBe('2026-09-30')
    expect(codeOf(() => ledger.periods.unlock(undefined, ''))).toBe('invalid_text')
    expect(told.map(({ after }) => after)).toMatchObject([
      { through: '2026-10-31' },
      { through: '2026-09-30', reason: 'late invoice' },
    ])
  })
})
