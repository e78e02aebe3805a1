import { type ServedTwin, serveTwin } from '@do/fixtures/server'
import { stripeTwin } from '@do/fixtures/stripe'
import { liveClock } from '@do/provider'

/** The payments account of one tenant: a twin on a port of its own. Its webhooks go to the tenant. */
export interface Till {
  /** The provider instance. Each start opens a new account at the vendor, so each has a name, and books, of its own. */
  readonly name: string
  readonly twin: ReturnType<typeof stripeTwin>
  readonly server: ServedTwin
}

export async function openTill(tenant: string, start: number, publicUrl: string): Promise<Till> {
  const name = start === 1 ? 'stripe' : `stripe-${start}`
  const twin = stripeTwin({
    clock: liveClock,
    seed: 9_000 + start,
    webhookUrl: `${publicUrl}/t/${tenant}/hooks/payments/${name}`,
  })
  return { name, twin, server: await serveTwin(twin) }
}
