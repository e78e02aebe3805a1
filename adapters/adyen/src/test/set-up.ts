import { adyenTwin } from '@do/fixtures/adyen'
import type { PaymentsEvent } from '@do/payments'
import { ProviderError, testClock } from '@do/provider'
import { type AdyenOptions, adyenPayments } from '../index.ts'

export const eur = (amount: bigint) => ({ amount, currency: 'EUR' })
export const returnUrl = 'https://shop.example.com/return'

/** A twin with a provider on it, and what its webhooks told. */
export function setUp(options: Partial<AdyenOptions> = {}, twin = adyenTwin({ clock: testClock() })) {
  const provider = adyenPayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, returnUrl, ...options })
  const events: PaymentsEvent[] = []
  const refusals: ProviderError[] = []
  twin.connect(async (request) => {
    try {
      events.push(...(await provider.receive(request)))
      return new Response('[accepted]')
    } catch (error) {
      refusals.push(error as ProviderError)
      return new Response(null, { status: 403 })
    }
  })
  const wire = (operation: string) => twin.requests().filter((request) => request.operation === operation)
  const body = (operation: string) => JSON.parse(wire(operation).at(-1)?.body ?? '{}') as Record<string, unknown>
  const method = (behaves: keyof typeof twin.methods) => `adyen:${twin.methods[behaves]}`
  const pay = (more: Partial<Parameters<typeof provider.payments.create>[0]> = {}) =>
    provider.payments.create({ amount: eur(2590n), method: method('ok'), ...more })
  const last = () => events.at(-1) as PaymentsEvent & { readonly status?: string }
  return { twin, provider, events, refusals, wire, body, method, pay, last }
}

export const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.')
  return error
}

/** The vendor's id in a handle. */
export const own = (handle: string) => handle.slice('adyen:'.length)

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
