import { adyenPayments } from '@do/adyen'
import { anthropicLlm } from '@do/anthropic'
import type { LlmTwin, PaymentsTwin } from '@do/conformance'
import { pair } from '@do/conformance/kit'
import {
  memoryLlm,
  memoryLlmTwin,
  memoryPayments,
  memoryPaymentsTwin,
  memorySms,
  memoryTelephony,
  memoryTwin,
} from '@do/conformance/reference'
import { type ConformanceOptions, type ConformanceResult, runConformance } from '@do/conformance/run'
import { adyenTwin } from '@do/fixtures/adyen'
import { anthropicTwin } from '@do/fixtures/anthropic'
import { googleTwin } from '@do/fixtures/google'
import { openaiTwin } from '@do/fixtures/openai'
import { plivoTwin } from '@do/fixtures/plivo'
import { squareTwin } from '@do/fixtures/square'
import { stripeTwin } from '@do/fixtures/stripe'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { workersAiTwin } from '@do/fixtures/workers-ai'
import { googleLlm } from '@do/google'
import { type Llm, llm } from '@do/llm'
import { openaiCompatibleLlm, openaiLlm } from '@do/openai'
import { type Payments, payments } from '@do/payments'
import { plivoSms, plivoTelephony } from '@do/plivo'
import { failover, type ProviderBase } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { squarePayments } from '@do/square'
import { stripePayments } from '@do/stripe'
import { type Telephony, telephony } from '@do/telephony'
import { telnyxSms, telnyxTelephony } from '@do/telnyx'
import { twilioSms, twilioTelephony } from '@do/twilio'
import { type WorkersAiRest, workersAiLlm } from '@do/workers-ai'

type At = Parameters<ConformanceOptions['provider']>[0]
type Use = ConformanceOptions['client']

/** A vendor under test: how to make its twin, and its adapters on that twin. */
export interface Vendor {
  readonly name: string
  readonly rows: () => readonly Row[]
}

export interface Row {
  readonly interface: string
  readonly label: string
  readonly run: () => Promise<ConformanceResult>
}

type AnyTwin =
  | ReturnType<typeof memoryTwin>
  | ReturnType<typeof twilioTwin>
  | ReturnType<typeof telnyxTwin>
  | ReturnType<typeof plivoTwin>

type Make<T extends { readonly clock: unknown }> = (options?: { clock?: T['clock']; seed?: number }) => T

/** One provider, failover of one and failover of two accounts: the same promises, kept by each. */
function rowsOf<T extends AnyTwin | PaymentsTwin | LlmTwin>(
  name: string,
  make: Make<T>,
  description: typeof sms | typeof telephony | typeof payments | typeof llm,
  adapter: (twin: T, at: At) => ProviderBase,
  client?: Use,
): readonly Row[] {
  const row = (label: string, options: () => Pick<ConformanceOptions, 'twin' | 'provider' | 'client'>): Row => ({
    interface: description.name,
    label,
    run: () => runConformance(description, { label, ...options() }),
  })
  return [
    row(name, () => {
      const twin = make()
      return { twin, provider: (at) => adapter(twin, at), ...(client === undefined ? {} : { client }) }
    }),
    row(`${name}, failover of one`, () => {
      const twin = make()
      return { twin, provider: (at) => failover([adapter(twin, at)]) }
    }),
    row(`${name}, failover of two`, () => {
      const first = make()
      const second = make({ clock: first.clock, seed: 2 })
      const reserve = (at: At) => ({ ...at, fetch: second.fetch, name: `${at.name ?? name}-reserve` })
      const twin = pair(first as AnyTwin & PaymentsTwin & LlmTwin, second as AnyTwin & PaymentsTwin & LlmTwin)
      return { twin, provider: (at) => failover([adapter(first, at), adapter(second, reserve(at))]) }
    }),
  ]
}

const vendor = <T extends AnyTwin>(
  name: string,
  make: Make<T>,
  adapters: { readonly sms: (twin: T, at: At) => Sms; readonly telephony: (twin: T, at: At) => Telephony },
  client?: { readonly sms: Use; readonly telephony: Use },
): Vendor => ({
  name,
  rows: () => [
    ...rowsOf(name, make, sms, adapters.sms, client?.sms),
    ...rowsOf(name, make, telephony, adapters.telephony, client?.telephony),
  ],
})

const paymentsVendor = <T extends PaymentsTwin>(
  name: string,
  make: Make<T>,
  adapter: (twin: T, at: At) => Payments,
  client?: Use,
): Vendor => ({ name, rows: () => rowsOf(name, make, payments, adapter, client) })

const llmVendor = <T extends LlmTwin>(name: string, make: Make<T>, adapter: (twin: T, at: At) => Llm, client?: Use): Vendor => ({
  name,
  rows: () => rowsOf(name, make, llm, adapter, client),
})

/** The vendor's own client, used as its documentation does. */
const uses =
  <Adapter extends { readonly client: Promise<unknown> }>(run: (client: Awaited<Adapter['client']>) => Promise<unknown>): Use =>
  async (client) => {
    await run(client as Awaited<Adapter['client']>)
  }

/** Loads an SDK of several megabytes first: on a busy machine that takes as long as one check may. */
const loaded = (load: () => Promise<unknown>, { name, rows }: Vendor): Vendor => ({
  name,
  rows: () => rows().map((row) => ({ ...row, run: () => load().then(row.run) })),
})

