import { type Json, problem } from '@do/core/full'
import { type Credentials, createVault, refuse, type TenantConfig, type Vault, type VaultStore } from '@do/provider'
import * as z from 'zod/mini'
import { checkModels, type ModelSettings } from '../llm/settings.ts'
import { whoOf } from './access.ts'
import { type CallScript, checkScript } from './script.ts'
import type { Tenant } from './tenant.ts'

/** What a tenant may have providers for. */
export const interfaces = ['sms', 'telephony', 'payments', 'llm'] as const
export type InterfaceName = (typeof interfaces)[number]

export const isInterface = (name: unknown): name is InterfaceName => (interfaces as readonly unknown[]).includes(name)

/**
 * What a tenant decides: providers and their order for each interface, what happens on incoming calls, and how language models are
 * chosen and paid for.
 */
export type Settings = Omit<TenantConfig<InterfaceName>, 'id'> & {
  readonly incoming?: CallScript
  readonly models?: ModelSettings
}

export function readConfig(tenant: Tenant): Settings {
  return tenant.state.get<Settings>('config') ?? {}
}

/** The providers' part, as `forTenant` takes it. */
export function providerConfig(tenant: Tenant, settings: Settings): TenantConfig<InterfaceName> {
  const { incoming: _, models: __, ...choices } = settings
  return { id: tenant.$name, ...choices }
}

const secret = z.union([z.string().check(z.maxLength(10_000)), z.array(z.string())])
const text = z.record(z.string(), z.union([secret, z.record(z.string(), secret)]))

export function configRoutes(tenant: Tenant): void {
  tenant.route('GET', '/config', () => readConfig(tenant))

  tenant.route('PUT', '/config', async (context) => {
    const settings = await checkSettings(tenant, await context.json())
    await refuseOrphans(tenant, settings)
    tenant.transaction(() => {
      tenant.state.set('config', settings as Json)
      tenant.note(whoOf(context), 'config.put', summaryOf(settings))
    })
    tenant.rebuild()
    return settings
  })

  tenant.route('GET', '/credentials', async () => ({ instances: await (await vaultOf(tenant)).instances(tenant.$name) }))

  tenant.route('PUT', '/credentials/:instance', async (context) => {
    const instance = context.params.instance as string
    const credentials = await context.json(text)
    tryOut(tenant, instance, credentials)
    await (await vaultOf(tenant)).put(tenant.$name, instance, credentials)
    tenant.rebuild()
    tenant.note(whoOf(context), 'credentials.put', instance)
    return undefined
  })

  tenant.route('DELETE', '/credentials/:instance', async (context) => {
    const instance = context.params.instance as string
    await (await vaultOf(tenant)).delete(tenant.$name, instance)
    tenant.rebuild()
    tenant.note(whoOf(context), 'credentials.deleted', instance)
    return undefined
  })
}

/** @throws ProviderError `invalid_config` or `invalid_script` naming the field, before anything is stored. */
async function checkSettings(tenant: Tenant, value: unknown): Promise<Settings> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('invalid_config', 'The configuration must be an object.')
  if ('id' in value)
    throw refuse('invalid_config', 'configuration: "id" is the tenant itself and cannot be set.', { field: 'id' })
  const { incoming, models, ...choices } = value as Settings
  await tenant.adapters.check({ id: tenant.$name, ...choices })
  checkOrigins(choices, tenant.env.VENDOR_ORIGINS)
  return {
    ...choices,
    ...(incoming === undefined ? {} : { incoming: checkScript(incoming, 'incoming') }),
    ...(models === undefined ? {} : { models: checkModels(models) }),
  }
}

/** A tenant's word must not send the runtime to hosts of its own network: the operator says which origins are vendors. */
function checkOrigins(choices: Settings, allowed = ''): void {
  const origins = allowed.split(',').map((origin) => origin.trim())
  for (const name of interfaces) {
    for (const [instance, { baseUrl }] of Object.entries(choices[name]?.instances ?? {})) {
      if (baseUrl === undefined || origins.includes(new URL(baseUrl).origin)) continue
      throw refuse(
        'invalid_config',
        `configuration: "${name}.instances.${instance}.baseUrl" is no origin that the operator allows (VENDOR_ORIGINS).`,
        {
          field: `${name}.instances.${instance}.baseUrl`,
        },
      )
    }
  }
}

/** Numbers and unsettled intents belong to a provider for as long as they exist. */
async function refuseOrphans(tenant: Tenant, next: Settings): Promise<void> {
  const kept = new Set(interfaces.flatMap((name) => next[name]?.order ?? []))
  const unresolved = await tenant.intents.unresolved()
  const held = [
    ...tenant.numbers.list({ limit: 1_000 }).items.map(({ provider }) => provider),
    ...unresolved.map(({ provider }) => provider),
  ]
  const orphan = held.find((provider) => provider !== undefined && !kept.has(provider))
  if (orphan !== undefined) {
    throw problem(
      409,
      'provider_in_use',
      `"${orphan}" still has numbers or unresolved intents. Release or resolve them, or keep it in the order.`,
    )
  }
}

/** The adapter itself says what a credential lacks, before it is stored. Unknown instances may be configured later. */
function tryOut(tenant: Tenant, instance: string, credentials: Credentials): void {
  const settings = readConfig(tenant)
  const { catalogue } = tenant.adapters
  for (const name of interfaces) {
    const vendor = settings[name]?.instances?.[instance]?.vendor ?? instance
    catalogue[name]?.[vendor]?.({ ...credentials, name: instance })
  }
}

function summaryOf(settings: Settings): string {
  const orders = interfaces.map((name) => `${name}: ${settings[name]?.order.join(' → ') ?? 'none'}`)
  return orders.join(', ')
}

const vaults = new WeakMap<Tenant, Promise<Vault>>()

export function vaultOf(tenant: Tenant): Promise<Vault> {
  const known = vaults.get(tenant)
  if (known !== undefined) return known
  const vault = createVault({ keys: tenant.env.VAULT_KEYS ?? '', store: storeOf(tenant) })
  vaults.set(tenant, vault)
  return vault
}

function storeOf({ state }: Tenant): VaultStore {
  return {
    get: async (key) => state.get<string>(key),
    put: async (key, sealed) => state.set(key, sealed),
    delete: async (key) => void state.delete(key),
    keys: async (prefix) => state.list({ prefix, limit: 1_000 }).items.map(({ key }) => key),
  }
}
