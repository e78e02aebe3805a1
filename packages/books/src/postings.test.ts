import type { Dispute, PaymentsEvent } from '@do/payments'
import { describe, expect, it } from 'vitest'
import { dispute, eur, newBooks, payment, payout, refund, transfer } from './test/set-up.ts'

const clearing = 'Assets:Payments:acme:Clearing EUR'

describe('a payment', () => {
  it('is revenue when it is captured, on its day, and not before', () => {
    const { books, ledger, standing } = newBooks()
    for (const status of ['created', 'requires_action', 'processing', 'authorized'] as const)
      expect(books.record({ type: 'payment', value: payment({ status, captured: undefined }) })).toBe(0)
    expect(books.record({ type: 'payment', value: payment() })).toBe(1)
    expect(standing()).toEqual({ [clearing]: 10_000n, 'Revenue:Sales EUR': 10_000n })
    expect(ledger.entries()[0]).toMatchObject({ date: '2026-03-10', metadata: { item: 'acme:pay_1', thing: 'payment' } })
  })

  it('is captured in parts: each adds what is new, and an old reading takes nothing back', () => {
    const { books, standing } = newBooks()
    const take = (minor: bigint) =>
      books.record({ type: 'payment', value: payment({ status: 'partially_captured', captured: eur(minor) }) })
    expect([3_000n, 3_000n, 7_000n, 3_000n, 10_000n, 10_000n].map(take)).toEqual([1, 0, 1, 0, 1, 0])
    expect(standing()[clearing]).toBe(10_000n)
  })

  it('that failed after its capture is taken back, and stays so', () => {
    const { books, standing } = newBooks()
    const captured = { type: 'payment', value: payment() } as const
    const failed = { type: 'payment', value: payment({ status: 'failed', captured: undefined }) } as const
    expect([captured, failed, failed, captured].map((thing) => books.record(thing))).toEqual([1, 1, 0, 0])
    expect(standing()).toEqual({})
  })

  it('goes to the account that was chosen first, whatever is said later', () => {
    let revenue = 'Revenue:Courses'
    const { books, ledger, standing } = newBooks({ revenue: () => revenue })
    ledger.accounts.open({ name: 'Revenue:Courses', type: 'revenue' })
    books.record({ type: 'payment', value: payment({ captured: eur(4_000n) }) })
    revenue = 'Revenue:Sales'
    books.record({ type: 'payment', value: payment() })
    expect(standing()).toEqual({ [clearing]: 10_000n, 'Revenue:Courses EUR': 10_000n })
  })

  it('may be larger than any number of JavaScript', () => {
    const { books, standing } = newBooks()
    const huge = eur(9_007_199_254_740_993n)
    books.record({ type: 'payment', value: payment({ amount: huge, captured: huge }) })
    expect(standing()[clearing]).toBe(9_007_199_254_740_993n)
  })
})

describe('a refund', () => {
  it('takes from revenue, and gives it back when it fails, however often and in which order one hears', () => {
    const { books, standing } = newBooks()
    const [fine, failed] = [refund(), refund({ status: 'failed' })]
    expect([failed, fine, failed].map((value) => books.record({ type: 'refund', value }))).toEqual([2, 0, 0])
    expect(standing()).toEqual({})
    books.record({ type: 'refund', value: refund({ id: 'acme:re_2', status: 'pending' }) })
    expect(standing()).toEqual({ [clearing]: -2_500n, 'Revenue:Refunds EUR': -2_500n })
  })
})

