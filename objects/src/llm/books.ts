import { GatewayRefusal, type RefusalFields, rateLimited, unauthorized } from '@do/gateway'
import { ProviderError } from '@do/provider'
import { readConfig, vaultOf } from '../tenant/config.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { matches } from '../tokens.ts'
import { brokenOff, mostOf } from './most.ts'
import type { AnswerRecord } from './records.ts'
import { fieldsOf } from './refusals.ts'
import { routeOf } from './route.ts'
import { reserve, settle } from './spending.ts'
import { type LlmChoice, type Opened, type OpenWish, openDoor, type Settled, type Setup, settleDoor } from './wire.ts'

/** What has to be looked up once for each configuration, not for each request. */
interface Prepared {
  readonly version: string
  readonly choice: LlmChoice
}

const prepared = new WeakMap<Tenant, Prepared>()
const keys = new WeakMap<Tenant, { readonly key: string; readonly digest: string }>()

/** The configuration, or the key, has changed. */
export const forgetPrepared = (tenant: Tenant): void => void prepared.delete(tenant)

/** The doors at which the gateway in front of it knocks. */
export function defineAnswering(tenant: Tenant): void {
  const { doors } = tenant.kernel
  doors.on(openDoor, (wish) => openAnswer(tenant, wish as OpenWish))
  doors.on(settleDoor, (settled) => settleAnswers(tenant, settled as readonly Settled[]))
}

/** May this key ask this, and may it cost so much? One hop from wherever the request is answered. */
async function openAnswer(tenant: Tenant, { key, ask, version }: OpenWish): Promise<Opened> {
  try {
    await checkKey(tenant, key)
    const { models = {} } = readConfig(tenant)
    const ready = prepare(tenant)
    limitRate(tenant, ready.choice.perMinute)
    const route = routeOf(ask, models)
    const id = reserve(tenant, mostOf(ask, route.models, ready.choice), models.budget)
    const opened = { id, ...route, version: ready.version }
    return version === ready.version
      ? opened
      : { ...opened, setup: await setupOf(tenant, ready.choice, models.cacheSeconds ?? 0) }
  } catch (error) {
    return { refused: refusalOf(error) }
  }
}

async function checkKey(tenant: Tenant, key: string): Promise<void> {
  const digest = tenant.$exists ? tenant.state.get<string>('token') : undefined
  if (digest === undefined) throw unauthorized()
  const known = keys.get(tenant)
  if (known?.key === key && known.digest === digest) return
  if (!(await matches(key, digest))) throw unauthorized()
  keys.set(tenant, { key, digest })
}

function prepare(tenant: Tenant): Prepared {
  const known = prepared.get(tenant)
  if (known !== undefined) return known
  const { llm } = readConfig(tenant)
  if (llm === undefined) {
    const message = 'This account has no provider of language models. Add "llm" to its configuration.'
    throw new GatewayRefusal({ status: 403, code: 'not_configured', message })
  }
  const made = { version: crypto.randomUUID(), choice: llm }
  prepared.set(tenant, made)
  return made
}

async function setupOf(tenant: Tenant, choice: LlmChoice, cacheSeconds: number): Promise<Setup> {
  const vault = await vaultOf(tenant)
  const found = await Promise.all(choice.order.map(async (name) => [name, await vault.get(tenant.$name, name)] as const))
  const credentials = Object.fromEntries(found.flatMap(([name, own]) => (own === undefined ? [] : [[name, own]])))
  return { choice, cacheSeconds, credentials }
}

const minutes = new WeakMap<Tenant, { readonly began: number; count: number }>()

/** So many requests in each minute of the clock. In memory: an eviction forgives the rest of a minute. */
function limitRate(tenant: Tenant, perMinute: number | undefined): void {
  if (perMinute === undefined) return
  const now = tenant.clock.now()
  const began = now - (now % 60_000)
  const known = minutes.get(tenant)
  const minute = known?.began === began ? known : { began, count: 0 }
  minutes.set(tenant, minute)
  if (minute.count >= perMinute) {
    throw rateLimited(
      `This account may ask ${perMinute} times a minute. Wait for the next one, or raise llm.perMinute.`,
      began + 60_000 - now,
    )
  }
  minute.count += 1
}

function refusalOf(error: unknown): RefusalFields {
  if (GatewayRefusal.is(error)) return fieldsOf(error)
  // Of the vault or the configuration; there is no prompt in it.
  if (ProviderError.is(error)) return { status: 403, code: error.code, message: error.message }
  throw error
}

/** Writes down how requests ended: what they cost, and one record for each. */
function settleAnswers(tenant: Tenant, all: readonly Settled[]): void {
  if (!tenant.$exists) return
  tenant.transaction(() => {
    for (const one of all) if (settle(tenant, one.id, costOf(tenant, one))) tenant.answers.insert(recordOf(tenant, one))
  })
}

function costOf(tenant: Tenant, { ask, outcome }: Settled): number {
  const { microUsd, effect, provider, model, bytes } = outcome
  if (microUsd !== undefined) return microUsd
  if (effect !== 'unknown' || provider === undefined || model === undefined) return 0
  const vendor = readConfig(tenant).llm?.instances?.[provider]?.vendor ?? provider
  return brokenOff(ask, bytes, vendor, model)
}

const statuses = { done: 'done', none: 'failed', unknown: 'broken' } as const

function recordOf(tenant: Tenant, settled: Settled): AnswerRecord {
  const { ask, route, outcome, ms } = settled
  const { effect, finish, provider, model, usage, trail } = outcome
  const facts = { provider, model, usage }
  return {
    operation: ask.operation,
    asked: ask.model,
    streamed: ask.streamed,
    route,
    status: statuses[effect],
    finish,
    microUsd: costOf(tenant, settled),
    trail,
    ms,
    ...(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<AnswerRecord>),
  }
}
