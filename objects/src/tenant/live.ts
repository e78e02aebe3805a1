import { outboundFetch } from '@do/core/full'
import type { Llm } from '@do/llm'
import type { Payments, PaymentsEvent } from '@do/payments'
import { type BreakerStore, type ProviderBase, refuse, type TenantProviders } from '@do/provider'
import { type OptOutStore, type Sms, type SmsEvent, withOptOuts } from '@do/sms'
import type { Telephony, TelephonyEvent } from '@do/telephony'
import { type InterfaceName, interfaces, providerConfig, type Settings, vaultOf } from './config.ts'
import type { Tenant, TenantCatalogue } from './tenant.ts'

export type TenantEvent = SmsEvent | TelephonyEvent | PaymentsEvent

/** A tenant's providers, ready for use. */
export interface Live {
  /** With the tenant's opt-outs in front. @throws ProviderError `not_configured`. */
  readonly sms: Sms
  readonly telephony: Telephony
  readonly payments: Payments
  readonly llm: Llm
  /** Verifies and normalises a webhook; keeps nothing. */
  receive(name: InterfaceName, request: Request): Promise<readonly TenantEvent[]>
  /** Which interfaces are configured. */
  readonly interfaces: readonly InterfaceName[]
}

/** A vendor that answered a moment ago is believed to be there; before that, "refused" is proved without sending anything. */
const outbound = outboundFetch({ trustMs: 250 })

export async function buildProviders(
  tenant: Tenant,
  { breakers, config }: { breakers: BreakerStore; config: Settings },
): Promise<Live> {
  const providers: TenantProviders<TenantCatalogue> = await tenant.adapters.forTenant(providerConfig(tenant, config), {
    credentials: await vaultOf(tenant),
    intents: tenant.intents,
    breakers,
    clock: tenant.clock,
    fetch: outbound,
    webhookUrl: (place) => hookUrl(tenant, place.interface, place.instance),
    senders: (place) => sendersOf(tenant, place),
    onDegraded: ({ provider }) => tenant.note('runtime', 'credential.refused', provider),
  })
  const configured = interfaces.filter((name) => config[name] !== undefined)
  const sms = configured.includes('sms')
    ? withOptOuts(providers.sms as Sms, optOuts(tenant), () => tenant.clock.now())
    : undefined
  return {
    interfaces: configured,
    receive: async (name, request) => {
      const provider = configured.includes(name) ? providers[name] : undefined
      return provider === undefined ? missing(tenant, name) : (provider as ProviderBase<TenantEvent>).receive(request)
    },
    get sms() {
      return sms ?? missing(tenant, 'sms')
    },
    get telephony() {
      return configured.includes('telephony') ? (providers.telephony as Telephony) : missing(tenant, 'telephony')
    },
    get payments() {
      return configured.includes('payments') ? (providers.payments as Payments) : missing(tenant, 'payments')
    },
    get llm() {
      return configured.includes('llm') ? (providers.llm as Llm) : missing(tenant, 'llm')
    },
  }
}

/** Where the vendor shall send what happens at this instance. */
export function hookUrl(tenant: Tenant, name: string, instance: string): string {
  const base = tenant.env.PUBLIC_URL === undefined ? tenant.$id : `${tenant.env.PUBLIC_URL.replace(/\/$/, '')}/t/${tenant.$name}`
  return `${base}/hooks/${name}/${instance}`
}

/** Numbers that were bought may be sent and called from, without being configured. */
function sendersOf(tenant: Tenant, place: { readonly interface: string; readonly instance: string }): string[] {
  if (place.interface !== 'sms' && place.interface !== 'telephony') return []
  const able = place.interface === 'sms' ? 'sms' : 'voice'
  const { items } = tenant.numbers.list({ where: { provider: place.instance }, limit: 1_000 })
  return items.filter(({ features }) => features.includes(able)).map(({ number }) => number)
}

/** STOP said to one provider holds at every other, for this tenant. */
export function optOuts(tenant: Tenant): OptOutStore {
  const key = (number: string) => `opt-out/${number}`
  return {
    has: async (number) => tenant.state.get(key(number)) !== undefined,
    add: async (number, { provider, at }) => tenant.state.set(key(number), { provider, at: new Date(at).toISOString() }),
    remove: async (number) => void tenant.state.delete(key(number)),
  }
}

function missing(tenant: Tenant, name: string): never {
  throw refuse('not_configured', `Tenant "${tenant.$name}" has no provider for ${name}. Add "${name}" to its configuration.`, {
    field: name,
  })
}
