import { DatabaseSync } from 'node:sqlite'
import { openBooks } from '@do/books'
import { stripeTwin } from '@do/fixtures/stripe'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import { testClock } from '@do/provider'
import { stripePayments } from '@do/stripe'
import { expect, it } from 'vitest'

it("a platform's books: what is a seller's comes to zero, fees are kept, and money of another currency is exchanged", async () => {
  const twin = stripeTwin({ clock: testClock() })
  const stripe = stripePayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  const now = () => twin.clock.now()
  const ledger = openLedger(nodeSqlite(new DatabaseSync(':memory:')), { now })
  const books = openBooks(ledger, { provider: 'stripe', now })
  const usd = (amount: bigint) => ({ amount, currency: 'USD' })
  const standing = (account: string, currency = 'USD') => ledger.balance(account, currency).posted

  const seller = await stripe.accounts.create({ country: 'US', email: 'ann@example.com' })
  await twin.onboard(seller.id.slice('stripe:'.length), 'complete')
  const split = { account: seller.id, fee: usd(1_000n) }
  const payment = await stripe.payments.create({ amount: usd(10_000n), method: 'stripe:pm_card_visa', split })
  books.record({ type: 'payment', value: payment })
  expect(standing('Liabilities:Sellers')).toBe(10_000n)

  // The transfer is Stripe's doing: nobody tells of it but its ledger.
  expect(await books.reconcile(stripe)).toMatchObject({ ok: true, counts: { different: 0, missing_in_books: 0 } })
  expect([standing('Liabilities:Sellers'), standing('Revenue:Platform fees'), standing('Revenue:Sales')]).toEqual([
    0n,
    1_000n,
    0n,
  ])

  const back = { payment: payment.id, amount: usd(4_000n), reverseTransfer: true }
  books.record({ type: 'refund', value: await stripe.refunds.create(back) })
  const foreign = { amount: 5_000n, currency: 'KWD' }
  books.record({ type: 'payment', value: await stripe.payments.create({ amount: foreign, method: 'stripe:pm_card_visa' }) })
  await twin.advance(86_400_000)
  const report = await books.reconcile(stripe)
  expect(report.items).toEqual([])
  expect(report.ok).toBe(true)
  expect([standing('Liabilities:Sellers'), standing('Revenue:Refunds'), standing('Revenue:Sales', 'KWD')]).toEqual([
    0n,
    0n,
    5_000n,
  ])
  expect(standing('Equity:Trading', 'KWD')).toBe(-5_000n)
  expect(ledger.verify()).toMatchObject({ ok: true })
})