/** Everything that the matrix shows. A plain list, so that it can be run in Node and in a Worker alike. */
export const vendors: readonly Vendor[] = [
  vendor(
    'memory',
    memoryTwin,
    {
      sms: (twin, at) => memorySms({ ...twin.credentials, ...at }),
      telephony: (twin, at) => memoryTelephony({ ...twin.credentials, ...at }),
    },
    {
      sms: uses<ReturnType<typeof memorySms>>((client) => client.request('GET', '/messages')),
      telephony: uses<ReturnType<typeof memoryTelephony>>((client) => client.request('GET', '/calls')),
    },
  ),
  paymentsVendor(
    'memory',
    memoryPaymentsTwin,
    (twin, at) => memoryPayments({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof memoryPayments>>((client) => client.request('GET', '/payments')),
  ),
  vendor(
    'twilio',
    twilioTwin,
    {
      sms: (twin, at) => twilioSms({ ...twin.credentials, ...at }),
      telephony: (twin, at) => twilioTelephony({ ...twin.credentials, ...at }),
    },
    {
      sms: uses<ReturnType<typeof twilioSms>>((client) => client.messages.list({ limit: 1 })),
      telephony: uses<ReturnType<typeof twilioTelephony>>((client) => client.calls.list({ limit: 1 })),
    },
  ),
  vendor(
    'telnyx',
    telnyxTwin,
    {
      sms: (twin, at) => telnyxSms({ ...twin.credentials, ...at }),
      telephony: (twin, at) => telnyxTelephony({ ...twin.credentials, ...at }),
    },
    {
      sms: uses<ReturnType<typeof telnyxSms>>((client) => client.phoneNumbers.list()),
      telephony: uses<ReturnType<typeof telnyxTelephony>>((client) => client.phoneNumbers.list()),
    },
  ),
  vendor(
    'plivo',
    plivoTwin,
    {
      sms: (twin, at) => plivoSms({ ...twin.credentials, ...at }),
      telephony: (twin, at) => plivoTelephony({ ...twin.credentials, ...at }),
    },
    {
      sms: uses<ReturnType<typeof plivoSms>>((client) => client.messages.list({ limit: 1 })),
      telephony: uses<ReturnType<typeof plivoTelephony>>((client) => client.calls.list({ limit: 1 })),
    },
  ),
  paymentsVendor(
    'stripe',
    stripeTwin,
    (twin, at) => stripePayments({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof stripePayments>>((client) => client.paymentIntents.list({ limit: 1 })),
  ),
  paymentsVendor(
    'adyen',
    adyenTwin,
    (twin, at) => adyenPayments({ ...twin.credentials, ...at }),
    // Its services are made with the client, and ask through it.
    uses<ReturnType<typeof adyenPayments>>((client) =>
      client.httpClient.request('https://checkout-test.adyen.com/v72/storedPaymentMethods', '', client.config, true, {
        method: 'GET',
        params: { merchantAccount: 'TwinShopECOM', shopperReference: 'anna' },
      }),
    ),
  ),
  loaded(
    () => squarePayments({ accessToken: 'none', locationId: 'none' }).client,
    paymentsVendor(
      'square',
      squareTwin,
      (twin, at) => squarePayments({ ...twin.credentials, ...at }),
      uses<ReturnType<typeof squarePayments>>((client) => client.locations.list()),
    ),
  ),
  llmVendor(
    'memory',
    memoryLlmTwin,
    (twin, at) => memoryLlm({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof memoryLlm>>((client) => client.ask('GET', '/models')),
  ),
  llmVendor(
    'openai',
    openaiTwin,
    (twin, at) => openaiLlm({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof openaiLlm>>((client) => client.models.list()),
  ),
  // The same vendor, asked for everything in its other language.
  llmVendor(
    'openai-responses',
    (options?: Parameters<typeof openaiTwin>[0]) => openaiTwin({ ...options, api: 'responses' }),
    (twin, at) => openaiLlm({ ...twin.credentials, ...at, api: 'responses', thoughts: 'auto' }),
    uses<ReturnType<typeof openaiLlm>>((client) => client.models.list()),
  ),
  llmVendor(
    'anthropic',
    anthropicTwin,
    (twin, at) => anthropicLlm({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof anthropicLlm>>((client) => client.models.list()),
  ),
  llmVendor(
    'google',
    googleTwin,
    (twin, at) => googleLlm({ ...twin.credentials, ...at }),
    uses<ReturnType<typeof googleLlm>>((client) => client.models.list()),
  ),
  // Any server that speaks OpenAI's language; this one has most of what can be had.
  llmVendor(
    'openrouter',
    (options?: Parameters<typeof openaiTwin>[0]) => openaiTwin({ ...options, dialect: 'openrouter' }),
    (twin, at) =>
      openaiCompatibleLlm({
        ...twin.credentials,
        ...at,
        ...{ vendor: 'openrouter', name: at.name ?? 'openrouter', capabilities: { 'prompt-cache': true } },
        baseUrl: `${at.baseUrl}/v1`,
      }),
    uses<ReturnType<typeof openaiCompatibleLlm>>((client) => client.models.list()),
  ),
  llmVendor(
    'workers-ai',
    workersAiTwin,
    (twin, at) => workersAiLlm({ ...twin.credentials, ...at }),
    uses<{ readonly client: Promise<WorkersAiRest> }>((client) => client.fetch('models/search')),
  ),
  llmVendor(
    'workers-ai-binding',
    workersAiTwin,
    (twin, at) => workersAiLlm({ binding: twin.bindingOf({ fetch: at.fetch }), ...at }),
    uses<{ readonly client: Promise<ReturnType<typeof workersAiTwin>['binding']> }>((client) => client.models()),
  ),
]

/** Runs every row, one after the other. */
export async function runMatrix(only?: string): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for (const { name, rows } of vendors) {
    if (only !== undefined && only !== name) continue
    for (const row of rows()) results.push(await row.run())
  }
  return results
}
