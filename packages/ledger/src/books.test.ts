import { beforeEach, describe, expect, it } from 'vitest'
import { openLedger } from './index.ts'
import { type Books, codeOf, openBooks, sale, transfer } from './test/books.ts'

let books: Books
beforeEach(() => {
  books = openBooks()
})

describe('entries', () => {
  it('have any number of legs, and come back as they were posted', () => {
    const { ledger } = books
    const lines = [
      { account: 'Assets:Bank', side: 'debit', amount: 970n, currency: 'EUR' },
      { account: 'Expenses:Fees', side: 'debit', amount: 30n, currency: 'EUR', item: 'fee "7"', due: '2026-12-01' },
      { account: 'Revenue:Sales', side: 'credit', amount: 1000n, currency: 'EUR' },
    ] as const
    const posted = ledger.post(
      { date: '2026-11-20', description: 'Sale – “é 😀”', lines, metadata: { order: '42', agent: '😀' } },
      { key: 'k😀' },
    )
    expect(ledger.entry(posted.id)).toEqual(posted)
    const many = Array.from({ length: 9 }, (_, n) => ({
      entry: { date: '2026-11-20', description: `Sale – “é 😀” ${n}`, lines, metadata: { order: String(n), agent: '😀' } },
      key: `k😀${n}`,
    }))
    expect(ledger.postAll(many)).toEqual(ledger.entries({ after: 1 }))
    expect(ledger.entries({ metadata: { order: '42' } })).toEqual([posted])
    expect(
      ledger.entries({ metadata: { order: '3', agent: '😀' }, from: '2026-11-20', to: '2026-11-20', account: 'Expenses' }),
    ).toHaveLength(1)
    expect(ledger.entries({ from: '2026-11-21' })).toEqual([])
    expect(ledger.entries({ after: 3, limit: 2 }).map(({ sequence }) => sequence)).toEqual([4, 5])
    expect(ledger.verify().problems).toEqual([])
  })

  it('are exact in a batch, whichever line comes first and whatever else they say', () => {
    const { ledger } = books
    const amount = 9007199254740993n
    const entries = Array.from({ length: 12 }, (_, n) => {
      const { lines, ...entry } = sale(amount + BigInt(n))
      const [debit, credit] = lines as [(typeof lines)[number], (typeof lines)[number]]
      const all = n % 3 === 0 ? [credit, debit] : n % 3 === 1 ? [debit, credit] : [{ ...debit, item: `i${n}` }, credit]
      return { entry: { ...entry, lines: all, ...(n % 4 === 0 ? { metadata: { n: `${n}` } } : {}) }, key: `k${n}` }
    })
    const posted = ledger.postAll(entries)
    expect(posted.map(({ lines }) => lines)).toEqual(entries.map(({ entry }) => entry.lines))
    expect(ledger.entries()).toEqual(posted)
    expect(ledger.balance('Assets:Wallet', 'EUR').posted).toBe(12n * amount + 66n)
    expect(ledger.verify().problems).toEqual([])
  })

  it('are reversed once, by an entry of their opposite', () => {
    const { ledger } = books
    const original = ledger.post(sale(1000n, { date: '2026-10-01' }))
    const reversal = ledger.reverse(original.id, { key: 'undo' })
    expect(reversal).toMatchObject({ date: '2026-11-21', reverses: original.id, description: 'Reversal of entry_1: transfer' })
    expect(ledger.reverse(original.id, { key: 'undo' })).toEqual(ledger.entry(reversal.id))
    expect(codeOf(() => ledger.reverse(original.id))).toBe('already_reversed')
    expect(ledger.entry(original.id)).toEqual({ ...original, reversedBy: reversal.id })
    expect(ledger.balance('Assets:Wallet', 'EUR').posted).toBe(0n)
    expect(codeOf(() => ledger.reverse('entry_9'))).toBe('unknown_entry')
    // A reversal is an entry like any other.
    expect(ledger.reverse(reversal.id).lines).toEqual(original.lines)
  })

  it('begin as drafts that may be unfinished, count for nothing, and are posted once', () => {
    const { ledger } = books
    const draft = ledger.draft({ ...sale(5n), lines: sale(5n).lines.slice(0, 1) })
    expect(draft).toMatchObject({ id: 'draft_1', state: 'draft' })
    expect(codeOf(() => ledger.postDraft(draft.id))).toBe('invalid_line')
    expect(ledger.redraft(draft.id, sale(5n)).lines).toHaveLength(2)
    expect(ledger.drafts()).toHaveLength(1)
    expect(ledger.balances()).toEqual([])
    const posted = ledger.postDraft(draft.id, { key: 'k' })
    expect(ledger.postDraft(draft.id, { key: 'k' })).toEqual(posted)
    expect(ledger.entry(draft.id)).toEqual(posted)
    expect(ledger.drafts()).toEqual([])
    expect(codeOf(() => ledger.postDraft(draft.id))).toBe('already_posted')
    expect(codeOf(() => ledger.discard(draft.id))).toBe('already_posted')
    const other = ledger.draft(sale(6n))
    ledger.discard(other.id)
    expect(ledger.entry(other.id)).toBe(undefined)
  })

  it('cannot be changed or deleted, by whatever statement', () => {
    const { ledger, database } = books
    ledger.post(sale(5n))
    for (const change of [
      'UPDATE ledger_entries SET day = 1',
      'DELETE FROM ledger_entries',
      'UPDATE ledger_lines SET amount = 1',
      'DELETE FROM ledger_lines',
      'DELETE FROM ledger_accounts',
    ]) {
      expect(() => database.exec(change), change).toThrow(/immutable|closed, not deleted/)
    }
    // What no trigger can tell from a posting, the chain does.
    database.exec(
      'INSERT INTO ledger_lines SELECT sequence, n + 2, account_id, currency, side, amount, item, due FROM ledger_lines',
    )
    expect(ledger.verify().problems.map(({ invariant }) => invariant)).toContain('chain')
  })
})

