import { adyenPayments } from '@do/adyen'
import { type AdyenTwin, adyenTwin } from '@do/fixtures/adyen'
import type { Payments } from '@do/payments'
import { parseHandle } from '@do/provider'
import { adyenSpec } from './adyen-spec.ts'
import { type Checked, checked } from './checked.ts'

const day = 86_400_000
const eur = (amount: bigint) => ({ amount, currency: 'EUR' })
const idOf = (handle: string) => parseHandle(handle).id

export interface AdyenScene {
  readonly twin: AdyenTwin
  readonly provider: Payments
  readonly watch: Checked
  readonly method: (behaves: keyof AdyenTwin['methods']) => string
}

export function adyenScene(): AdyenScene {
  const twin = adyenTwin()
  const watch = checked(twin.fetch, adyenSpec())
  const provider = adyenPayments({ ...twin.credentials, fetch: watch.fetch, clock: twin.clock })
  twin.connect(
    watch.receiver(async (request) => {
      await provider.receive(request)
      return new Response('[accepted]')
    }),
  )
  return { twin, provider, watch, method: (behaves) => `adyen:${twin.methods[behaves]}` }
}

const lenient = async (call: Promise<unknown>) => void (await call.catch(() => {}))

/** Every way a payment can go, and what is done with it then. */
async function paying({ twin, provider, method }: AdyenScene): Promise<void> {
  const pay = (more: object = {}) => provider.payments.create({ amount: eur(2_590n), method: method('ok'), ...more })
  const { id } = await pay({
    reference: 'order-42',
    metadata: { order: '42' },
    description: 'A lamp',
    statementDescriptor: 'ACME LAMPS',
  })
  await provider.refunds.create({ payment: id, amount: eur(590n), reason: 'duplicate' })
  await provider.refunds.create({ payment: id, amount: eur(90_000n), reason: 'fraudulent' })
  await lenient(pay({ method: method('declined') }))
  await lenient(pay({ method: method('insufficientFunds') }))
  for (const behaves of ['challenge', 'redirect'] as const) {
    for (const how of ['succeed', 'fail'] as const) {
      const waiting = await pay({ method: method(behaves) })
      const result = await twin.authenticate(twin.payments().at(-1)?.id ?? '', how)
      await lenient(provider.payments.confirm({ id: waiting.id, result: { ...result } }))
    }
  }
  const abandoned = await pay({ method: method('redirect') })
  await provider.payments.cancel(abandoned.id)
  await pay({ method: method('redirect') })
  for (const how of ['succeed', 'fail'] as const) await twin.settle(idOf((await pay({ method: method('asynchronous') })).id), how)
  const held = await pay({ capture: 'manual' })
  await provider.payments.capture({ id: held.id, amount: eur(1_000n) })
  await provider.payments.capture({ id: held.id, amount: eur(1_000n) })
  await provider.payments.cancel((await pay({ capture: 'manual' })).id)
  await pay({ capture: 'manual' })
  const returned = await pay({ method: method('refundFails') })
  await provider.refunds.create({ payment: returned.id, amount: eur(1n) })
  await twin.advance(30 * day)
  for (const currency of ['JPY', 'KWD', 'CLP', 'ISK']) await pay({ amount: { amount: 12_300n, currency } })
}

async function keeping({ twin, provider, method }: AdyenScene): Promise<void> {
  const customer = 'adyen:anna'
  await provider.payments.create({ amount: eur(100n), method: method('ok'), customer, saveMethod: true })
  const kept = await provider.methods.attach({ id: method('laterDeclined'), customer })
  const { items } = await provider.methods.list({ customer }).page()
  await provider.payments.create({ amount: eur(100n), method: items[0]?.id ?? '', customer, offSession: true })
  await lenient(provider.payments.create({ amount: eur(100n), method: kept.id, customer, offSession: true }))
  for (let time = 0; time < 2; time++) await provider.methods.detach(kept.id)
  const page = { lines: [{ name: 'Lamp', amount: eur(2_590n), quantity: 2 }], successUrl: 'https://shop.example.com/thanks' }
  const link = await provider.checkout.create({ ...page, reference: 'order-43', metadata: { a: 'b' }, customer })
  await twin.visit(idOf(link.id), 'pay')
  await provider.checkout.get(link.id)
  await lenient(provider.checkout.expire(link.id))
  const other = await provider.checkout.create({ ...page, expiresAt: new Date(twin.clock.now() + day).toISOString() })
  await provider.checkout.expire(other.id)
  await lenient(provider.checkout.get('adyen:PL0000000000000000'))
}