describe('a dispute', () => {
  it('that is lost costs what was taken; one that is won costs nothing; a decision may be turned', () => {
    const { books, standing } = newBooks()
    const say = (status: Dispute['status']) => books.record({ type: 'dispute', value: dispute({ status }) })
    expect([say('warning'), say('needs_response'), say('under_review')]).toEqual([0, 1, 0])
    expect(standing()).toEqual({ [clearing]: -10_000n, 'Assets:Payments:acme:Disputed EUR': 10_000n })
    expect([say('lost'), say('lost'), say('needs_response')]).toEqual([1, 0, 0])
    expect(standing()).toEqual({ [clearing]: -10_000n, 'Expenses:Chargebacks EUR': 10_000n })
    expect(say('won')).toBe(1)
    expect(standing()).toEqual({})
    expect(say('lost')).toBe(1)
    expect(standing()['Expenses:Chargebacks EUR']).toBe(10_000n)
  })

  it('heard of when it is lost is booked whole, when it is won not at all; what it is about may change', () => {
    const { books, standing } = newBooks()
    expect(books.record({ type: 'dispute', value: dispute({ status: 'won' }) })).toBe(0)
    expect(books.record({ type: 'dispute', value: dispute({ id: 'acme:dp_3', status: 'accepted', amount: eur(1n) }) })).toBe(2)
    books.record({ type: 'dispute', value: dispute({ id: 'acme:dp_3', status: 'won', amount: eur(1n) }) })
    expect(standing()).toEqual({})
    const other = { id: 'acme:dp_2' }
    books.record({ type: 'dispute', value: dispute(other) })
    books.record({ type: 'dispute', value: dispute({ ...other, status: 'lost', amount: eur(8_000n) }) })
    expect(standing()).toEqual({ [clearing]: -10_000n, 'Expenses:Chargebacks EUR': 10_000n })
  })

  it('that is lost while a refund is on its way loses the money once: the refund that fails comes back', () => {
    const { books, standing } = newBooks()
    books.record({ type: 'payment', value: payment() })
    books.record({ type: 'refund', value: refund({ status: 'pending', amount: eur(10_000n) }) })
    books.record({ type: 'dispute', value: dispute({ status: 'lost' }) })
    books.record({ type: 'refund', value: refund({ status: 'failed', amount: eur(10_000n) }) })
    expect(standing()).toEqual({ 'Revenue:Sales EUR': 10_000n, 'Expenses:Chargebacks EUR': 10_000n })
  })
})

describe("a seller's payment", () => {
  const split = { account: 'acme:acct_1', fee: eur(1_000n) }

  it('is owed to the seller until it is transferred', () => {
    const { books, standing } = newBooks()
    books.record({ type: 'payment', value: payment({ split }) })
    expect(standing()['Liabilities:Sellers EUR']).toBe(10_000n)
    books.record({ type: 'transfer', value: transfer({ amount: eur(10_000n) }) })
    expect(standing()).toEqual({})
  })

  it('that goes back is taken from the seller, whichever is heard of first; the reversal settles it', () => {
    const things = [
      { type: 'payment', value: payment({ split }) },
      { type: 'refund', value: refund({ amount: eur(10_000n) }) },
      { type: 'transfer', value: transfer({ amount: eur(10_000n), reversed: eur(10_000n), status: 'reversed' }) },
      { type: 'dispute', value: dispute({ status: 'lost' }) },
    ] as const
    for (const order of [things, [...things].reverse()]) {
      const { books, standing } = newBooks()
      for (const thing of [...order, ...order]) books.record(thing)
      // The refund has been taken back from the seller; the chargeback is still to be.
      expect(standing()).toEqual({ [clearing]: -10_000n, 'Liabilities:Sellers EUR': -10_000n })
    }
  })

  it('is passed on in parts, and taken back in parts', () => {
    const { books, standing } = newBooks()
    const say = (more: Parameters<typeof transfer>[0]) => books.record({ type: 'transfer', value: transfer(more) })
    expect(say({ status: 'pending' })).toBe(0)
    expect([say({}), say({ reversed: eur(2_000n), status: 'partially_reversed' }), say({})]).toEqual([1, 1, 0])
    expect(standing()['Liabilities:Sellers EUR']).toBe(-7_000n)
    expect(say({ reversed: eur(9_000n), status: 'reversed' })).toBe(1)
    expect(standing()).toEqual({})
    expect(say({ id: 'acme:tr_2', status: 'failed' })).toBe(2)
    expect(standing()).toEqual({})
  })
})

describe('a payout', () => {
  const say = (books: ReturnType<typeof newBooks>['books'], ...all: ('paid' | 'failed' | 'canceled' | 'pending')[]) =>
    all.map((status) => books.record({ type: 'payout', value: payout({ status }) }))

  it('is on its way, then at the bank, on the day it arrived', () => {
    const { books, ledger, standing } = newBooks()
    expect(say(books, 'pending', 'paid', 'pending', 'paid')).toEqual([1, 1, 0, 0])
    expect(standing()).toEqual({ [clearing]: -5_000n, 'Assets:Bank:Account EUR': 5_000n })
    expect(ledger.entries().map(({ date }) => date)).toEqual(['2026-03-10', '2026-03-12'])
  })

  it('is never dated into the future: a bank that has it early has it today', () => {
    const { books, ledger } = newBooks({}, '2026-03-11T08:00:00Z')
    say(books, 'paid')
    expect(ledger.entries().map(({ date }) => date)).toEqual(['2026-03-10', '2026-03-11'])
  })

  it.each([[['paid', 'failed', 'paid']], [['failed', 'paid', 'failed']], [['pending', 'canceled', 'pending']]] as const)(
    'that comes back is back, in any order: %s',
    (order) => {
      const { books, standing } = newBooks()
      say(books, ...order)
      expect(standing()).toEqual({})
    },
  )

  it('of a connected account is not the platform’s, and the other way round', () => {
    const theirs = { type: 'payout', value: payout({ account: 'acme:acct_1' }) } as const
    expect(newBooks().books.record(theirs)).toBe(0)
    const { books, standing } = newBooks({ account: 'acme:acct_1' })
    expect(books.record({ type: 'payout', value: payout() })).toBe(0)
    expect(books.record(theirs)).toBe(1)
    expect(standing()['Assets:Payments:acme:acct_1:Clearing EUR']).toBe(-5_000n)
  })
})

