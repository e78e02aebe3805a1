import { beforeEach, describe, expect, it } from 'vitest'
import { type Books, codeOf, openBooks, sale, transfer } from './test/books.ts'

let books: Books
beforeEach(() => {
  books = openBooks()
})

const payment = (amount: bigint) => transfer('Assets:Wallet', 'Expenses:Fees', amount)

describe('a key', () => {
  it('gives the same entry for the same request, and nothing more happens', () => {
    const { ledger, told } = books
    const first = ledger.post(sale(1000n), { key: 'order-42' })
    expect(ledger.post(sale(1000n), { key: 'order-42' })).toEqual(first)
    expect(ledger.entries()).toEqual([first])
    expect(told).toHaveLength(1)
    expect(ledger.outcome('order-42')).toEqual({ state: 'applied', entry: 'entry_1' })
  })

  it('is a conflict with another request, of any kind', () => {
    const { ledger } = books
    ledger.post(sale(1000n), { key: 'k' })
    const before = books.rows()
    expect(codeOf(() => ledger.post(sale(1001n), { key: 'k' }))).toBe('idempotency_key_reused')
    expect(codeOf(() => ledger.holds.place(sale(1000n), { key: 'k' }))).toBe('idempotency_key_reused')
    expect(codeOf(() => ledger.reverse('entry_1', { key: 'k' }))).toBe('idempotency_key_reused')
    expect(codeOf(() => ledger.postAll([{ entry: sale(1n), key: 'k' }]))).toBe('idempotency_key_reused')
    expect(books.rows()).toEqual(before)
  })

  it('stays refused when the money has come, until somebody says otherwise', () => {
    const { ledger } = books
    expect(codeOf(() => ledger.post(payment(50n), { key: 'pay' }))).toBe('overdraft')
    ledger.post(sale(1000n))
    expect(codeOf(() => ledger.post(payment(50n), { key: 'pay' }))).toBe('refused')
    expect(ledger.outcome('pay')).toMatchObject({ state: 'refused', code: 'overdraft' })
    const paid = ledger.post(payment(50n), { key: 'pay', retryRefused: true })
    expect(ledger.post(payment(50n), { key: 'pay', retryRefused: true })).toEqual(paid)
    expect(ledger.balance('Assets:Wallet', 'EUR').posted).toBe(950n)
    expect(ledger.verify().problems).toEqual([])
  })

  it('is free after a request that could never be posted', () => {
    const { ledger } = books
    expect(codeOf(() => ledger.post(sale(0n), { key: 'k' }))).toBe('invalid_amount')
    expect(ledger.outcome('k')).toEqual({ state: 'absent' })
    expect(ledger.post(sale(1n), { key: 'k' }).sequence).toBe(1)
  })

  it('64 times over is one entry; 20 drains of a guarded account take what is there', () => {
    const { ledger } = books
    const ids = Array.from({ length: 64 }, () => ledger.post(sale(1000n), { key: 'once' }).id)
    expect(new Set(ids).size).toBe(1)
    const drains = Array.from({ length: 20 }, () => codeOf(() => ledger.post(payment(150n))))
    expect(drains.filter((code) => code === undefined)).toHaveLength(6)
    expect(ledger.balance('Assets:Wallet', 'EUR').posted).toBe(100n)
  })

  it('counts within a batch, and for what was posted before it', () => {
    const { ledger } = books
    const first = ledger.post(sale(1n), { key: 'a' })
    const batch = [
      { entry: sale(1n), key: 'a' },
      ...Array.from({ length: 10 }, (_, n) => ({ entry: sale(BigInt(2 + n)), key: `b${n}` })),
    ]
    const posted = ledger.postAll([...batch, { entry: sale(2n), key: 'b0' }])
    expect(posted[0]).toEqual(first)
    expect(posted.at(-1)).toEqual(posted[1])
    expect(ledger.entries()).toHaveLength(11)
    expect(ledger.postAll(batch)).toEqual(posted.slice(0, -1))
    expect(
      codeOf(() =>
        ledger.postAll([
          { entry: sale(1n), key: 'x' },
          { entry: payment(10_000n), key: 'y' },
        ]),
      ),
    ).toBe('overdraft')
    expect([ledger.outcome('x').state, ledger.outcome('y').state]).toEqual(['absent', 'refused'])
  })

  it('answers what an upTo line took then', () => {
    const { ledger } = books
    ledger.post(sale(100n))
    const take = {
      ...payment(500n),
      lines: payment(500n).lines.map((line) => (line.side === 'credit' ? { ...line, upTo: true } : line)),
    }
    const taken = ledger.post(take, { key: 'sweep' })
    expect(taken.lines.map(({ amount }) => amount)).toEqual([100n, 100n])
    ledger.post(sale(100n))
    expect(ledger.post(take, { key: 'sweep' })).toEqual(taken)
    expect(codeOf(() => ledger.post(take, { key: 'sweep 2' }))).toBe(undefined)
    expect(codeOf(() => ledger.post(take, { key: 'sweep 3' }))).toBe('overdraft')
  })
})
