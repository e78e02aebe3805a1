import { failover } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { openBooks } from './index.ts'
import {
  day,
  dispute,
  eur,
  movement,
  newBooks,
  newShop,
  own,
  payment,
  payout,
  refund,
  scripted,
  transfer,
} from './test/set-up.ts'

const quiet = { waiting: 0, missing_at_provider: 0, missing_in_books: 0, different: 0, unmapped: 0 }

describe("the provider's own ledger", () => {
  const source = 'acme:pay_1'
  it.each([
    ['charge', movement('charge', 1_000n, { payment: source }, 59n), { Available: 941n, Clearing: -1_000n, fees: 59n }],
    ['refund', movement('refund', -400n, { source }), { Available: -400n, Clearing: 400n }],
    ['refund_failure', movement('refund_failure', 400n, { source }), { Available: 400n, Clearing: -400n }],
    ['dispute', movement('dispute', -1_000n, { source }, 1_500n), { Available: -2_500n, Clearing: 1_000n, disputes: 1_500n }],
    [
      'dispute_reversal',
      movement('dispute_reversal', 1_000n, { source }, -1_500n),
      { Available: 2_500n, Clearing: -1_000n, disputes: -1_500n },
    ],
    ['transfer', movement('transfer', -900n, { source }), { Available: -900n, Clearing: 900n }],
    ['transfer_reversal', movement('transfer_reversal', 900n, { source }), { Available: 900n, Clearing: -900n }],
    ['payout', movement('payout', -500n, { source, availableAt: '2026-03-12T00:00:00Z' }), { Available: -500n, Clearing: 500n }],
    ['payout_failure', movement('payout_failure', 500n, { source }), { Available: 500n, Clearing: -500n }],
    ['fee', movement('fee', -200n), { Available: -200n, fees: 200n }],
    ['a fee stated as one', movement('fee', 0n, {}, 200n), { Available: -200n, fees: 200n }],
    ['application_fee', movement('application_fee', 100n), { Available: 100n, platform: 100n }],
    ['application_fee_refund', movement('application_fee_refund', -100n), { Available: -100n, platform: -100n }],
    ['adjustment', movement('adjustment', -70n), { Available: -70n, Suspense: 70n }],
    ['other', movement('other', 70n), { Available: 70n, Suspense: -70n }],
  ] as const)('is booked with its %s', async (_, one, expected) => {
    const { books, standing } = newBooks()
    await books.reconcile(scripted({ movements: [one] }).provider)
    const names: Record<string, string> = {
      fees: 'Expenses:Payment fees',
      disputes: 'Expenses:Dispute fees',
      platform: 'Revenue:Platform fees',
    }
    const wanted = Object.entries(expected).map(([name, amount]) => [
      `${names[name] ?? `Assets:Payments:acme:${name}`} EUR`,
      amount,
    ])
    expect(standing()).toEqual(Object.fromEntries(wanted))
  })

  it('says when money becomes available: until then it is pending', async () => {
    const { books, ledger } = newBooks()
    await books.reconcile(
      scripted({ movements: [movement('charge', 1_000n, { payment: source, availableAt: '2026-03-25T00:00:00Z' })] }).provider,
    )
    const at = (place: string, effective: string) => ledger.balance(`Assets:Payments:acme:${place}`, 'EUR', { effective }).posted
    expect([at('Pending', '2026-03-24'), at('Available', '2026-03-24')]).toEqual([1_000n, 0n])
    expect([at('Pending', '2026-03-25'), at('Available', '2026-03-25')]).toEqual([0n, 1_000n])
  })

  it.each([1n, -1n])('exchanges through the trading account, with a sign of the vendor’s choice (%s)', async (sign) => {
    const { books, standing } = newBooks()
    const usd = (amount: bigint) => ({ amount, currency: 'USD' })
    books.record({ type: 'payment', value: payment() })
    books.record({ type: 'refund', value: refund() })
    const exchanged = (amount: bigint) => ({ from: eur(amount), rate: '1.08' })
    const report = await books.reconcile(
      scripted({
        movements: [
          movement('charge', 10_800n, { amount: usd(10_800n), payment: source, exchanged: exchanged(10_000n) }, 300n),
          movement('refund', -2_700n, { amount: usd(-2_700n), source: 'acme:re_1', exchanged: exchanged(sign * 2_500n) }),
        ],
      }).provider,
    )
    expect(report).toMatchObject({ ok: true, counts: { ...quiet, matched: 2 } })
    expect(standing()).toEqual({
      'Assets:Payments:acme:Available USD': 7_800n,
      'Expenses:Payment fees USD': 300n,
      'Revenue:Sales EUR': 10_000n,
      'Revenue:Refunds EUR': -2_500n,
      'Equity:Trading EUR': -7_500n,
      'Equity:Trading USD': 8_100n,
    })
  })

  it('that exchanged without saying so makes the item different, in both currencies', async () => {
    const { books } = newBooks()
    books.record({ type: 'payment', value: payment() })
    const { provider } = scripted({
      movements: [movement('charge', 10_800n, { amount: { amount: 10_800n, currency: 'USD' }, payment: source })],
    })
    expect((await books.reconcile(provider)).counts).toEqual({ ...quiet, matched: 0, different: 2 })
  })

  it('lists each movement that nobody knows by itself, also two that cancel out, until somebody books it away', async () => {
    const { books, ledger } = newBooks()
    const { provider } = scripted({
      movements: [movement('adjustment', -70n, { source }), movement('adjustment', 70n, { id: 'acme:txn_2', source })],
    })
    const report = await books.reconcile(provider)
    expect(report).toMatchObject({ ok: false, counts: { unmapped: 2 } })
    expect(report.items.map(({ item, provided }) => [item, provided])).toEqual([
      ['acme:txn_2', 70n],
      ['acme:txn_adjustment', -70n],
    ])
    const [suspense, item] = [books.chart.suspense, 'acme:txn_2']
    const line = { amount: 70n, currency: 'EUR' }
    ledger.post({
      ...{ date: '2026-03-21', description: 'A bonus' },
      lines: [
        { ...line, account: suspense, side: 'debit', item },
        { ...line, account: books.chart.sales, side: 'credit' },
      ],
    })
    expect(books.compare().counts.unmapped).toBe(1)
  })

  it('of a connected account says what it was passed, where nobody can be asked', async () => {
    const { books, standing } = newBooks({ account: 'acme:acct_1' })
    const { provider } = scripted({
      movements: [movement('charge', 9_000n, { source: 'acme:py_1' }, 900n), movement('refund', -500n, { source: 'acme:pyr_1' })],
    })
    expect(await books.reconcile(provider)).toMatchObject({ ok: true, account: 'acme:acct_1' })
    expect(standing()).toMatchObject({
      'Revenue:Sales EUR': 9_000n,
      'Revenue:Refunds EUR': -500n,
      'Assets:Payments:acme:acct_1:Available EUR': 7_600n,
    })
  })
})

