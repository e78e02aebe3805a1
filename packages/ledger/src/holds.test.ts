import { beforeEach, describe, expect, it } from 'vitest'
import { type Books, codeOf, openBooks, sale, transfer } from './test/books.ts'

let books: Books
beforeEach(() => {
  books = openBooks()
  books.ledger.post(sale(1000n))
})

const payment = (amount: bigint) => transfer('Assets:Wallet', 'Expenses:Fees', amount)

describe('a hold', () => {
  it('takes room from the guard, posts nothing, and gives all back when it is voided', () => {
    const { ledger } = books
    const before = ledger.balances()
    const hold = ledger.holds.place(payment(700n))
    expect(ledger.balance('Assets:Wallet', 'EUR')).toMatchObject({ posted: 1000n, pendingDebit: 0n, pendingCredit: 700n })
    expect(codeOf(() => ledger.post(payment(301n)))).toBe('overdraft')
    expect(codeOf(() => ledger.holds.place(payment(301n)))).toBe('overdraft')
    expect(ledger.holds.void(hold.id).state).toBe('voided')
    expect(ledger.holds.void(hold.id).state).toBe('voided')
    expect(ledger.balances().filter(({ account }) => account !== 'Expenses:Fees')).toEqual(
      before.filter(({ account }) => account !== 'Expenses:Fees'),
    )
    expect(codeOf(() => ledger.holds.commit(hold.id))).toBe('hold_resolved')
  })

  it('lends no room that has not come yet', () => {
    const { ledger } = books
    ledger.holds.place(sale(500n))
    expect(codeOf(() => ledger.post(payment(1001n)))).toBe('overdraft')
  })

  it('is committed whole, once, and by its key again', () => {
    const { ledger } = books
    const hold = ledger.holds.place(payment(1000n), { key: 'hold' })
    expect(ledger.holds.place(payment(1000n), { key: 'hold' })).toEqual(hold)
    const committed = ledger.holds.commit(hold.id, { key: 'commit' })
    expect(committed).toMatchObject({ state: 'committed', entry: 'entry_2' })
    expect(ledger.holds.commit(hold.id, { key: 'commit' })).toEqual(committed)
    expect(codeOf(() => ledger.holds.commit(hold.id))).toBe('hold_resolved')
    expect(codeOf(() => ledger.holds.void(hold.id))).toBe('hold_resolved')
    expect(ledger.entry('entry_2')).toMatchObject({ hold: hold.id, key: 'commit' })
    expect(ledger.balance('Assets:Wallet', 'EUR')).toMatchObject({ posted: 0n, pendingCredit: 0n })
  })

  it('is committed in part: the rest is let go; never more than it holds', () => {
    const { ledger } = books
    const hold = ledger.holds.place(payment(600n))
    expect(codeOf(() => ledger.holds.commit(hold.id, { amounts: [601n, 601n] }))).toBe('invalid_amount')
    expect(codeOf(() => ledger.holds.commit(hold.id, { amounts: [200n, 100n] }))).toBe('unbalanced')
    expect(codeOf(() => ledger.holds.commit(hold.id, { amounts: [200n] }))).toBe('invalid_amount')
    ledger.holds.commit(hold.id, { amounts: [200n, 200n] })
    expect(ledger.balance('Assets:Wallet', 'EUR')).toMatchObject({ posted: 800n, pendingCredit: 0n })
    expect(ledger.verify().problems).toEqual([])
  })

  it('expires by the clock, before anything that counts on it', () => {
    const { ledger, clock, told } = books
    const hold = ledger.holds.place({ ...payment(1000n), expiresAt: clock.now + 60_000 })
    expect(ledger.holds.expire()).toEqual({ expired: 0, next: clock.now + 60_000 })
    expect(codeOf(() => ledger.post(payment(1n)))).toBe('overdraft')
    clock.now += 60_000
    expect(ledger.post(payment(1n)).sequence).toBe(2)
    expect(ledger.holds.get(hold.id)).toMatchObject({ state: 'expired' })
    expect(codeOf(() => ledger.holds.commit(hold.id))).toBe('hold_resolved')
    expect(ledger.holds.expire()).toEqual({ expired: 0 })
    expect(told.filter(({ collection }) => collection === 'holds').map(({ operation }) => operation)).toEqual([
      'create',
      'update',
    ])
  })

  it('lists by state', () => {
    const { ledger } = books
    const [one, two] = [ledger.holds.place(payment(1n)), ledger.holds.place(payment(2n))]
    ledger.holds.void(one.id)
    expect(ledger.holds.list('pending')).toEqual([two])
    expect(ledger.holds.list()).toHaveLength(2)
    expect(codeOf(() => ledger.holds.void('hold_9'))).toBe('unknown_hold')
  })
})
