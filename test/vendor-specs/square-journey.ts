import { type SquareTwin, squareTwin } from '@do/fixtures/square'
import type { Payments } from '@do/payments'
import { ProviderError, parseHandle } from '@do/provider'
import { squarePayments } from '@do/square'
import { expect } from 'vitest'
import { type Checked, checked } from './checked.ts'
import { squareSpec } from './square-spec.ts'

export interface Shop {
  readonly twin: SquareTwin
  readonly square: Payments
  readonly watch: Checked
}

/** A seller with the checker between adapter and twin, both ways. */
export function shop(): Shop {
  const twin = squareTwin()
  const watch = checked(twin.fetch, squareSpec())
  const at = { fetch: watch.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl }
  const square = squarePayments({ ...twin.credentials, merchantId: 'MLTWINMERCHANT', ...at })
  twin.connect(
    watch.receiver(async (request) => {
      await square.receive(request)
      return new Response(null, { status: 200 })
    }),
  )
  return { twin, square, watch }
}

const usd = (amount: bigint) => ({ amount, currency: 'USD' })
const idOf = (handle: string) => parseHandle(handle).id
const day = 86_400_000

async function drain(list: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of list);
}

export async function refused(attempt: Promise<unknown>): Promise<ProviderError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error(`Not refused: ${String(error)}`)
  return error
}

const card = 'square:cnon:card-nonce-ok'
const anna = { name: 'Anna Ek', email: 'anna@example.com', phone: '+14155550123', reference: 'crm-7', metadata: { tier: 'gold' } }

export async function paying({ square, twin }: Shop): Promise<void> {
  const { payments, refunds } = square
  const since = new Date(twin.clock.now() - day).toISOString()
  const paid = await payments.create({
    amount: usd(2_590n),
    method: card,
    reference: 'order-42',
    metadata: { order: '42' },
    description: 'Lamp',
    statementDescriptor: 'ACMEBOOKS',
  })
  await payments.create({ amount: usd(2_590n), method: card, split: { account: 'square:MLTWINMERCHANT', fee: usd(100n) } })
  for (const name of ['declined', 'rejected-cvv', 'requires-verification']) {
    const { handle } = await refused(payments.create({ amount: usd(100n), method: `square:cnon:card-nonce-${name}` }))
    await payments.get(handle ?? '')
  }
  await payments.create({ amount: usd(100n), method: 'square:cnon:card-nonce-requires-verification|verf:ok' })
  const held = async () => (await payments.create({ amount: usd(5_000n), method: card, capture: 'manual' })).id
  await payments.capture({ id: await held() })
  await payments.capture({ id: await held(), amount: usd(1_200n) })
  const canceled = await held()
  await payments.cancel(canceled)
  await payments.cancel(canceled)
  await held()
  await twin.advance(10 * day)
  const bank = await payments.create({ amount: usd(7_000n), method: 'square:bnon:bank-nonce-ok' })
  await twin.settle(idOf(bank.id), 'succeed')
  const poor = await payments.create({ amount: usd(7_100n), method: 'square:bnon:bank-nonce-ok' })
  await twin.settle(idOf(poor.id), 'fail')
  await refunds.create({ payment: paid.id, amount: usd(590n), reason: 'requested_by_customer', metadata: { why: 'Late' } })
  await twin.advance(60_000)
  const rest = await refunds.create({ payment: paid.id })
  await refused(refunds.create({ payment: paid.id, amount: usd(10n) }))
  const bad = await payments.create({ amount: usd(900n), method: 'square:cnon:card-nonce-refund-fails' })
  await refunds.create({ payment: bad.id })
  await twin.advance(10 * day)
  await refunds.get(rest.id)
  await drain(refunds.list({ payment: paid.id }))
  await drain(refunds.list({ since, limit: 1 }))
  await drain(payments.list({ since, until: new Date(twin.clock.now()).toISOString(), limit: 4 }))
  await refused(payments.get('square:nobody'))
}

export async function knowing({ square, twin }: Shop): Promise<void> {
  const { customers, methods, payments } = square
  const { id: customer } = await customers.create(anna)
  const kept = await methods.attach({ id: card, customer })
  await customers.update({ id: customer, name: 'Anna Lund', defaultMethod: kept.id, metadata: { tier: 'silver' } })
  await payments.create({ amount: usd(2_590n), customer, method: kept.id, offSession: true })
  await payments.create({ amount: usd(2_590n), customer, method: card, saveMethod: true })
  await customers.get(customer)
  await twin.advance(60_000)
  await drain(customers.list({ email: anna.email, since: new Date(0).toISOString(), limit: 1 }))
  await drain(methods.list({ customer, limit: 1 }))
  await methods.detach(kept.id)
  await customers.delete(customer)
  await customers.delete(customer)
}

async function plan({ square }: Shop, amount: bigint) {
  const { id: product } = await square.products.create({ name: 'Light', description: 'As a service', metadata: { shelf: '7' } })
  return {
    product,
    price: (await square.prices.create({ product, amount: usd(amount), interval: { unit: 'month', count: 1 } })).id,
  }
}

