import { type Llm, llm } from '@do/llm'
import { type Payments, payments } from '@do/payments'
import { createProvider, type Driver, type InterfaceDescription, withOverrides } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { type Telephony, telephony } from '@do/telephony'
import type { At } from '../check.ts'
import {
  memoryLlmDriver,
  memoryLlmTwin,
  memoryPaymentsDriver,
  memoryPaymentsTwin,
  memorySmsDriver,
  memoryTelephonyDriver,
  memoryTwin,
} from '../reference/index.ts'
import type { ConformanceOptions } from '../run.ts'

export type Interface = 'sms' | 'telephony' | 'payments' | 'llm'

/** An adapter that is wrong in one way. */
export interface Mutant {
  readonly id: string
  readonly interface: Interface
  /** What it does wrong, as a sentence. */
  readonly wrong: string
  /** Checks that must fail on it, each of them. The first is the one that says it best. */
  readonly caughtBy: readonly string[]
  readonly options: () => ConformanceOptions
  /** The same without the mistake, where that is not the plain reference adapter. */
  readonly unbroken?: () => ConformanceOptions
}

export const describe = { sms, telephony, payments, llm } as const

type Providers = { readonly sms: Sms; readonly telephony: Telephony; readonly payments: Payments; readonly llm: Llm }
type Drivers = {
  readonly sms: Driver<typeof sms, any>
  readonly telephony: Driver<typeof telephony, any>
  readonly payments: Driver<typeof payments, any>
  readonly llm: Driver<typeof llm, any>
}

const drivers = {
  sms: memorySmsDriver,
  telephony: memoryTelephonyDriver,
  payments: memoryPaymentsDriver,
  llm: memoryLlmDriver,
} as const

export interface Change<I extends Interface> {
  /** What the factory is given, before it is used. */
  readonly at?: (at: At) => At
  readonly driver?: (driver: Drivers[I]) => Drivers[I]
  /** Members to put in place of the provider's own. */
  readonly provider?: (provider: Providers[I], at: At) => Readonly<Record<string, unknown>>
  /** Another description than the interface's own: what a wrapper may do is written there. */
  readonly description?: InterfaceDescription
}

/** The reference adapter with a change, on a twin of its own. */
export function changed<I extends Interface>(face: I, change: Change<I> = {}): () => ConformanceOptions {
  return () => {
    const twin = face === 'llm' ? memoryLlmTwin() : face === 'payments' ? memoryPaymentsTwin() : memoryTwin()
    return { twin, provider: (at: At) => provider(face, twin.credentials, at, change) }
  }
}

export function provider<I extends Interface>(
  face: I,
  credentials: { readonly apiKey: string; readonly webhookSecret: string },
  given: At,
  change: Change<I> = {},
): Providers[I] {
  const at = change.at?.(given) ?? given
  const options = { ...credentials, ...at, defaultBaseUrl: at.baseUrl }
  const plain = drivers[face](options) as unknown as Drivers[I]
  const driver = change.driver?.(plain) ?? plain
  const made = createProvider(
    (change.description ?? describe[face]) as typeof sms,
    driver as Drivers['sms'],
    options,
  ) as unknown as Providers[I]
  return change.provider === undefined ? made : withOverrides(made, change.provider(made, at))
}

/** The unmutated reference. */
export const reference = (face: Interface) => changed(face)

type Body = Record<string, any>

/** Changes the JSON body or the URL of each request on its way to the vendor. */
export function onTheWay(change: (body: Body, url: URL, method: string) => void) {
  return (at: At): At => ({
    ...at,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const text = await request.text()
      const body: Body = text === '' ? {} : JSON.parse(text)
      const url = new URL(request.url)
      change(body, url, request.method)
      return at.fetch(url, { ...init, ...(text === '' ? {} : { body: JSON.stringify(body) }) })
    },
  })
}

/** Changes the JSON of each good answer on its way back. */
export function onTheWayBack(change: (body: Body, url: URL, method: string) => void) {
  return (at: At): At => ({
    ...at,
    fetch: async (input, init) => {
      const response = await at.fetch(input, init)
      if (!response.ok) return response
      const body = (await response.json()) as Body
      change(body, new URL(input instanceof Request ? input.url : input), init?.method ?? 'GET')
      return Response.json(body, { status: response.status, headers: response.headers })
    },
  })
}

/** Each item of a page, or the thing itself. */
export const things = (body: Body): Body[] => (Array.isArray(body.items) ? body.items : [body])

/** One after the other; the answer is the second's. */
export async function inTurn<T>(first: Promise<unknown>, then: () => T): Promise<Awaited<T>> {
  await first
  return await then()
}
