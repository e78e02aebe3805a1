import type { PriceTable } from '../prices.ts'
import type { Classifier, Complexity } from './complexity.ts'
import type { Latencies } from './latencies.ts'

export interface RouterOptions {
  /**
   * Names of ours and the models they stand for, best first: addresses (`openai:gpt-6-luna`) or other aliases. The rest are the
   * fallbacks of the first.
   */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** The models that customers of a tier may use: aliases, addresses, or patterns (`openai:*`). What is not named is refused. */
  readonly tiers?: Readonly<Record<string, readonly string[]>>
  /** Which alias stands for the model `auto`, by how hard the request is. Default: `cheap`, `fast` and `best`, where they exist. */
  readonly levels?: Partial<Readonly<Record<Complexity, string>>>
  /** Says how hard a request is. Default: `classify`. */
  readonly classify?: Classifier
  /**
   * Within an alias: `given` (default) keeps its order, `cheapest` asks first what costs least for this request, `fastest` what
   * answered fastest lately.
   */
  readonly order?: 'given' | 'cheapest' | 'fastest'
  /** Prices, context windows and capabilities. Default: `defaultPrices`. */
  readonly prices?: PriceTable
  /** What instances are, where their name is not their vendor's, or they have aliases of their own: as `ProviderChoice.instances`. */
  readonly instances?: Readonly<Record<string, InstanceFacts>>
  /** With `order: 'fastest'`. Default: its own, fed by `observe`. */
  readonly latencies?: Latencies
  /** May a caller's `override` choose the model? Within its tier only, in any case. Default: no. */
  readonly overrides?: boolean
  /** Leave out what would cost more than the `budget` of the call. Default: only where a budget is given. */
  readonly budgetAware?: boolean
}

/** What is known of the caller. */
export interface RouteContext {
  /** Required once the router has tiers, unless one of them is named `default`. */
  readonly tier?: string
  /** The model or models that the caller wishes instead. */
  readonly override?: string | readonly string[]
  /** What may be spent on this answer, in millionths of a US dollar. */
  readonly budget?: number
  /** For this call. */
  readonly order?: 'given' | 'cheapest' | 'fastest'
}

export interface Route {
  /** The chain, best first: for `model` of a request. */
  readonly models: readonly string[]
  /** Why, in short sentences of ASCII: for a header, a log, a page. No words of the request but names of models. */
  readonly reasons: readonly string[]
  /** How hard the request is, where it asked for `auto`. */
  readonly complexity?: Complexity
}

export interface InstanceFacts {
  /** Whose prices it has: `openai` for `openai-eu`. */
  readonly vendor?: string
  readonly aliases?: Readonly<Record<string, string>>
}

/** What is known of a request without having it: for a gateway, which passes on bytes. */
export interface About {
  readonly needs?: readonly string[]
  /** Tokens of prompt, about. */
  readonly promptTokens?: number
  readonly maxOutputTokens?: number | undefined
  /** What the user said last: `auto` is judged by it. */
  readonly text?: string
}
