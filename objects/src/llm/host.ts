import { consoleLog, errorFacts, knock } from '@do/core/full'
import type { AnswerCache, GatewayHost } from '@do/gateway'
import {
  type Ask,
  createGateway,
  GatewayRefusal,
  keyHost,
  type LogEntry,
  rateLimited,
  type Session,
  unauthorized,
} from '@do/gateway'
import { createRouter, type Llm, type Router } from '@do/llm'
import type { Providers } from '@do/provider'
import type { Environment } from '../environment.ts'
import type { TenantCatalogue } from '../tenant/tenant.ts'
import { tenantOf } from '../tokens.ts'
import { answerCaches } from './caches.ts'
import { type Lease, LeaseShort, openLease } from './lease.ts'
import { type Reports, reports } from './reports.ts'
import { singleFlight } from './single-flight.ts'
import { type KeyAnswer, keyDoor, type LeaseAnswer, type LeaseGrant, type LeaseWish, leaseDoor, type Setup } from './wire.ts'

/** What an isolate has built for a tenant. */
interface Ready {
  readonly version: string
  readonly llm: Llm
  readonly router: Router
  readonly cache: AnswerCache | undefined
  readonly instances: NonNullable<Setup['choice']['instances']>
}

/** A lease with the host that charges it. */
interface Counter {
  readonly lease: Lease
  readonly host: GatewayHost
}

/** What went wrong inside: never a key, a prompt or an answer. */
const log = ({ event, requestId, error }: LogEntry) =>
  consoleLog({ at: new Date().toISOString(), level: 'error', event: `gateway.${event}`, requestId, ...errorFacts(error) })

interface Run {
  waitUntil(promise: Promise<unknown>): void
}

/** `requestId`: that of the worker, which is in its log and on its answer. */
type Answering = (request: Request, env: Environment, run: Run, requestId?: string) => Promise<Response>

/** Of so many tenants an isolate remembers what it has built; the oldest go first. */
const most = 1_000

/**
 * The gateway of all tenants, for the worker in front of them: `/v1/...`, where the key names its tenant. Whether the key is right and
 * how much may be spent a tenant's object says, once for many requests: it gives the isolate a lease. Answers pass through the isolate
 * alone, however long they take. docs/gateway.md has its HTTP face.
 */
