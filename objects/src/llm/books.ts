import { GatewayRefusal, type RefusalFields, rateLimited, unauthorized } from '@do/gateway'
import { ProviderError } from '@do/provider'
import { readConfig, vaultOf } from '../tenant/config.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { matches } from '../tokens.ts'
import type { AnswerRecord } from './records.ts'
import { fieldsOf } from './refusals.ts'
import { budgetOf } from './spending.ts'
import { type LeaseAnswer, type LeaseWish, leaseDoor, type Settled, type Settlement, type Setup, settleDoor } from './wire.ts'

/** The doors at which the gateway in front of it knocks. */
export function defineAnswering(tenant: Tenant): void {
  const { doors } = tenant.kernel
  doors.on(leaseDoor, (wish) => lease(tenant, wish as LeaseWish))
  doors.on(settleDoor, (settlement) => settle(tenant, settlement as Settlement))
}

/** A changed configuration, credential or token is seen by every isolate after this long. */
const forMs = 1_000
/** So much is set aside for a first request whose cost nobody knows yet: ten cents. */
const firstShare = 100_000
/** And for so many more like the one at hand, so that not each of them has to ask. */
const ahead = 20

/** May this key ask, and may it cost so much? */
async function lease(tenant: Tenant, { key, need, version }: LeaseWish): Promise<LeaseAnswer> {
  try {
    await checkKey(tenant, key)
    const now = versionOf(tenant)
    const { llm, models = {} } = readConfig(tenant)
    if (llm === undefined) {
      const message = 'This account has no provider of language models. Add "llm" to its configuration.'
      throw new GatewayRefusal({ status: 403, code: 'not_configured', message })
    }
    const share = shareOf(tenant, llm.perMinute)
    const microUsd = amountFor(tenant, need)
    const id = budgetOf(tenant).reserve(tenant.$name, microUsd)
    const requests = takeRequests(tenant, id, share)
    const grant = { id, microUsd, requests, forMs, version: now }
    return version === now
      ? grant
      : { ...grant, setup: { choice: llm, models, credentials: await credentialsOf(tenant, llm.order) } }
  } catch (error) {
    return { refused: refusalOf(error) }
  }
}

/** More than is needed now, but never so much that others have to wait for it to come back. */
function amountFor(tenant: Tenant, need: number): number {
  const left = Math.min(
    Number.POSITIVE_INFINITY,
    ...budgetOf(tenant)
      .state(tenant.$name)
      .map(({ remaining }) => remaining),
  )
  const share = Math.min(need === 0 ? firstShare : need * ahead, Math.floor(left / 4))
  return Math.max(need, share)
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

/** One minute of the clock: requests handed out in it, and to which leases. */
interface Minute {
  readonly began: number
  count: number
  readonly shares: Map<string, number>
}

const minutes = new WeakMap<Tenant, Minute>()
const atOnce = 32

function minuteOf(tenant: Tenant): Minute {
  const now = tenant.clock.now()
  const began = now - (now % 60_000)
  const known = minutes.get(tenant)
  const minute = known?.began === began ? known : { began, count: 0, shares: new Map<string, number>() }
  minutes.set(tenant, minute)
  return minute
}

/** So many requests in each minute of the clock, handed out in small shares. In memory: an eviction forgives the rest of a minute. */
function shareOf(tenant: Tenant, perMinute: number | undefined): number | undefined {
  if (perMinute === undefined) return undefined
  const { began, count } = minuteOf(tenant)
  const share = Math.min(perMinute - count, Math.max(1, Math.min(atOnce, Math.floor(perMinute / 10))))
  if (share > 0) return share
  const message = `This account may ask ${perMinute} times a minute. Wait for the next one, or raise llm.perMinute.`
  throw rateLimited(message, began + 60_000 - tenant.clock.now())
}

function takeRequests(tenant: Tenant, lease: string, share: number | undefined): number {
  if (share === undefined) return Number.MAX_SAFE_INTEGER
  const minute = minuteOf(tenant)
  minute.count += share
  minute.shares.set(lease, share)
  return share
}

/** What was not asked under a lease of this minute may be asked by others. Once. */
function giveBack(tenant: Tenant, lease: string, unused: number): void {
  const minute = minuteOf(tenant)
  minute.count -= Math.min(unused, minute.shares.get(lease) ?? 0)
  minute.shares.delete(lease)
}

function refusalOf(error: unknown): RefusalFields {
  if (GatewayRefusal.is(error)) return fieldsOf(error)
  // Of the vault or the configuration; there is no prompt in it.
  if (ProviderError.is(error)) return { status: 403, code: error.code, message: error.message }
  throw error
}

/** Writes down how requests ended: what they cost, and one record for each. Told twice, it is written once. */
function settle(tenant: Tenant, { answers, leases }: Settlement): void {
  if (!tenant.$exists) return
  tenant.transaction(() => {
    for (const { id, microUsd, unused } of leases) {
      budgetOf(tenant).settle(id, microUsd)
      giveBack(tenant, id, unused)
    }
    for (const answer of answers)
      if (tenant.answers.get(answer.id) === undefined) tenant.answers.insert(recordOf(answer), { id: answer.id })
  })
}

const statuses = { done: 'done', none: 'failed', unknown: 'broken' } as const

function recordOf({ ask, route, outcome, microUsd, ms }: Settled): AnswerRecord {
  const { effect, finish, provider, model, usage, trail } = outcome
  const facts = Object.entries({ provider, model, usage }).filter(([, value]) => value !== undefined)
  return {
    operation: ask.operation,
    asked: ask.model,
    streamed: ask.streamed,
    route,
    status: statuses[effect],
    finish,
    microUsd,
    trail,
    ms,
    ...(Object.fromEntries(facts) as Partial<AnswerRecord>),
  }
}
