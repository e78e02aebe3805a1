import type { BreakerStore } from './breaker.ts'
import { type Clock, systemClock } from './clock.ts'
import type { DegradedEvent } from './engine/policy.ts'
import { refuse } from './errors.ts'
import { failover, type WithoutClient } from './failover.ts'
import type { IntentStore } from './intent.ts'
import type { ProviderBase } from './interface.ts'
import { limited } from './limit.ts'
import { checkTenantConfig, type ProviderChoice, type TenantConfig } from './tenant-config.ts'
import type { CredentialSource } from './vault.ts'

/** An adapter's factory: takes credentials and common options, gives a provider. */
export type ProviderFactory = (options: any) => ProviderBase<any>

export type ProviderCatalogue = Readonly<Record<string, Readonly<Record<string, ProviderFactory>>>>

type OneOf<Factories> = Factories extends Readonly<Record<string, (options: any) => infer P>> ? WithoutClient<P> : never

/** A tenant's providers, one for each configured interface. */
export type TenantProviders<Catalogue> = {
  /** @throws ProviderError `not_configured` when the tenant has no provider for the interface. */
  readonly [Name in keyof Catalogue]: OneOf<Catalogue[Name]>
}

/** What the place a tenant runs in gives to its providers. */
export interface TenantRuntime {
  readonly credentials: CredentialSource
  /** Where intents are written; make it durable wherever a crash may happen. One store for each tenant. */
  readonly intents?: IntentStore
  readonly breakers?: BreakerStore
  readonly clock?: Clock
  readonly fetch?: typeof fetch
  /** By vendor: where it is, for test vendors and private endpoints. An instance's own `baseUrl` wins. */
  readonly baseUrls?: Readonly<Record<string, string>>
  /** Where this instance's webhooks arrive. */
  readonly webhookUrl?: (place: { readonly tenant: string; readonly interface: string; readonly instance: string }) => string
  /** Senders known at run time (numbers that were bought), beside those of the configuration. */
  readonly senders?: (place: { readonly interface: string; readonly instance: string }) => readonly string[]
  readonly onDegraded?: (event: DegradedEvent & { readonly tenant: string }) => void
}

export interface Providers<Catalogue extends ProviderCatalogue> {
  /** The adapters at hand, by interface. */
  readonly catalogue: Catalogue
  /**
   * Builds a tenant's providers from its configuration. Cheap: build anew whenever the configuration changes.
   * @throws ProviderError `invalid_config`, or `credential_missing` for an instance in the order without a credential.
   */
  forTenant(
    config: TenantConfig<keyof Catalogue & string> & Partial<TenantRuntime>,
    runtime?: TenantRuntime,
  ): Promise<TenantProviders<Catalogue>>
  /** The checks of `forTenant` that need no credential. */
  check(config: unknown): Promise<void>
}

/** Names the adapters that tenants may choose from: `defineProviders({ sms: { twilio: twilioSms, telnyx: telnyxSms } })`. */
export function defineProviders<const Catalogue extends ProviderCatalogue>(catalogue: Catalogue): Providers<Catalogue> {
  const known = Object.fromEntries(Object.entries(catalogue).map(([name, vendors]) => [name, Object.keys(vendors)]))
  return {
    catalogue,
    async check(config) {
      await checkTenantConfig(config, known)
    },
    async forTenant(given, separate) {
      const { runtime, config } = split(given, separate, Object.keys(known))
      const { id, choices } = await checkTenantConfig(config, known)
      const built: Record<string, ProviderBase> = {}
      for (const [name, choice] of Object.entries(choices)) {
        built[name] = await build(id, name, choice, catalogue[name] as Readonly<Record<string, ProviderFactory>>, runtime)
      }
      return new Proxy(built, {
        get: (all, name) => {
          if (typeof name !== 'string' || name in all || !Object.hasOwn(known, name)) return all[name as string]
          throw refuse('not_configured', `Tenant "${id}" has no provider for ${name}. Add "${name}" to its configuration.`, {
            field: name,
          })
        },
      }) as unknown as TenantProviders<Catalogue>
    },
  }
}

async function build(
  tenant: string,
  name: string,
  choice: ProviderChoice,
  factories: Readonly<Record<string, ProviderFactory>>,
  runtime: TenantRuntime,
): Promise<ProviderBase> {
  const members: ProviderBase[] = []
  for (const instance of choice.order) {
    const settings = (Object.hasOwn(choice.instances, instance) ? choice.instances[instance] : undefined) ?? {}
    const vendor = settings.vendor ?? instance
    const credentials = await runtime.credentials.get(tenant, instance)
    if (credentials === undefined) {
      throw refuse(
        'credential_missing',
        `Tenant "${tenant}" has no credential for "${instance}". Put one into its vault, or take it out of ${name}.order.`,
        {
          fault: 'credential',
          field: `credentials.${instance}`,
        },
      )
    }
    const senders = [...new Set([...(settings.senders ?? []), ...(runtime.senders?.({ interface: name, instance }) ?? [])])]
    members.push(
      (factories[vendor] as ProviderFactory)({
        ...credentials,
        name: instance,
        senders,
        ...defined({
          aliases: settings.aliases,
          baseUrl: settings.baseUrl ?? runtime.baseUrls?.[vendor],
          fetch: runtime.fetch,
          clock: runtime.clock,
          webhookUrl: runtime.webhookUrl?.({ tenant, interface: name, instance }),
        }),
      }),
    )
  }
  const wrapper = failover(members, {
    name: tenant.toLowerCase().replace(/[^a-z0-9-]/g, '-'),
    scope: tenant,
    order: choice.strategy,
    ...defined({
      weights: choice.weights,
      costs: choice.costs,
      deadline: choice.deadline,
      attemptTimeout: choice.attemptTimeout,
      times: choice.times,
      retries: choice.retries,
      commit: choice.commit,
      intents: runtime.intents,
      clock: runtime.clock,
    }),
    ...(runtime.breakers === undefined ? {} : { breaker: { store: runtime.breakers } }),
    ...(runtime.onDegraded === undefined ? {} : { onDegraded: (event) => runtime.onDegraded?.({ ...event, tenant }) }),
  })
  return choice.perMinute === undefined ? wrapper : limited(wrapper, choice.perMinute, runtime.clock ?? systemClock)
}

/** `forTenant` takes the runtime beside the configuration, or in the same object. */
function split(given: object, separate: TenantRuntime | undefined, interfaces: readonly string[]) {
  if (separate !== undefined) return { runtime: separate, config: given }
  const keep = new Set(['id', ...interfaces])
  const entries = Object.entries(given)
  const runtimeKeys = new Set<string>([
    'credentials',
    'intents',
    'breakers',
    'clock',
    'fetch',
    'baseUrls',
    'webhookUrl',
    'senders',
    'onDegraded',
  ])
  const config = Object.fromEntries(entries.filter(([name]) => keep.has(name) || !runtimeKeys.has(name)))
  const runtime = Object.fromEntries(
    entries.filter(([name]) => !keep.has(name) && runtimeKeys.has(name)),
  ) as Partial<TenantRuntime>
  if (runtime.credentials === undefined) {
    throw refuse('credential_missing', 'A tenant needs `credentials`: a vault, or anything with get(tenant, instance).', {
      fault: 'credential',
      field: 'credentials',
    })
  }
  return { runtime: runtime as TenantRuntime, config }
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