describe('what differs', () => {
  it('is waiting while it is young, and missing when it is old', async () => {
    const { books, clock } = newBooks()
    books.record({ type: 'payment', value: payment() })
    const { provider } = scripted({ movements: [] })
    clock.now = Date.parse('2026-03-17T12:00:00Z')
    expect((await books.reconcile(provider)).counts).toEqual({ ...quiet, matched: 0, waiting: 1 })
    clock.now += day
    const report = await books.reconcile(provider)
    expect(report.items).toEqual([
      { finding: 'missing_at_provider', item: 'acme:pay_1', currency: 'EUR', booked: 10_000n, provided: 0n, ageDays: 8 },
    ])
    expect(report.ok).toBe(false)
  })

  it('is told with both amounts', async () => {
    const { books } = newBooks()
    books.record({ type: 'payment', value: payment() })
    const { provider } = scripted({ movements: [movement('charge', 9_999n, { payment: 'acme:pay_1' })] })
    expect((await books.reconcile(provider)).items).toMatchObject([{ finding: 'different', booked: 10_000n, provided: 9_999n }])
  })

  it('is in the books alone where the provider does not know the thing it moved money for', async () => {
    const { books } = newBooks()
    const { provider } = scripted({ movements: [movement('charge', 500n, { payment: 'acme:pay_9' })] })
    expect((await books.reconcile(provider)).items).toMatchObject([
      { finding: 'missing_in_books', item: 'acme:pay_9', provided: 500n },
    ])
  })

  it('is counted in full and listed as far as asked', async () => {
    const { books } = newBooks()
    for (let n = 0; n < 30; n++) books.record({ type: 'payment', value: payment({ id: `acme:pay_${n}` }) })
    const { counts, items } = books.compare({ limit: 10 })
    expect([counts.missing_at_provider, items.length]).toEqual([30, 10])
  })
})

