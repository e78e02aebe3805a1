import { GatewayRefusal, type RefusalFields, unauthorized } from '@do/gateway'
import { ProviderError } from '@do/provider'
import { readConfig, vaultOf } from '../tenant/config.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { matches } from '../tokens.ts'
import { shareOf, takeRequests } from './minutes.ts'
import { fieldsOf } from './refusals.ts'
import { settle } from './settling.ts'
import { shareOfMoney } from './share.ts'
import { budgetOf } from './spending.ts'
import {
  type KeyAnswer,
  keyDoor,
  type LeaseAnswer,
  type LeaseWish,
  leaseDoor,
  type Settlement,
  type Setup,
  settleDoor,
} from './wire.ts'

/** The doors at which the gateway in front of it knocks. */
export function defineAnswering(tenant: Tenant): void {
  const { doors } = tenant.kernel
  doors.on(keyDoor, (key) => know(tenant, key as string))
  doors.on(leaseDoor, (wish) => lease(tenant, wish as LeaseWish))
  doors.on(settleDoor, (settlement) => settle(tenant, settlement as Settlement))
}

async function know(tenant: Tenant, key: string): Promise<KeyAnswer> {
  try {
    await checkKey(tenant, key)
    return { known: true }
  } catch (error) {
    return { refused: refusalOf(error) }
  }
}

/** A changed configuration, credential or token is seen by every isolate after this long. */
const forMs = 1_000

/** May this key ask, and may it cost so much? */
async function lease(tenant: Tenant, { key, need, pace = 0, version }: LeaseWish): Promise<LeaseAnswer> {
  try {
    await checkKey(tenant, key)
    const now = versionOf(tenant)
    const { llm, models = {} } = readConfig(tenant)
    if (llm === undefined) {
      const message = 'This account has no provider of language models. Add "llm" to its configuration.'
      throw new GatewayRefusal({ status: 403, code: 'not_configured', message })
    }
    const share = shareOf(tenant, llm.perMinute)
    const budget = budgetOf(tenant)
    const left = Math.min(Number.POSITIVE_INFINITY, ...budget.state(tenant.$name).map(({ remaining }) => remaining))
    const microUsd = shareOfMoney({ need, pace, left })
    const id = budget.reserve(tenant.$name, microUsd)
    const requests = takeRequests(tenant, id, share)
    const grant = { id, microUsd, requests, forMs, version: now }
    return version === now
      ? grant
      : { ...grant, setup: { choice: llm, models, credentials: await credentialsOf(tenant, llm.order) } }
  } catch (error) {
    return { refused: refusalOf(error) }
  }
}

const versions = new WeakMap<Tenant, string>()

function versionOf(tenant: Tenant): string {
  const version = versions.get(tenant) ?? crypto.randomUUID()
  versions.set(tenant, version)
  return version
}

/** The configuration, or a credential, has changed. */
export const forgetVersion = (tenant: Tenant): void => void versions.delete(tenant)

const keys = new WeakMap<Tenant, { readonly key: string; readonly digest: string }>()

async function checkKey(tenant: Tenant, key: string): Promise<void> {
  const digest = tenant.$exists ? tenant.state.get<string>('token') : undefined
  if (digest === undefined) throw unauthorized()
  const known = keys.get(tenant)
  if (known?.key === key && known.digest === digest) return
  if (!(await matches(key, digest))) throw unauthorized()
  keys.set(tenant, { key, digest })
}

async function credentialsOf(tenant: Tenant, order: readonly string[]): Promise<Setup['credentials']> {
  const vault = await vaultOf(tenant)
  const found = await Promise.all(order.map(async (name) => [name, await vault.get(tenant.$name, name)] as const))
  return Object.fromEntries(found.flatMap(([name, own]) => (own === undefined ? [] : [[name, own]])))
}

function refusalOf(error: unknown): RefusalFields {
  if (GatewayRefusal.is(error)) return fieldsOf(error)
  // Of the vault or the configuration; there is no prompt in it.
  if (ProviderError.is(error)) return { status: 403, code: error.code, message: error.message }
  throw error
}
