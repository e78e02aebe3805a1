import { type StripeTwin, stripeTwin } from '@do/fixtures/stripe'
import type { Payments } from '@do/payments'
import { parseHandle } from '@do/provider'
import { stripePayments } from '@do/stripe'
import { type Checked, checked } from './checked.ts'
import { stripeSpec } from './stripe-spec.ts'

const day = 86_400_000
const usd = (amount: bigint) => ({ amount, currency: 'USD' })
const idOf = (handle: string) => parseHandle(handle).id.split('/').at(-1) as string

export interface StripeScene {
  readonly twin: StripeTwin
  readonly provider: Payments
  readonly watch: Checked
  readonly method: (behaves: keyof StripeTwin['methods']) => string
}

export function stripeScene(): StripeScene {
  const twin = stripeTwin()
  const watch = checked(twin.fetch, stripeSpec())
  const provider = stripePayments({ ...twin.credentials, fetch: watch.fetch, clock: twin.clock })
  twin.connect(
    watch.receiver(async (request) => {
      await provider.receive(request)
      return new Response(null, { status: 204 })
    }),
  )
  return { twin, provider, watch, method: (behaves) => `stripe:${twin.methods[behaves]}` }
}

const lenient = async (call: Promise<unknown>) => void (await call.catch(() => {}))
const drain = async (listing: AsyncIterable<unknown>) => {
  for await (const _ of listing);
}
const urls = { returnUrl: 'https://shop.example.com/back' }

/** Every way a payment can go, and what is done with it then. */
async function paying({ twin, provider, method }: StripeScene): Promise<void> {
  const pay = (more: object = {}) => provider.payments.create({ amount: usd(2_590n), method: method('ok'), ...more })
  const { id } = await pay({
    reference: 'order-42',
    metadata: { order: '42' },
    description: 'A lamp',
    statementDescriptor: 'ACME LAMPS',
  })
  await provider.refunds.create({ payment: id, amount: usd(590n), reason: 'duplicate', metadata: { a: 'b' } })
  await lenient(provider.refunds.create({ payment: id, amount: usd(90_000n) }))
  for (const behaves of ['declined', 'insufficientFunds'] as const) await lenient(pay({ method: method(behaves) }))
  for (const behaves of ['challenge', 'redirect'] as const) {
    for (const how of ['succeed', 'fail'] as const) {
      const waiting = await pay({ method: method(behaves), ...urls })
      const result = await twin.authenticate(idOf(waiting.id), how)
      await lenient(provider.payments.confirm({ id: waiting.id, result: { ...result } }))
    }
  }
  await provider.payments.cancel((await pay({ method: method('redirect'), ...urls })).id)
  for (const how of ['succeed', 'fail'] as const) await twin.settle(idOf((await pay({ method: method('asynchronous') })).id), how)
  const later = await provider.payments.create({ amount: usd(700n) })
  await provider.payments.confirm({ id: later.id, method: method('ok'), ...urls })
  const held = await pay({ capture: 'manual' })
  await provider.payments.capture({ id: held.id, amount: usd(1_000n), final: false })
  await provider.payments.capture({ id: held.id, amount: usd(1_000n) })
  await provider.payments.cancel((await pay({ capture: 'manual' })).id)
  await pay({ capture: 'manual' })
  const returned = await pay({ method: method('refundFails') })
  const refund = await provider.refunds.create({ payment: returned.id })
  await twin.refundOutside(idOf(id), 100n)
  await twin.advance(10 * day)
  await provider.refunds.get(refund.id)
  await drain(provider.refunds.list({ payment: id }))
  await drain(provider.payments.list({ limit: 3, since: new Date(0).toISOString() }))
  for (const currency of ['EUR', 'JPY', 'KWD', 'ISK']) await pay({ amount: { amount: 12_300n, currency } })
  await lenient(provider.payments.get('stripe:pi_none'))
}

