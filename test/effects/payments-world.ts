import { adyenPayments } from '@do/adyen'
import type { PaymentsTwin } from '@do/conformance'
import { adyenTwin } from '@do/fixtures/adyen'
import { squareTwin } from '@do/fixtures/square'
import { stripeTwin } from '@do/fixtures/stripe'
import type { Payments } from '@do/payments'
import { type FailoverOptions, failover, type IntentStore, memoryIntents, testClock } from '@do/provider'
import { squarePayments } from '@do/square'
import { stripePayments } from '@do/stripe'
import { getResponse, type RequestHandler } from 'msw'

export type Name = 'stripe' | 'adyen' | 'square'
export type ServedTwin = PaymentsTwin & { readonly handlers: readonly RequestHandler[] }

/** What happens to a request on its way, beyond what a twin can do by itself: the twin's answer is `next()`. */
export type Way = (vendor: Name, request: Request, next: () => Promise<Response>) => Promise<Response>

export const never = <T>(): Promise<T> => new Promise<T>(() => {})
export const isCharge = ({ method, url }: Request) =>
  method === 'POST' && /\/(payment_intents|payments)$/.test(new URL(url).pathname)

/** Made once and put back for each world: making their handlers takes longer than most plans. */
const clock = testClock()
const twins = { stripe: stripeTwin({ clock }), adyen: adyenTwin({ clock }), square: squareTwin({ clock }) }
export type Behaves = 'ok' | 'declined' | 'insufficientFunds' | 'challenge'
/** The payer's card at a vendor; one that asks for 3-D Secure is plain where there is no such thing. */
export const cardOf = (name: Name, behaves: Behaves): string => {
  const methods: PaymentsTwin['methods'] = twins[name].methods
  return `${name}:${methods[behaves] ?? methods.ok}`
}
const day = 86_400_000

/** Three vendors of payments on one clock, and processes of ours that come and go over one store of intents. */
export function paymentsWorld() {
  for (const twin of Object.values(twins)) twin.reset()
  // Every world begins at midnight, so that a plan does the same whichever went before it.
  clock.advance(day - (clock.now() % day))
  // What is finished is kept for longer than any key, so that what is proved does not lean on forgetting.
  const memory = memoryIntents({ clock, retentionMs: 90 * day })
  const under = new Set<Promise<unknown>>()
  const atVendors = new Set<Promise<unknown>>()
  const atVendor = (vendor: Name, request: Request) => {
    const answer = twins[vendor].fetch(request)
    const over = answer.catch(() => {}).finally(() => atVendors.delete(over))
    atVendors.add(over)
    return answer
  }

  /** The request as it comes to the vendor, whatever our side thinks of it by then. */
  const deliver = async (vendor: Name, request: Request): Promise<Response | undefined> => {
    const twin: ServedTwin = twins[vendor]
    const { url, method, headers } = request
    return getResponse([...twin.handlers], new Request(url, { method, headers, body: await request.text() }))
  }

  /** A request that our side gives up reaches the vendor all the same, `ms` after it left. */
  const late = async (vendor: Name, request: Request, ms: number): Promise<Response> => {
    const copy = new Request(request.clone(), { signal: null })
    clock.timer(ms, () => void under.add(deliver(vendor, copy)))
    for (let second = 0; second < 60 && !request.signal.aborted; second++) {
      clock.advance(1_000)
      await Promise.resolve()
    }
    request.signal.throwIfAborted()
    return never()
  }

  /** What has come to a vendor by now is done before anything else is. */
  const arrived = async () => {
    for (const one of [...under]) {
      await one
      under.delete(one)
    }
  }

  /**
   * Who waits lets the vendors end first what they are at: a clock that jumps must not make a request take minutes that is with
   * its vendor right now.
   */
  const patient: typeof clock = {
    ...clock,
    sleep: async (ms, signal) => {
      await Promise.all(atVendors)
      return clock.sleep(ms, signal)
    },
  }

  /** A process of ours: `die` and nothing of it is heard again. */
  const start = (order: readonly Name[], options: FailoverOptions & { readonly way?: Way } = {}) => {
    const { way = (_, __, next) => next(), intents: store = memory, ...rest } = options
    let dead = false
    const alive = <T>(run: () => Promise<T>): Promise<T> => (dead ? never<T>() : run())
    const fetchOf =
      (vendor: Name): typeof fetch =>
      async (input, init) => {
        if (dead) return never()
        await arrived()
        const request = new Request(input, init)
        const response = await way(vendor, request, () => atVendor(vendor, request))
        return dead ? never() : response
      }
    const shared = { clock: patient }
    const make: Record<Name, () => Payments> = {
      stripe: () => stripePayments({ ...twins.stripe.credentials, ...shared, fetch: fetchOf('stripe') }),
      adyen: () => adyenPayments({ ...twins.adyen.credentials, ...shared, fetch: fetchOf('adyen') }),
      square: () => squarePayments({ ...twins.square.credentials, ...shared, fetch: fetchOf('square') }),
    }
    const own: IntentStore = {
      begin: (intent) => alive(() => store.begin(intent)),
      save: (intent) => alive(() => store.save(intent)),
      get: (key) => alive(() => store.get(key)),
      owner: (handle) => alive(() => store.owner(handle)),
      unresolved: () => alive(() => store.unresolved()),
    }
    const payments = failover(
      order.map((name) => make[name]()),
      { clock: patient, deadline: 600_000, attemptTimeout: 5_000, retryBudget: false, breaker: false, ...rest, intents: own },
    )
    const die = () => {
      dead = true
    }
    return { payments, die }
  }

  /** Money taken or reserved, of all vendors: what a payer sees. */
  const effects = () =>
    (Object.keys(twins) as Name[]).flatMap((name) =>
      twins[name]
        .payments()
        .filter(({ captured, authorized }) => captured + authorized > 0n)
        .map(({ id, captured, authorized, currency }) => ({ id: `${name}:${id}`, amount: captured + authorized, currency })),
    )

  /** Payments that wait for what their payer does at the bank. */
  const waiting = () =>
    Object.values(twins).flatMap((twin) =>
      twin.payments().filter(({ status }) => status === 'action' || status === 'requires_action'),
    )

  const calm = async (ms: number) => {
    // A clock that jumps must not make a request take minutes that the vendor is at right now.
    await Promise.all(atVendors)
    for (const twin of Object.values(twins)) twin.faults.clear()
    clock.advance(ms)
    await arrived()
  }
  return { clock, twins, store: memory, start, deliver, late, effects, waiting, calm }
}

export const usd = (amount: bigint) => ({ amount, currency: 'USD' })
export const returnUrl = 'https://shop.example.com/return'