describe('a lost webhook', () => {
  it('is made up for by asking for the thing, each once', async () => {
    const { books } = newBooks()
    const things = [payment(), refund(), dispute({ status: 'lost' }), transfer(), payout({ status: 'paid' })]
    const movements = [
      movement('charge', 10_000n, { payment: 'acme:pay_1' }),
      movement('refund', -2_500n, { source: 'acme:re_1' }),
      movement('dispute', -10_000n, { source: 'acme:dp_1' }),
      movement('transfer', -9_000n, { source: 'acme:tr_1' }),
      movement('payout', -5_000n, { source: 'acme:po_1' }),
    ]
    const { provider, asked } = scripted({ movements, things })
    expect(await books.reconcile(provider)).toMatchObject({ ok: true, counts: { ...quiet, matched: 5 } })
    expect(asked.filter((one) => things.some(({ id }) => id === one))).toEqual(things.map(({ id }) => id))
  })

  it('of what moves no money at the provider too: a payout that arrived, a dispute that was decided', async () => {
    const { books, standing } = newBooks()
    books.record({ type: 'payout', value: payout() })
    books.record({ type: 'dispute', value: dispute() })
    const movements = [
      movement('payout', -5_000n, { source: 'acme:po_1' }),
      movement('dispute', -10_000n, { source: 'acme:dp_1' }),
    ]
    await books.reconcile(scripted({ movements, things: [payout({ status: 'paid' }), dispute({ status: 'lost' })] }).provider)
    expect(standing()).toMatchObject({ 'Assets:Bank:Account EUR': 5_000n, 'Expenses:Chargebacks EUR': 10_000n })
    expect(standing()).not.toHaveProperty(['Assets:Bank:In transit EUR'])
  })
})