describe('days', () => {
  it('are those of the time zone that was chosen', () => {
    const late = { createdAt: '2026-03-10T23:30:00Z' }
    for (const [timeZone, date] of [
      [undefined, '2026-03-10'],
      ['Europe/Berlin', '2026-03-11'],
      ['America/New_York', '2026-03-10'],
    ] as const) {
      const { books, ledger } = newBooks(timeZone === undefined ? {} : { timeZone })
      books.record({ type: 'payment', value: payment(late) })
      expect(ledger.entries()[0]?.date).toBe(date)
    }
    expect(() => newBooks({ timeZone: 'Mars/Olympus' })).toThrow(RangeError)
  })

  it('that are locked get nothing more: the first open day does', () => {
    const { books, ledger } = newBooks()
    ledger.periods.lock('2026-03-14')
    books.record({ type: 'payment', value: payment() })
    expect(ledger.entries()[0]?.date).toBe('2026-03-15')
  })
})

describe('what the books refuse', () => {
  it('is tried again when they allow it: a refusal is no end', () => {
    const { books, ledger, standing } = newBooks()
    ledger.accounts.change('Revenue:Sales', { currencies: ['USD'] })
    for (let turn = 0; turn < 2; turn++)
      expect(() => books.record({ type: 'payment', value: payment() })).toThrow(/Revenue:Sales/)
    expect(standing()).toEqual({})
    ledger.accounts.change('Revenue:Sales', { currencies: null })
    expect(books.record({ type: 'payment', value: payment() })).toBe(1)
  })

  it('of another provider is none of it', () => {
    const { books } = newBooks()
    expect(books.record({ type: 'payment', value: payment({ id: 'other:pay_1' }) })).toBe(0)
    expect(books.record({ type: 'payment', value: payment() }, { account: 'acme:acct_1' })).toBe(0)
  })
})

describe('a vendor that cannot be asked', () => {
  const events = (): PaymentsEvent[] => {
    const about = { amount: eur(10_000n), at: '2026-03-11T10:00:00Z' }
    return [
      { ...about, type: 'payment.updated', eventId: 'e1', payment: 'acme:pay_1', status: 'captured' },
      { ...about, type: 'refund.updated', eventId: 'e2', refund: 'acme:re_1', payment: 'acme:pay_1', status: 'succeeded' },
      { ...about, type: 'dispute.updated', eventId: 'e3', dispute: 'acme:dp_1', payment: 'acme:pay_1', status: 'lost' },
      { ...about, type: 'refund.updated', eventId: 'e4', refund: 'acme:re_1', payment: 'acme:pay_1', status: 'failed' },
      // Says too little, or is of somebody else.
      { type: 'payment.updated', eventId: 'e5', payment: 'acme:pay_2', status: 'captured' },
      { ...about, type: 'payment.updated', eventId: 'e6', payment: 'other:pay_3', status: 'captured' },
      { ...about, type: 'payment.updated', eventId: 'e7', payment: 'acme:pay_4', status: 'captured', account: 'acme:acct_1' },
      { type: 'unknown', eventId: 'e8', raw: {} },
    ]
  }
  const mute = (code: string) => ({ resolve: () => Promise.reject(Object.assign(new Error('no'), { code })) }) as never

  it('is believed what its verified webhooks say', async () => {
    const { books, standing, ledger } = newBooks()
    for (let turn = 0; turn < 2; turn++) await books.receive(mute('unsupported'), events())
    expect(standing()).toEqual({ 'Revenue:Sales EUR': 10_000n, 'Expenses:Chargebacks EUR': 10_000n })
    expect(ledger.entries()[0]?.date).toBe('2026-03-11')
  })

  it('for another reason is no reason to believe anything', async () => {
    const { books, standing } = newBooks()
    await expect(books.receive(mute('timeout'), events())).rejects.toThrow('no')
    expect(standing()).toEqual({})
  })
})
