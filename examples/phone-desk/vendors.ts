import type { SmsTwin, TelephonyTwin } from '@do/conformance'
import { plivoTwin } from '@do/fixtures/plivo'
import { type ServedTwin, serveTwin } from '@do/fixtures/server'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { liveClock } from '@do/provider'

type VendorTwin = SmsTwin & TelephonyTwin & { readonly credentials: Readonly<Record<string, unknown>> }

/** One vendor account of one tenant: a twin on a port of its own. */
export interface Vendor {
  readonly name: string
  readonly twin: VendorTwin
  readonly server: ServedTwin
  readonly credentials: Readonly<Record<string, unknown>>
}

/** The vendor accounts of one tenant, by provider. */
export type Vendors = Readonly<Record<string, Vendor>>

const listLagMs = 300

const make = {
  twilio: (seed: number, webhookUrl: string) => {
    const twin = twilioTwin({ clock: liveClock, seed, webhookUrl, listLagMs })
    return { twin, credentials: twin.credentials }
  },
  /** The same vendor signed in to by an API key. */
  'twilio-by-key': (seed: number, webhookUrl: string) => {
    const twin = twilioTwin({ clock: liveClock, seed, webhookUrl, listLagMs })
    return { twin, credentials: twin.keyCredentials }
  },
  telnyx: (seed: number, webhookUrl: string) => {
    const twin = telnyxTwin({ clock: liveClock, seed, webhookUrl, lagMs: listLagMs })
    return { twin, credentials: twin.credentials }
  },
  plivo: (seed: number, webhookUrl: string) => {
    const twin = plivoTwin({ clock: liveClock, seed, webhookUrl, lagMs: listLagMs })
    return { twin, credentials: twin.credentials }
  },
} as const

export type Account = keyof typeof make

/**
 * Opens the accounts of a tenant; `webhookUrl` is the account's own, for what has no more specific one. Each one listens on
 * loopback and behaves as the vendor does, on real time.
 */
export async function openVendors(
  accounts: Readonly<Record<string, Account>>,
  seed: number,
  webhookUrl: (provider: string) => string,
): Promise<Vendors> {
  const entries = Object.entries(accounts).map(async ([name, account], index) => {
    const { twin, credentials } = make[account](seed + index, webhookUrl(name))
    return [name, { name, twin, credentials, server: await serveTwin(twin) }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

export async function closeVendors(vendors: Vendors): Promise<void> {
  await Promise.all(Object.values(vendors).map(({ server }) => server.close()))
}