describe('reading', () => {
  it('goes on where it was: before the newest that was read, never beyond now', async () => {
    const { books, sql } = newBooks()
    const future = movement('fee', -1n, { id: 'acme:txn_f', createdAt: '2030-01-01T00:00:00Z' })
    await books.reconcile(scripted({ movements: [movement('fee', -1n), future] }).provider)
    const read = () => new Date(sql.all<{ at: number }>('SELECT at FROM books_read')[0]?.at as number).toISOString()
    expect(read()).toBe('2026-03-20T12:00:00.000Z')
    let since: string | undefined
    const { provider } = scripted({ movements: [] })
    const spied = {
      ...provider,
      balance: {
        ...provider.balance,
        transactions: (input: { since?: string }) => {
          since = input.since
          return provider.balance.transactions()
        },
      },
    }
    await books.reconcile(spied as never, { overlapDays: 2 })
    expect(since).toBe('2026-03-18T12:00:00.000Z')
    expect(read()).toBe('2026-03-20T12:00:00.000Z')
  })

  it('cut off at any step goes on, and gives the same books as if nothing had happened', async () => {
    let cuts = 0
    const run = async (cutAt: number) => {
      const shop = newShop()
      const bought = []
      for (let n = 0; n < 4; n++) bought.push(await shop.pay(BigInt(1_000 + n)))
      await shop.twin.refundOutside(own(bought[0]?.id as string))
      await shop.twin.dispute(own(bought[1]?.id as string))
      await shop.twin.advance(15 * day)
      let step = 0
      const failing = new Proxy(shop.twin.fetch, {
        apply: (target, self, args: Parameters<typeof fetch>) => {
          step += 1
          if (step === cutAt) throw new TypeError('The process died.')
          return Reflect.apply(target, self, args)
        },
      })
      const { memoryPayments } = await import('@do/conformance/reference')
      const provider = memoryPayments({
        ...shop.twin.credentials,
        fetch: failing,
        clock: shop.twin.clock,
        attemptTimeout: 1_000,
        deadline: 1_000,
      })
      const controller = new AbortController()
      if (cutAt > 0)
        await shop.books
          .reconcile(provider, { signal: controller.signal, onProgress: () => step >= cutAt && controller.abort() })
          .catch(() => {
            cuts += 1
          })
      const report = await shop.books.reconcile(shop.provider)
      const sequence = shop.ledger.entries().length
      const again = await shop.books.reconcile(shop.provider)
      expect(again).toEqual(report)
      expect(shop.ledger.entries().length).toBe(sequence)
      const said = shop.ledger
        .entries()
        .map(({ key, date, lines, metadata }) =>
          JSON.stringify([key, date, lines.map((line) => ({ ...line, amount: `${line.amount}` })), metadata]),
        )
      return { steps: step, report, said: said.sort() }
    }
    const whole = await run(0)
    expect(whole.report).toMatchObject({ ok: true, counts: quiet })
    for (let cutAt = 1; cutAt <= 9; cutAt++) {
      const { report, said } = await run(cutAt)
      expect({ report, said }, `cut at request ${cutAt}`).toEqual({ report: whole.report, said: whole.said })
    }
    expect(cuts).toBeGreaterThanOrEqual(5)
  })

  it('fails whole where the books fail: no entry without the mark, no mark without the entries', async () => {
    const { books, ledger, sql } = newBooks()
    ledger.accounts.change('Expenses:Payment fees', { currencies: ['USD'] })
    const movements = [movement('application_fee', 5n), movement('fee', -5n)]
    await expect(books.reconcile(scripted({ movements }).provider)).rejects.toThrow(/Payment fees/)
    expect([ledger.entries().length, sql.all('SELECT * FROM books_read').length]).toEqual([0, 0])
    ledger.accounts.change('Expenses:Payment fees', { currencies: null })
    expect(await books.reconcile(scripted({ movements }).provider)).toMatchObject({ ok: true })
  })

  it('of several providers behind one face keeps each to its own, also where one has no ledger to read', async () => {
    const { memoryPayments, memoryPaymentsTwin } = await import('@do/conformance/reference')
    const one = newShop()
    const twin = memoryPaymentsTwin({ clock: one.twin.clock, seed: 2 })
    const other = memoryPayments({ ...twin.credentials, name: 'second', fetch: twin.fetch, clock: twin.clock })
    const both = failover([one.provider, other], { clock: one.twin.clock })
    await one.pay(1_000n)
    await other.payments.create({ amount: eur(2_000n), method: `second:${twin.methods.ok}` })
    one.twin.clock.advance(3_000)
    await one.twin.advance(0)
    const now = () => one.twin.clock.now()
    const second = openBooks(one.ledger, { provider: 'second', now })
    const before = one.twin.requests().length
    expect(await second.reconcile(both)).toMatchObject({ ok: true, counts: { matched: 1 }, balances: [{ currency: 'EUR' }] })
    expect(one.twin.requests().length).toBe(before)
    expect(await one.books.reconcile(both)).toMatchObject({ ok: true, counts: { matched: 1 } })
    expect(one.ledger.balance('Revenue:Sales', 'EUR').posted).toBe(3_000n)
  })

  it('does without a balance where the provider does not tell it', async () => {
    const { books } = newBooks()
    const { provider } = scripted({ movements: [movement('fee', -5n)] })
    const get = async () => {
      throw Object.assign(new Error('no'), { code: 'unsupported' })
    }
    const mute = { ...provider, balance: { ...provider.balance, get } }
    expect(await books.reconcile(mute as never)).toMatchObject({ ok: true, balances: [] })
  })
})

it('20,000 items that came to zero are counted by the database, not read', () => {
  const { books, ledger } = newBooks()
  const entries = Array.from({ length: 20_000 }, (_, n) => {
    const line = { account: books.chart.clearing, amount: 100n, currency: 'EUR', item: `acme:pay_${n}` }
    const lines = [
      { ...line, side: 'debit' as const },
      { ...line, side: 'credit' as const },
    ]
    return { entry: { date: '2026-03-10', description: 'both sides', lines } }
  })
  for (let from = 0; from < entries.length; from += 5_000) ledger.postAll(entries.slice(from, from + 5_000))
  const before = process.cpuUsage()
  expect(books.compare().counts).toEqual({ ...quiet, matched: 20_000 })
  const { user, system } = process.cpuUsage(before)
  // About 0.03 s on a quiet machine; item by item it was minutes.
  expect(user + system).toBeLessThan(500_000)
})