async function keeping({ twin, provider, method }: StripeScene): Promise<void> {
  const customer = await provider.customers.create({
    name: 'Anna Ek',
    email: 'anna@example.com',
    phone: '+4670123456',
    metadata: { a: 'b' },
  })
  const kept = await provider.methods.attach({ id: method('ok'), customer: customer.id })
  await provider.customers.update({ id: customer.id, name: 'Anna E', defaultMethod: kept.id })
  await drain(provider.methods.list({ customer: customer.id }))
  await provider.payments.create({ amount: usd(900n), method: kept.id, customer: customer.id, offSession: true })
  await provider.payments.create({ amount: usd(900n), method: method('ok'), customer: customer.id, saveMethod: true })
  const page = { lines: [{ name: 'Lamp', amount: usd(2_590n), quantity: 2 }], successUrl: 'https://shop.example.com/thanks' }
  const session = await provider.checkout.create({
    ...page,
    cancelUrl: 'https://shop.example.com',
    reference: 'order-43',
    metadata: { a: 'b' },
    customer: customer.id,
  })
  await twin.visit(idOf(session.id), 'pay')
  await provider.checkout.get(session.id)
  const other = await provider.checkout.create({ ...page, expiresAt: new Date(twin.clock.now() + day / 2).toISOString() })
  await provider.checkout.expire(other.id)
  await provider.checkout.create(page)
  await twin.advance(day)
  await drain(provider.customers.list({ email: 'anna@example.com' }))
  await provider.methods.detach(kept.id)
  for (let time = 0; time < 2; time++) await provider.customers.delete(customer.id)
  await provider.customers.get(customer.id)
}

async function billing({ twin, provider, method }: StripeScene): Promise<void> {
  const product = await provider.products.create({ name: 'Plan', description: 'All of it', metadata: { a: 'b' } })
  await provider.products.update({ id: product.id, name: 'The plan' })
  const monthly = await provider.prices.create({ product: product.id, amount: usd(3_000n), interval: { unit: 'month' } })
  const dearer = await provider.prices.create({ product: product.id, amount: usd(6_000n), interval: { unit: 'month' } })
  const once = await provider.prices.create({ product: product.id, amount: usd(500n) })
  await provider.prices.update({ id: once.id, active: false })
  await drain(provider.products.list({ active: true }))
  await drain(provider.prices.list({ product: product.id }))
  await provider.prices.get(monthly.id)
  await provider.products.get(product.id)
  const customer = (await provider.customers.create({ email: 'b@example.com' })).id
  const good = await provider.methods.attach({ id: method('ok'), customer })
  const bad = await provider.methods.attach({ id: method('laterDeclined'), customer })
  await lenient(provider.subscriptions.create({ customer, price: monthly.id }))
  const subscription = await provider.subscriptions.create({ customer, price: monthly.id, method: good.id, reference: 'sub-1' })
  await provider.subscriptions.create({ customer, price: monthly.id, method: good.id, trialDays: 7 })
  await provider.subscriptions.create({ customer, price: monthly.id, method: bad.id })
  await provider.subscriptions.change({ id: subscription.id, price: dearer.id, proration: 'now' })
  await provider.subscriptions.change({ id: subscription.id, quantity: 2 })
  await provider.subscriptions.pause({ id: subscription.id, resumeAt: new Date(twin.clock.now() + 5 * day).toISOString() })
  await provider.subscriptions.resume(subscription.id)
  await twin.advance(35 * day)
  await provider.subscriptions.change({ id: subscription.id, method: bad.id })
  await twin.advance(60 * day)
  await drain(provider.subscriptions.list({ customer }))
  const third = await provider.subscriptions.create({ customer, price: monthly.id, method: good.id })
  await provider.subscriptions.cancel({ id: third.id, at: 'period_end' })
  await provider.subscriptions.cancel({ id: third.id, at: 'now' })
  await provider.subscriptions.get(third.id)
  await drain(provider.invoices.list({ customer }))
  const lines = [{ name: 'Work', amount: usd(500n), quantity: 2 }]
  const invoice = await provider.invoices.create({ customer, lines, dueDays: 10, description: 'May', metadata: { a: 'b' } })
  await provider.invoices.finalize(invoice.id)
  await lenient(provider.invoices.pay({ id: invoice.id, method: bad.id }))
  await provider.invoices.pay({ id: invoice.id, method: good.id })
  await provider.invoices.get(invoice.id)
  const other = await provider.invoices.create({ customer, lines, dueDays: 0 })
  await provider.invoices.finalize(other.id)
  await provider.invoices.void(other.id)
}

