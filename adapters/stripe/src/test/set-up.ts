import { stripeTwin } from '@do/fixtures/stripe'
import type { CreatePaymentInput, PaymentsEvent } from '@do/payments'
import { ProviderError, testClock } from '@do/provider'
import { type StripeOptions, stripePayments } from '../index.ts'

/** A twin with a provider that hears its webhooks. */
export function setUp(options: Partial<StripeOptions> = {}, through: (send: typeof fetch) => typeof fetch = (send) => send) {
  const twin = stripeTwin({ clock: testClock() })
  const provider = stripePayments({
    ...twin.credentials,
    fetch: through(twin.fetch),
    clock: twin.clock,
    webhookUrl: twin.webhookUrl,
    ...options,
  })
  const events: PaymentsEvent[] = []
  twin.connect(async (request) => {
    events.push(...(await provider.receive(request)))
    return new Response(null, { status: 200 })
  })
  /** What was asked, as it was on the wire. */
  const wire = (operation: string) => twin.requests().filter((request) => request.operation === operation)
  /** The parameters of the last request. */
  const sent = (operation: string) => new URLSearchParams(wire(operation).at(-1)?.body)
  const pay = (more: Partial<CreatePaymentInput> = {}) => provider.payments.create({ amount: usd(2_590n), method: ok, ...more })
  return { twin, provider, events, wire, sent, pay }
}

export const usd = (amount: bigint) => ({ amount, currency: 'USD' })
export const ok = 'stripe:pm_card_visa'

export const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.')
  return error
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The vendor's id in a handle. */
export const own = (handle: string) => handle.slice('stripe:'.length)