async function disputing({ twin, provider, method }: AdyenScene): Promise<void> {
  const disputed = async (how?: 'inquiry') => {
    const { id } = await provider.payments.create({ amount: eur(2_590n), method: method('ok') })
    return twin.dispute(idOf(id), how)
  }
  const contested = await disputed()
  await provider.disputes.submit({ id: `adyen:${contested}`, evidence: { explanation: 'It was delivered.' } })
  await twin.decideDispute(contested, 'won')
  await provider.disputes.accept(`adyen:${await disputed()}`)
  await lenient(provider.disputes.accept(`adyen:${contested}`))
  await twin.decideDispute(await disputed(), 'lost')
  await twin.decideDispute(await disputed('inquiry'), 'won')
  await twin.decideDispute(await disputed('inquiry'), 'lost')
  await disputed()
  await twin.advance(20 * day)
}

async function selling({ twin, provider, method }: AdyenScene): Promise<void> {
  const account = await provider.accounts.create({
    country: 'NL',
    name: 'Acme Books',
    email: 'anna@example.com',
    metadata: { a: 'b' },
  })
  await provider.accounts.create({ country: 'DE', name: 'Anna Ek', type: 'individual' })
  await provider.accounts.onboardingLink({ account: account.id, returnUrl: 'https://a.example', refreshUrl: 'https://b.example' })
  for (const how of ['require', 'overdue', 'reject', 'complete'] as const) {
    await twin.onboard(idOf(account.id), how)
    await provider.accounts.get(account.id)
  }
  for await (const _ of provider.accounts.list({ limit: 1 }));
  await lenient(provider.accounts.get('adyen:AH0'))
  const { id } = await provider.payments.create({ amount: eur(500_000n), method: method('ok') })
  await provider.refunds.create({ payment: id, amount: eur(1_000n) })
  await twin.advance(3 * day)
  const transfer = await provider.transfers.create({ account: account.id, amount: eur(10_000n), reference: 'share' })
  await provider.transfers.reverse({ id: transfer.id, amount: eur(4_000n) })
  await provider.transfers.get(transfer.id)
  await lenient(provider.transfers.create({ account: account.id, amount: eur(100_000_000n) }))
  for await (const _ of provider.transfers.list({}));
  const payout = await provider.payouts.create({ amount: eur(20_000n) })
  await provider.payouts.create({ amount: eur(1_000n), account: account.id, speed: 'instant' })
  await twin.advance(2 * day)
  await twin.bank(idOf(payout.id), 'paid')
  await twin.bank(idOf(payout.id), 'failed')
  await twin.payoutBySchedule()
  await provider.payouts.get(payout.id)
  for await (const _ of provider.payouts.list({}));
  await provider.balance.get({})
  await provider.balance.get({ account: account.id })
  for await (const _ of provider.balance.transactions({ limit: 2 }));
  await twin.onboard(idOf(account.id), 'deauthorize')
  await twin.unknownEvent()
}

/** Refusals and lost answers: what the vendor says then, and what is asked after it. */
async function breaking({ twin, provider, method }: AdyenScene): Promise<void> {
  const pay = () => lenient(provider.payments.create({ amount: eur(100n), method: method('ok') }))
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
  await lenient(provider.payments.cancel('adyen:0000000000000000'))
}

export const adyenJourneys: readonly (readonly [string, (at: AdyenScene) => Promise<void>])[] = [
  ['payments', paying],
  ['stored methods and payment links', keeping],
  ['disputes', disputing],
  ['sellers, transfers, payouts and the books', selling],
  ['refusals and lost answers', breaking],
]