async function disputing({ twin, provider, method }: StripeScene): Promise<void> {
  const disputed = async (how?: 'inquiry') => {
    const { id } = await provider.payments.create({ amount: usd(2_590n), method: method('ok') })
    return twin.dispute(idOf(id), how)
  }
  const contested = await disputed()
  const evidence = { explanation: 'It was delivered.', customerName: 'Pat', shippedAt: new Date(twin.clock.now()).toISOString() }
  await provider.disputes.submit({ id: `stripe:${contested}`, evidence, submit: false })
  await provider.disputes.submit({ id: `stripe:${contested}`, evidence })
  await twin.decideDispute(contested, 'won')
  for (let time = 0; time < 2; time++) await provider.disputes.accept(`stripe:${await disputed()}`)
  await twin.decideDispute(await disputed(), 'lost')
  await twin.decideDispute(await disputed('inquiry'), 'won')
  await twin.decideDispute(await disputed('inquiry'), 'lost')
  await disputed()
  await twin.advance(20 * day)
  await provider.disputes.get(`stripe:${contested}`)
  await drain(provider.disputes.list({}))
}

async function selling({ twin, provider, method }: StripeScene): Promise<void> {
  const account = (
    await provider.accounts.create({ country: 'DE', name: 'Acme Books', email: 'anna@example.com', metadata: { a: 'b' } })
  ).id
  await provider.accounts.onboardingLink({ account, returnUrl: 'https://a.example', refreshUrl: 'https://b.example' })
  for (const how of ['require', 'overdue', 'reject', 'complete'] as const) {
    await twin.onboard(idOf(account), how)
    await provider.accounts.get(account)
  }
  await drain(provider.accounts.list({ limit: 1 }))
  await lenient(provider.accounts.get('stripe:acct_none'))
  const split = { account, fee: usd(1_000n) }
  const shared = await provider.payments.create({ amount: usd(500_000n), method: method('ok'), split })
  await provider.refunds.create({ payment: shared.id, amount: usd(1_000n), reverseTransfer: true, refundFee: true })
  const whole = await provider.payments.create({ amount: usd(500_000n), method: method('ok') })
  await provider.transfers.create({ account, amount: usd(3_000n), payment: whole.id, metadata: { a: 'b' } })
  await twin.advance(3 * day)
  const transfer = await provider.transfers.create({ account, amount: usd(10_000n), reference: 'share' })
  await provider.transfers.reverse({ id: transfer.id, amount: usd(4_000n) })
  await provider.transfers.get(transfer.id)
  await lenient(provider.transfers.create({ account, amount: usd(90_000_000n) }))
  await drain(provider.transfers.list({ account }))
  const payout = await provider.payouts.create({ amount: usd(20_000n), metadata: { a: 'b' } })
  await provider.payouts.cancel((await provider.payouts.create({ amount: usd(1_000n), account })).id)
  await provider.payouts.create({ amount: usd(1_000n), account, speed: 'instant' })
  await twin.advance(3 * day)
  await twin.bank(idOf(payout.id), 'failed')
  const scheduled = await twin.payoutBySchedule()
  await twin.advance(day)
  await provider.payouts.get(payout.id)
  await drain(provider.payouts.list({}))
  await drain(provider.payouts.list({ account }))
  await provider.balance.get({})
  await provider.balance.get({ account })
  await drain(provider.balance.transactions({ limit: 2 }))
  await drain(provider.balance.transactions({ account }))
  await drain(provider.balance.transactions({ payout: `stripe:${scheduled}` }))
  await twin.onboard(idOf(account), 'deauthorize')
}

/** Refusals and lost answers: what the vendor says then, and what is asked after it. */
async function breaking({ twin, provider, method }: StripeScene): Promise<void> {
  const pay = () => lenient(provider.payments.create({ amount: usd(100n), method: method('ok') }))
  for (const kind of ['unauthorized', 'invalid', 'rate-limit'] as const) {
    twin.faults.next({ kind })
    await pay()
  }
  for (const status of [500, 502, 503, 504] as const) {
    twin.faults.next({ kind: 'error', status, when: 'after' })
    await pay()
  }
  twin.faults.next({ kind: 'cut', when: 'after' })
  await pay()
  await lenient(provider.payments.cancel('stripe:pi_none'))
}

export const stripeJourneys: readonly (readonly [string, (at: StripeScene) => Promise<void>])[] = [
  ['payments', paying],
  ['customers, stored methods and checkout', keeping],
  ['catalogue, subscriptions and invoices', billing],
  ['disputes', disputing],
  ['sellers, transfers, payouts and the books', selling],
  ['refusals and lost answers', breaking],
]
