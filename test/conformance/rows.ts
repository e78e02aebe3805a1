import { type ConformanceOptions, type ConformanceResult, runConformance } from '@do/conformance/run'
import { pair } from '@do/conformance/kit'
import { memorySms, memoryTelephony, memoryTwin } from '@do/conformance/reference'
import { plivoTwin } from '@do/fixtures/plivo'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { plivoSms, plivoTelephony } from '@do/plivo'
import { failover } from '@do/provider'
import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { telnyxSms, telnyxTelephony } from '@do/telnyx'
import { twilioSms, twilioTelephony } from '@do/twilio'

type At = Parameters<ConformanceOptions['provider']>[0]
type Use = ConformanceOptions['client']

/** A vendor under test: how to make its twin, and its adapters on that twin. */
export interface Vendor {
  readonly name: string
  readonly rows: () => readonly Row[]
}

export interface Row {
  readonly label: string
  readonly run: () => Promise<ConformanceResult>
}

type AnyTwin = ReturnType<typeof memoryTwin> | ReturnType<typeof twilioTwin> | ReturnType<typeof telnyxTwin> | ReturnType<typeof plivoTwin>

/** One provider, failover of one and failover of two accounts: the same promises, kept by each. */
function rowsOf<T extends AnyTwin>(
  name: string,
  make: (options?: { clock?: T['clock']; seed?: number }) => T,
  description: typeof sms | typeof telephony,
  adapter: (twin: T, at: At) => any,
  client?: Use,
): readonly Row[] {
  const row = (label: string, options: () => Pick<ConformanceOptions, 'twin' | 'provider' | 'client'>): Row => ({
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
      return { twin: pair(first, second), provider: (at) => failover([adapter(first, at), adapter(second, reserve(at))]) }
    }),
  ]
}

const vendor = <T extends AnyTwin>(
  name: string,
  make: (options?: { clock?: T['clock']; seed?: number }) => T,
  adapters: { readonly sms: (twin: T, at: At) => any; readonly telephony: (twin: T, at: At) => any },
  client?: { readonly sms: Use; readonly telephony: Use },
): Vendor => ({
  name,
  rows: () => [
    ...rowsOf(name, make, sms, adapters.sms, client?.sms),
    ...rowsOf(name, make, telephony, adapters.telephony, client?.telephony),
  ],
})

/** The vendor's own client, used as its documentation does. */
const uses =
  (run: (client: any) => Promise<unknown>): Use =>
  async (client) => {
    await run(client)
  }

/** Everything that the matrix shows. A plain list, so that it can be run in Node and in a Worker alike. */
export const vendors: readonly Vendor[] = [
  vendor('memory', memoryTwin, {
    sms: (twin, at) => memorySms({ ...twin.credentials, ...at }),
    telephony: (twin, at) => memoryTelephony({ ...twin.credentials, ...at }),
  }, {
    sms: uses((client) => client.request('GET', '/messages')),
    telephony: uses((client) => client.request('GET', '/calls')),
  }),
  vendor('twilio', twilioTwin, {
    sms: (twin, at) => twilioSms({ ...twin.credentials, ...at }),
    telephony: (twin, at) => twilioTelephony({ ...twin.credentials, ...at }),
  }, {
    sms: uses((client) => client.messages.list({ limit: 1 })),
    telephony: uses((client) => client.calls.list({ limit: 1 })),
  }),
  vendor('telnyx', telnyxTwin, {
    sms: (twin, at) => telnyxSms({ ...twin.credentials, ...at }),
    telephony: (twin, at) => telnyxTelephony({ ...twin.credentials, ...at }),
  }, {
    sms: uses((client) => client.phoneNumbers.list()),
    telephony: uses((client) => client.phoneNumbers.list()),
  }),
  vendor('plivo', plivoTwin, {
    sms: (twin, at) => plivoSms({ ...twin.credentials, ...at }),
    telephony: (twin, at) => plivoTelephony({ ...twin.credentials, ...at }),
  }, {
    sms: uses((client) => client.messages.list({ limit: 1 })),
    telephony: uses((client) => client.calls.list({ limit: 1 })),
  }),
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
