import { defaultPrices, type InstanceFacts, type Llm, type PriceTable, type Router } from '@do/llm'
import { sha256 } from '@do/provider'
import type { Budget } from './budget.ts'
import type { AnswerCache } from './cache.ts'
import { costEstimate } from './cost-estimate.ts'
import type { Ask, GatewayHost, Outcome, Session } from './host.ts'
import { unauthorized } from './refusal.ts'

/** Whose key it is. */
export interface KeyOwner {
  readonly tenant: string
  /** For the router. */
  readonly tier?: string
}

export interface KeyHostOptions {
  readonly llm: Llm
  /**
   * Keys and their owners; or a function that is told a key's SHA-256 (hex), so that the keys themselves need to be stored nowhere.
   */
  readonly keys: Readonly<Record<string, KeyOwner>> | ((sha256: string) => KeyOwner | undefined | Promise<KeyOwner | undefined>)
  /** Without one nothing is limited. */
  readonly budget?: Budget
  /** Chooses the chain. Without one the client's model is asked as it is. */
  readonly router?: Router
  readonly cache?: AnswerCache
  /** For the estimate of what a request may cost. Default: the table of `@do/llm`. */
  readonly prices?: PriceTable
  /** What instances are, where their name is not their vendor's, or they have aliases of their own. */
  readonly instances?: Readonly<Record<string, InstanceFacts>>
  /** What is set aside, and spent, for an answer whose model has no price, in millionths of a dollar. Default 10,000: a cent. */
  readonly unpriced?: number
}

const kinds = { generate: 'chat', embed: 'embedding', image: 'image', speak: 'speech', transcribe: 'transcription' } as const

/** Keys, budget, router and cache of one process. */
export function keyHost(options: KeyHostOptions): GatewayHost {
  const { llm, budget, router, cache, prices = defaultPrices, instances = {}, unpriced = 10_000 } = options
  const ownerOf = lookup(options.keys)

  const chainOf = (ask: Ask, { tier }: KeyOwner): { models: readonly string[]; route: string } => {
    if (router === undefined || ask.operation === 'models') return { models: [ask.model], route: 'as asked' }
    const { 'x-do-model': override, 'x-do-order': order } = ask.headers
    const context = {
      ...(tier === undefined ? {} : { tier }),
      ...(override === undefined ? {} : { override: override.split(',').map((name) => name.trim()) }),
      ...(order === 'cheapest' || order === 'fastest' ? { order: order as 'cheapest' | 'fastest' } : {}),
    }
    const { needs, inputTokens, outputTokens, text } = ask
    const about = {
      needs,
      promptTokens: Math.ceil(inputTokens / 2),
      text,
      ...(outputTokens === undefined ? {} : { maxOutputTokens: outputTokens }),
    }
    const { models, reasons } = router.routeTo(kinds[ask.operation], ask.model, context, about)
    return { models, route: reasons.length === 0 ? 'as asked' : reasons.join('; ') }
  }

  /** What broke off is paid for by what came of it: an event of a stream is about a token, and about a hundred bytes. */
  const costOf = (ask: Ask, { effect, microUsd, trail, bytes, ...answered }: Outcome): number => {
    if (microUsd !== undefined) return microUsd
    if (effect === 'none') return 0
    // Who left before there was an answer has at least been heard: by whoever was asked last.
    const asked = trail.findLast(({ action, requests = 0 }) => action === 'attempt' && requests > 0)
    const { provider = asked?.provider, model = asked?.variant } = answered
    if (model === undefined) return 0
    const outputTokens = Math.ceil(bytes / (ask.streamed ? 100 : 4))
    const about = { ask: { ...ask, outputTokens }, prices, instances }
    // By its own vendor's price; another one may ask more for the same name.
    const own = costEstimate({ ...about, models: [`${provider}:${model}`] })
    return own ?? costEstimate({ ...about, models: [model] }) ?? unpriced
  }

  const known = async (key: string | undefined): Promise<KeyOwner> => {
    const owner = key === undefined ? undefined : await ownerOf(key)
    if (owner === undefined) throw unauthorized()
    return owner
  }

  return {
    async admit(key) {
      await known(key)
    },
    async open(key, ask): Promise<Session> {
      const owner = await known(key)
      const { tenant } = owner
      const { models, route } = chainOf(ask, owner)
      const most = () => costEstimate({ ask, models, prices, instances }) ?? unpriced
      // A list of models costs nothing, so that it may be read without any money left.
      const reservation = ask.operation === 'models' ? undefined : budget?.reserve(tenant, most())
      return {
        tenant,
        llm,
        models,
        route,
        ...(cache === undefined ? {} : { cache }),
        settle(outcome) {
          if (reservation !== undefined) budget?.settle(reservation, costOf(ask, outcome))
          for (const { action, variant, ms, code } of outcome.trail) {
            if (action === 'attempt' && variant !== undefined && ms !== undefined)
              router?.observe(variant, ms, code === undefined)
          }
        },
      }
    },
  }
}

/** A function is told the hash alone, and asked each time: a key may be revoked at any moment. */
function lookup(keys: KeyHostOptions['keys']): (key: string) => KeyOwner | undefined | Promise<KeyOwner | undefined> {
  if (typeof keys === 'function') return async (key) => keys(await sha256(key))
  const owners = new Map(Object.entries(keys))
  return (key) => owners.get(key)
}
