import type { PriceTable } from '@do/llm'
import type { AdapterOptions } from '@do/provider'

/** The `env.AI` binding of a Worker, as far as it is used here. Cloudflare's own type `Ai` fits. */
export interface WorkersAiBinding {
  run(...input: never[]): Promise<unknown>
  models?(...input: never[]): Promise<unknown>
}

/** What the AI Gateway said about one answer. */
export interface GatewayFacts {
  /** The entry in the gateway's log: `env.AI.gateway(id).getLog(logId)`. */
  readonly logId?: string
  /** `HIT`: the gateway answered from its cache, and the model was not asked. */
  readonly cacheStatus?: string
}

/** An AI Gateway of the account, which requests go through. https://developers.cloudflare.com/ai-gateway/ */
export interface GatewayOptions {
  /** The gateway's name. */
  readonly id: string
  /** With an authenticated gateway, over REST: a token that may run it. The binding needs none. */
  readonly token?: string
  /** Seconds that an answer stays in the gateway's cache. */
  readonly cacheTtl?: number
  /** Asks the model although the cache has an answer. */
  readonly skipCache?: boolean
  /** Instead of the gateway's own key of a request. */
  readonly cacheKey?: string
  /** Overrides whether the gateway logs. */
  readonly collectLog?: boolean
  /** At most five entries, shown in the gateway's log. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>>
  /** Milliseconds until the gateway gives the model up. */
  readonly requestTimeoutMs?: number
  /** What the gateway's log shall count, in dollars for one token. It changes nothing in `cost`, which follows `prices`. */
  readonly customCost?: { readonly perTokenIn?: number; readonly perTokenOut?: number }
  /** Told of every answer that came through the gateway, streams included. */
  readonly onAnswer?: (facts: GatewayFacts & { readonly operation: string; readonly model: string }) => void
}

interface Common extends AdapterOptions {
  readonly gateway?: GatewayOptions
  /** Instead of the prices that Cloudflare published (`defaultPrices` of `@do/llm`). */
  readonly prices?: PriceTable
  /**
   * Most tokens of an answer where the request does not say, for the older models, which otherwise stop after 256.
   * Default 1,024. https://developers.cloudflare.com/workers-ai/models/
   */
  readonly maxOutputTokens?: number
}

/** Inside a Worker. https://developers.cloudflare.com/workers-ai/configuration/bindings/ */
export interface WorkersAiBindingOptions<Binding extends WorkersAiBinding = WorkersAiBinding> extends Common {
  readonly binding: Binding
}

/** Anywhere else. https://developers.cloudflare.com/workers-ai/get-started/rest-api/ */
export interface WorkersAiRestOptions extends Common {
  readonly accountId: string
  /** A token with the permission "Workers AI Read" (and "AI Gateway Run" for an authenticated gateway). */
  readonly apiToken: string
}

export type WorkersAiOptions = WorkersAiBindingOptions | WorkersAiRestOptions