export async function selling(at: Shop): Promise<void> {
  const { square, twin } = at
  const { product, price } = await plan(at, 3_000n)
  const { price: dear } = await plan(at, 9_000n)
  const once = await square.prices.create({ product, amount: usd(2_590n), metadata: { colour: 'red' } })
  await square.products.update({ id: product, name: 'Lamp', active: false, metadata: { shelf: '8' } })
  await square.products.update({ id: product, active: true })
  await square.prices.update({ id: once.id, active: false })
  await square.prices.update({ id: once.id, active: true })
  await square.prices.get(price)
  await square.products.get(product)
  await twin.advance(60_000)
  await drain(square.products.list({ active: true, limit: 1 }))
  await drain(square.prices.list({ product, limit: 2 }))
  const page = { successUrl: 'https://shop.example.com/thanks', reference: 'order-7', metadata: { order: '7' } }
  const link = await square.checkout.create({
    ...page,
    lines: [
      { price: once.id, quantity: 2 },
      { name: 'Bulb', amount: usd(450n) },
    ],
  })
  await twin.visit(idOf(link.id), 'pay')
  await square.checkout.get(link.id)
  await refused(square.checkout.expire(link.id))
  const closed = await square.checkout.create({ ...page, lines: [{ name: 'Bulb', amount: usd(450n) }] })
  await square.checkout.expire(closed.id)
  await square.checkout.get(closed.id)
  const subscribed = await square.checkout.create({ ...page, mode: 'subscription', lines: [{ price }] })
  await twin.visit(idOf(subscribed.id), 'pay')
  await square.checkout.get(subscribed.id)

  const { id: customer } = await square.customers.create(anna)
  const ok = await square.methods.attach({ id: card, customer })
  const later = await square.methods.attach({ id: 'square:cnon:card-nonce-later-declined', customer })
  const { subscriptions } = square
  const { id } = await subscriptions.create({
    customer,
    price,
    quantity: 2,
    method: ok.id,
    reference: 'plan-7',
    metadata: { seat: 'a' },
  })
  await subscriptions.create({ customer, price, method: later.id, trialDays: 7 })
  await subscriptions.change({ id, price: dear })
  await subscriptions.change({ id, quantity: 3, method: later.id, proration: 'none' })
  await subscriptions.change({ id, method: ok.id })
  await subscriptions.pause({ id })
  await subscriptions.resume(id)
  await twin.advance(40 * day)
  await subscriptions.pause({ id })
  await twin.advance(40 * day)
  await subscriptions.resume(id)
  await subscriptions.cancel({ id, at: 'period_end' })
  await twin.advance(40 * day)
  expect((await subscriptions.get(id)).status).toBe('canceled')
  await drain(subscriptions.list({ customer, limit: 1 }))

  const lines = [{ name: 'Lamp', amount: usd(1_230n), quantity: 3 }]
  const { invoices } = square
  const invoice = await invoices.create({ customer, lines, dueDays: 14, description: 'Thank you', metadata: { order: '42' } })
  await invoices.finalize(invoice.id)
  await invoices.pay({ id: invoice.id, method: ok.id })
  await twin.advance(60_000)
  expect((await invoices.get(invoice.id)).status).toBe('paid')
  const atOnce = await invoices.create({ customer, lines, dueDays: 0 })
  await invoices.finalize(atOnce.id)
  const draft = await invoices.create({ customer, lines })
  await invoices.void(draft.id)
  const open = await invoices.create({ customer, lines })
  await invoices.finalize(open.id)
  await invoices.void(open.id)
  await invoices.void(open.id)
  await twin.advance(60_000)
  await drain(invoices.list({ customer, limit: 2 }))
}

export async function settling({ square, twin }: Shop): Promise<void> {
  const { disputes, payouts } = square
  const disputed = async (how: 'inquiry' | 'chargeback') => {
    const payment = (await square.payments.create({ amount: usd(2_590n), method: card })).id
    return { payment, id: `square:${await twin.dispute(idOf(payment), how)}` }
  }
  const one = await disputed('chargeback')
  const evidence = {
    explanation: 'It was delivered.',
    customerName: 'Anna Ek',
    shippingTracking: '1Z999',
    shippedAt: '2026-01-01T00:00:00Z',
  }
  await disputes.submit({ id: one.id, evidence, submit: false })
  await disputes.submit({ id: one.id, evidence: { ...evidence, customerName: 'Anna Lund' } })
  await refused(disputes.submit({ id: one.id, evidence }))
  await twin.decideDispute(idOf(one.id), 'won')
  const two = await disputed('inquiry')
  await disputes.accept(two.id)
  const three = await disputed('chargeback')
  await disputes.accept(three.id)
  await disputes.accept(three.id)
  await disputes.get(three.id)
  await drain(disputes.list({ payment: one.payment, limit: 1 }))
  await twin.advance(3 * day)
  const id = (await twin.payoutBySchedule()) ?? ''
  await payouts.get(`square:${id}`)
  await drain(square.balance.transactions({ payout: `square:${id}`, limit: 2 }))
  await twin.bank(id, 'paid')
  await twin.bank(id, 'failed')
  await twin.advance(3 * day)
  await twin.payoutBySchedule()
  await twin.advance(3 * day)
  await drain(payouts.list({ since: new Date(0).toISOString(), limit: 1 }))
  await twin.unknownEvent()
}

/** The vendor did not act, or its answer was lost. */
export async function breaking({ square, twin }: Shop): Promise<void> {
  const make = () => square.payments.create({ amount: usd(2_590n), method: card })
  for (const fault of [
    { kind: 'unauthorized' },
    { kind: 'rate-limit', retryAfterSeconds: 2 },
    { kind: 'invalid' },
    { kind: 'error', status: 500, when: 'before' },
    { kind: 'error', status: 503, when: 'before' },
  ] as const) {
    twin.faults.always(fault)
    await refused(make())
    await refused(square.payments.list().page())
    twin.faults.clear()
  }
  for (let times = 1; times <= 3; times++) {
    twin.faults.next({ kind: 'cut', when: times === 1 ? 'after' : 'before' }, { operation: 'payments.create', times })
    await make().catch(() => undefined)
    twin.faults.clear()
  }
}