describe('balances', () => {
  it('stand at any day, as known at any entry or instant', () => {
    const { ledger, clock } = books
    ledger.post(sale(100n, { date: '2026-03-31' }))
    clock.now += 86_400_000
    const second = ledger.post(sale(20n, { date: '2026-04-01' }))
    clock.now += 86_400_000
    ledger.post(sale(3n, { date: '2026-03-15' }))
    const at = (effective?: string, known?: number | string) =>
      ledger.balance('Assets:Wallet', 'EUR', { ...(effective && { effective }), ...(known !== undefined && { known }) }).posted
    expect([at('2026-03-14'), at('2026-03-15'), at('2026-03-30'), at('2026-03-31'), at('2026-04-01'), at('2027-01-01')]).toEqual([
      0n,
      3n,
      3n,
      103n,
      123n,
      123n,
    ])
    expect([at('2026-03-31', 0), at('2026-03-31', 2), at('2026-03-31', 3), at(undefined, 1), at(undefined, 2)]).toEqual([
      0n,
      100n,
      103n,
      100n,
      120n,
    ])
    expect(at('2026-12-31', second.recordedAt)).toBe(120n)
    expect(at('2026-12-31', '2026-11-21T11:59:59Z')).toBe(0n)
    expect(ledger.balances('Assets', { effective: '2026-03-31' }).filter(({ posted }) => posted !== 0n)).toMatchObject([
      { account: 'Assets:Wallet', posted: 103n },
    ])
  })

  it('come in the order of the tree, on each account’s normal side', () => {
    const { ledger } = books
    ledger.accounts.open({ name: 'Assets-old', type: 'asset' })
    ledger.post(transfer('Revenue:Sales', 'Assets-old', 5n))
    ledger.post(sale(7n))
    expect(ledger.balances().map(({ account, posted }) => [account, posted])).toEqual([
      ['Assets:Wallet', 7n],
      ['Assets-old', 5n],
      ['Revenue:Sales', 12n],
    ])
    expect(ledger.accounts.list('Assets').map(({ name }) => name)).toEqual(['Assets', 'Assets:Bank', 'Assets:Wallet'])
  })

  it('come by item, for what is open', () => {
    const { ledger } = books
    const [debit, credit] = sale(500n).lines
    const invoice = (item: string, due: string) =>
      ({ ...sale(500n), lines: [{ ...debit, item, due }, credit] }) as Parameters<typeof ledger.post>[0]
    ledger.post(invoice('INV-1', '2026-12-01'))
    ledger.post(invoice('INV-2', '2026-12-05'))
    ledger.post({
      ...transfer('Assets:Wallet', 'Assets:Bank', 500n),
      lines: transfer('Assets:Wallet', 'Assets:Bank', 500n).lines.map((line) => ({ ...line, item: 'INV-1' })),
    })
    expect(ledger.items('Assets:Wallet', { open: true })).toEqual([
      { item: 'INV-2', currency: 'EUR', debit: 500n, credit: 0n, from: '2026-11-21', to: '2026-11-21', due: '2026-12-05' },
    ])
    expect(ledger.items('Assets:Wallet', { item: 'INV-1' })).toMatchObject([{ debit: 500n, credit: 500n }])
    expect(ledger.countItems('Assets:Wallet')).toEqual({ open: ledger.items('Assets:Wallet', { open: true }).length, settled: 1 })
  })
})

describe('several ledgers', () => {
  it('share a database, and several openings share a ledger: none remembers what was rolled back', () => {
    const { sql, ledger } = books
    const other = openLedger(sql, { prefix: 'shop' })
    other.accounts.open({ name: 'Assets:Wallet', type: 'asset' })
    expect(other.entries()).toEqual([])
    const again = openLedger(sql)
    expect(() =>
      sql.transaction(() => {
        ledger.accounts.open({ name: 'Assets:New', type: 'asset' })
        throw new Error('undone')
      }),
    ).toThrow('undone')
    again.accounts.open({ name: 'Assets:Other', type: 'asset' })
    expect(ledger.accounts.get('Assets:New')).toBe(undefined)
    expect(codeOf(() => ledger.post(transfer('Revenue:Sales', 'Assets:New', 5n)))).toBe('unknown_account')
    expect(ledger.post(transfer('Revenue:Sales', 'Assets:Other', 5n)).sequence).toBe(1)
    expect(() => openLedger(sql, { prefix: 'x; DROP' })).toThrow(TypeError)
  })
})
