import { consoleLog, errorFacts, knock } from '@do/core/full'
import { type Ask, createGateway, GatewayRefusal, type LogEntry, type Session, unauthorized } from '@do/gateway'
import type { Llm } from '@do/llm'
import type { Providers } from '@do/provider'
import type { Environment } from '../environment.ts'
import type { TenantCatalogue } from '../tenant/tenant.ts'
import { tenantOf } from '../tokens.ts'
import { settlements } from './settlements.ts'
import { type Opened, openDoor, type Setup } from './wire.ts'

interface Ready {
  readonly version: string
  readonly llm: Llm
  readonly cacheSeconds: number
}

/** What went wrong inside: never a key, a prompt or an answer. */
const log = ({ event, requestId, error }: LogEntry) =>
  consoleLog({ at: new Date().toISOString(), level: 'error', event: `gateway.${event}`, requestId, ...errorFacts(error) })

type Run = { waitUntil(promise: Promise<unknown>): void }

/**
 * The gateway of all tenants, for the worker in front of them: `/v1/...`, where the key names its tenant. The tenant's object says
 * in one hop whether the key is right, which models to ask and whether there is money left; the answer itself passes through the
 * isolate, however long it takes. docs/gateway.md has its HTTP face.
 */
export function llmGateway(
  adapters: Providers<TenantCatalogue>,
): (request: Request, env: Environment, run: Run) => Promise<Response> {
  const gateways = new WeakMap<object, ReturnType<typeof createGateway>>()
  const ready = new Map<string, Ready>()
  const open = async (env: Environment, key: string | undefined, ask: Ask): Promise<Session> => {
    const tenant = key === undefined ? undefined : tenantOf(key)
    if (key === undefined || tenant === undefined) throw unauthorized()
    const began = Date.now()
    const known = ready.get(tenant)
    const opened = (await knock(env, { type: 'Tenant', name: tenant }, openDoor, { key, ask, version: known?.version })) as Opened
    if ('refused' in opened) throw new GatewayRefusal(opened.refused)
    const { id, models, route, version, setup } = opened
    const { llm } = setup === undefined ? (known as Ready) : await build(tenant, version, setup)
    const { operation, model, streamed, inputTokens } = ask
    return {
      tenant,
      llm,
      models,
      route,
      settle: (outcome) =>
        settle(env, tenant, { id, ask: { operation, model, streamed, inputTokens }, route, outcome, ms: Date.now() - began }),
    }
  }
  const settle = settlements()

  const build = async (tenant: string, version: string, { choice, credentials, cacheSeconds }: Setup): Promise<Ready> => {
    const providers = await adapters.forTenant(
      { id: tenant, llm: choice },
      { credentials: { get: async (_, instance) => credentials[instance] } },
    )
    const made = { version, llm: providers.llm as Llm, cacheSeconds }
    ready.set(tenant, made)
    return made
  }

  return (request, env, run) => {
    let gateway = gateways.get(env)
    if (gateway === undefined) {
      gateway = createGateway({ open: (key, ask) => open(env, key, ask) }, { log })
      gateways.set(env, gateway)
    }
    return gateway.fetch(request, run)
  }
}
