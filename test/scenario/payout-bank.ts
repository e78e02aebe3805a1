import { adyenPayments } from '@do/adyen'
import type { PaymentsTwin } from '@do/conformance'
import { adyenTwin } from '@do/fixtures/adyen'
import { type ServedTwin, serveTwin } from '@do/fixtures/server'
import { stripeTwin } from '@do/fixtures/stripe'
import { liveClock, testClock } from '@do/provider'
import { stripePayments } from '@do/stripe'

/** From the question for the balance to the answer of the payout. `-arrives` and `-made` are at the vendor, the others on our side. */
export const places = [
  'balance-asked',
  'balance-answered',
  'payout-leaves',
  'payout-arrives',
  'payout-made',
  'payout-answered',
] as const
export type Place = (typeof places)[number]
export type VendorName = 'stripe' | 'adyen'

/** An account with money in it at a vendor that can be made to wait at one place of a payout. */
export interface Bank {
  readonly vendor: VendorName
  readonly twin: PaymentsTwin
  readonly server: ServedTwin
  readonly credentials: Readonly<Record<string, unknown>>
  readonly currency: string
  /** What can be paid out, in minor units. */
  readonly funds: bigint
  /** Runs when the balance is asked for the first time, before anything is answered. */
  onFirstBalance: () => Promise<void>
  /** From now on whoever comes there waits for ever; `undefined` lets everybody go on. */
  holdAt(place: Place | undefined): void
  /** Somebody waits where it holds. */
  readonly reached: Promise<void>
}

const day = 86_400_000

async function accountAt(vendor: VendorName) {
  if (vendor === 'stripe') {
    const twin = stripeTwin({ clock: liveClock })
    const { payments } = stripePayments({ ...twin.credentials, fetch: twin.fetch, clock: liveClock })
    await payments.create({ amount: { amount: 500_000n, currency: 'USD' }, method: 'stripe:pm_card_bypassPending' })
    return { twin, credentials: twin.credentials, currency: 'USD' }
  }
  // Its money is there after two days, so it began three days ago.
  const twin = adyenTwin({ clock: testClock(Date.now() - 3 * day) })
  const { payments } = adyenPayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  await payments.create({ amount: { amount: 500_000n, currency: 'EUR' }, method: `adyen:${twin.methods.ok}` })
  await twin.advance(3 * day)
  return { twin, credentials: twin.credentials, currency: 'EUR' }
}

export async function openBank(vendor: VendorName): Promise<Bank> {
  const { twin, credentials, currency } = await accountAt(vendor)
  const arrived = Promise.withResolvers<void>()
  let held: Place | undefined
  let release = Promise.withResolvers<void>()
  let first = true
  const at = async (place: Place) => {
    if (held !== place) return
    arrived.resolve()
    await release.promise
  }
  const gate = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const [, place] = /^\/at\/(.+)$/.exec(pathname) ?? []
    if (place !== undefined) {
      await at(place as Place)
      return new Response('go on')
    }
    if (request.method === 'GET' && /\/(balance|balanceAccounts\/[^/]+)$/.test(pathname)) {
      if (first) {
        first = false
        await bank.onFirstBalance()
      }
      await at('balance-asked')
      return twin.fetch(request)
    }
    if (request.method !== 'POST' || !/\/(payouts|transfers)$/.test(pathname)) return twin.fetch(request)
    await at('payout-arrives')
    // Nobody is there any more whose request it is.
    if (request.signal.aborted) throw request.signal.reason
    const response = await twin.fetch(request)
    await at('payout-made')
    return response
  }
  const gated: PaymentsTwin = new Proxy<PaymentsTwin>(twin, {
    get: (target, name) => {
      if (name === 'fetch') return gate
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const server = await serveTwin(gated)
  // None of its webhooks arrives: what became of a payout must be known without them.
  twin.connect(async () => new Response(null, { status: 204 }))
  const bank: Bank = {
    vendor,
    twin,
    server,
    credentials,
    currency,
    funds: twin.balance().get(currency)?.available ?? 0n,
    onFirstBalance: async () => {},
    holdAt: (place) => {
      held = place
      release.resolve()
      release = Promise.withResolvers()
    },
    reached: arrived.promise,
  }
  return bank
}