export function llmGateway(adapters: Providers<TenantCatalogue>): Answering {
  const ready = new Map<string, Ready>()
  const counters = new Map<string, Counter>()
  const asking = singleFlight()
  const books: Reports = reports()
  const cacheFor = answerCaches()

  const counterOf = async (env: Environment, run: Run, tenant: string, want: Omit<LeaseWish, 'version'>): Promise<Counter> => {
    const known = ready.get(tenant)
    const { key } = want
    const wish: LeaseWish = { ...want, version: known?.version }
    const answer = (await knock(env, { type: 'Tenant', name: tenant }, leaseDoor, wish)) as LeaseAnswer
    if ('refused' in answer) throw new GatewayRefusal(answer.refused)
    const lease = openLease(answer)
    try {
      const { llm, router, cache, instances } = await readyFor(tenant, known, answer)
      const kept = cache === undefined ? {} : { cache }
      const host = keyHost({ llm, router, budget: lease.budget, instances, keys: { [key]: { tenant } }, ...kept })
      return { lease, host }
    } catch (error) {
      // What was set aside for it comes back now, and not when it expires.
      giveBack(env, run, tenant, lease)
      throw error
    }
  }

  const giveBack = (env: Environment, run: Run, tenant: string, lease: Lease): void => {
    const told = books.report(env, tenant, lease, undefined)
    if (told !== undefined) run.waitUntil(told)
  }

  /** `known` is what the tenant was told of: what is remembered by now may be newer, or gone. */
  const readyFor = async (tenant: string, known: Ready | undefined, { version, setup }: LeaseGrant): Promise<Ready> => {
    if (setup === undefined) {
      if (known === undefined) throw new TypeError('A lease without its setup.')
      return known
    }
    const { choice, credentials, models } = setup
    const source = { get: async (_: string, instance: string) => credentials[instance] }
    const { llm } = await adapters.forTenant({ id: tenant, llm: choice }, { credentials: source })
    const { instances = {} } = choice
    const { aliases = {}, order = 'given', cacheSeconds = 0 } = models
    const router = createRouter({ aliases, order, instances })
    const cache = cacheSeconds > 0 ? cacheFor(version, cacheSeconds * 1_000) : undefined
    const made = { version, llm: llm as Llm, router, cache, instances }
    remember(ready, tenant, made)
    return made
  }

  /** Whoever has a lease is known. */
  const admit = async (env: Environment, key: string | undefined): Promise<void> => {
    const tenant = key === undefined ? undefined : tenantOf(key)
    if (key === undefined || tenant === undefined) throw unauthorized()
    if (counters.get(key)?.lease.isOpen()) return
    const answer = (await knock(env, { type: 'Tenant', name: tenant }, keyDoor, key)) as KeyAnswer
    if ('refused' in answer) throw new GatewayRefusal(answer.refused)
  }

  const open = async (env: Environment, run: Run, key: string | undefined, ask: Ask): Promise<Session> => {
    const tenant = key === undefined ? undefined : tenantOf(key)
    if (key === undefined || tenant === undefined) throw unauthorized()
    // Where many come at once and no lease is open, one of them asks for it.
    const landing = counters.get(key)?.lease.isOpen() === true ? undefined : asking.landing(key)
    if (landing !== undefined) await landing
    const known = counters.get(key)
    let need = 0
    if (known?.lease.isOpen()) {
      try {
        return await session(env, run, known, key, ask)
      } catch (error) {
        if (!(error instanceof LeaseShort)) throw error
        need = error.need
      }
    }
    return asking.run(key, () => openOwn(env, run, tenant, { key, need, pace: known?.lease.pace ?? 0 }, ask))
  }

  /** Under a lease of its own, which reaches for what it needs. */
  const openOwn = async (
    env: Environment,
    run: Run,
    tenant: string,
    { key, need: least, pace }: Omit<LeaseWish, 'version'>,
    ask: Ask,
  ): Promise<Session> => {
    let need = least
    for (let tries = 0; tries < 3; tries++) {
      const counter = await counterOf(env, run, tenant, { key, need, pace })
      try {
        const begun = await session(env, run, counter, key, ask)
        // Only now may others use it: what is left of it is for them, and what it was asked for is not.
        remember(counters, key, counter)
        return begun
      } catch (error) {
        if (!(error instanceof LeaseShort)) throw error
        need = error.need
      }
    }
    throw rateLimited('What this account may spend, and on which models, is being changed. Repeat the request.', 1_000)
  }

  const session = async (env: Environment, run: Run, { lease, host }: Counter, key: string, ask: Ask): Promise<Session> => {
    const began = Date.now()
    lease.begin()
    try {
      const inner = await host.open(key, ask)
      const { operation, model, streamed } = ask
      return {
        ...inner,
        settle: (outcome) => {
          const before = lease.spent
          void inner.settle(outcome)
          lease.end()
          const facts = { id: timedId(Date.now()), ask: { operation, model, streamed }, route: inner.route ?? '', outcome }
          const settled = { ...facts, microUsd: lease.spent - before, ms: Date.now() - began }
          return books.report(env, inner.tenant, lease, operation === 'models' ? undefined : settled)
        },
      }
    } catch (error) {
      lease.end()
      giveBack(env, run, tenantOf(key) as string, lease)
      throw error
    }
  }

  return (request, env, run, requestId) => {
    const host: GatewayHost = { admit: (key) => admit(env, key), open: (key, ask) => open(env, run, key, ask) }
    const waitUntil = run.waitUntil.bind(run)
    return createGateway(host, { log }).fetch(request, { waitUntil, requestId })
  }
}

/**
 * A UUID that begins with its time (version 7 of RFC 9562): records that are written one after the other stand side by side in every
 * index, where those of chance would each touch another page of the database.
 */
function timedId(at: number): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= most && !map.has(key)) map.delete(map.keys().next().value as string)
  map.set(key, value)
}
