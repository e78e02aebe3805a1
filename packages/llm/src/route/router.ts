import { estimateRequest } from '../estimate.ts'
import type { GenerateRequest } from '../generation.ts'
import { needsOf } from '../needs.ts'
import { defaultPrices } from '../price-table.ts'
import type { ModelFacts } from '../prices.ts'
import { type Classified, type Complexity, classify } from './complexity.ts'
import { type Latencies, latencies } from './latencies.ts'
import { expandAliases, matches, printable, wrong } from './names.ts'
import type { About, Route, RouteContext, RouterOptions } from './options.ts'
import { nobodyLeft } from './refused.ts'
import { type Candidate, candidateOf, type Demand, type LeftOut, unsuitable } from './suitable.ts'

export interface Router {
  /**
   * Which models to ask, best first, and why. Asks nobody and changes nothing.
   * @throws ProviderError `model_not_allowed`, `unsupported`, `context_length` or `insufficient_quota` where no model is left.
   */
  route(request: GenerateRequest, context?: RouteContext): Route
  /**
   * As `route`, where there is no request to look into: an embedding, an image, a gateway that passes on bytes. What is not told in
   * `about` is not weighed.
   */
  routeTo(kind: ModelFacts['kind'], model: string | readonly string[], context?: RouteContext, about?: About): Route
  /** Tells how long a model took, for the order `fastest`. */
  observe: Latencies['observe']
}

const usualLevels: Readonly<Record<Complexity, string>> = { simple: 'cheap', ordinary: 'fast', hard: 'best' }

/** @throws ProviderError `invalid_option`: an alias that leads nowhere or to itself, a level without its alias. */
export function createRouter(options: RouterOptions): Router {
  const aliases = expandAliases(options.aliases)
  const { prices = defaultPrices, instances = {}, tiers, levels = {}, budgetAware = true } = options
  const speed = options.latencies ?? latencies()
  const judge = options.classify ?? classify
  for (const [level, alias] of Object.entries(levels)) {
    if (!aliases.has(alias)) throw wrong(`levels.${level}`, `"${alias}" is no alias of this router.`)
  }
  const allowed = new Map(
    Object.entries(tiers ?? {}).map(([tier, models]) => [tier, models.flatMap((model) => aliases.get(model) ?? [model])]),
  )
  const expand = (names: readonly string[]) => [...new Set(names.flatMap((name) => aliases.get(name) ?? [name]))]

  const inTier = (tier: string | undefined): readonly string[] => {
    if (tiers === undefined) return ['*']
    const models = allowed.get(tier ?? 'default')
    if (models === undefined)
      throw wrong('tier', tier === undefined ? 'This router has tiers: say which.' : `There is no tier "${printable(tier)}".`)
    return models
  }

  /** Aliases written out, the caller's wish first, the forbidden gone. */
  const chainOf = (names: readonly string[], { tier, override }: RouteContext, reasons: string[]) => {
    const chain = expand(names)
    for (const name of names) if (aliases.has(name)) reasons.push(`alias ${printable(name)}`)
    const wish = override === undefined ? [] : expand(listOf(override))
    if (wish.length > 0)
      reasons.push(options.overrides ? `override ${wish.map(printable).join(', ')}` : 'override not allowed here')
    const wanted = options.overrides ? [...new Set([...wish, ...chain])] : chain
    const patterns = inTier(tier)
    const forbidden = wanted.filter((model) => !matches(model, patterns))
    for (const model of forbidden) reasons.push(`left out ${printable(model)}: not in tier ${printable(tier ?? 'default')}`)
    return { models: wanted.filter((model) => matches(model, patterns)), forbidden, wish: options.overrides ? wish : [] }
  }

  const decide = (names: readonly string[], demand: Demand, context: RouteContext, reasons: string[]): readonly string[] => {
    const { models, forbidden, wish } = chainOf(names, context, reasons)
    const all = models.map((model) => candidateOf(model, demand, prices, instances))
    const budget = budgetAware ? context.budget : undefined
    const out: LeftOut[] = []
    const able = all.filter((candidate) => {
      const reason = unsuitable(candidate, demand, budget)
      if (reason !== undefined) out.push(reason)
      return reason === undefined
    })
    reasons.push(...out.map(({ reason }) => reason))
    const roomiest = able.length > 0 ? undefined : nearlyFits(all, out, demand)
    if (roomiest !== undefined)
      reasons.push(`kept ${printable(roomiest.model)}: the length is an estimate, and its room the largest`)
    const left = roomiest === undefined ? able : [roomiest]
    if (left.length === 0) throw nobodyLeft(out, forbidden)
    const order = context.order ?? options.order ?? 'given'
    if (order !== 'given' && left.length > 1) reasons.push(`order ${order}`)
    // A wish is a wish for a certain model: no order moves another before it.
    const rank = (candidate: Candidate) =>
      wish.includes(candidate.model) ? Number.NEGATIVE_INFINITY : rankOf(candidate, order, speed)
    return stableSort(left, rank).map(({ model }) => model)
  }

  const routeBy = (
    asked: string | readonly string[],
    demand: Demand,
    context: RouteContext,
    classified: () => Classified,
  ): Route => {
    const reasons: string[] = []
    let complexity: Complexity | undefined
    const names = listOf(asked).map((name) => {
      if (name !== 'auto' || aliases.has('auto')) return name
      const { complexity: found, signals } = classified()
      complexity = found
      reasons.push(`${found}${signals.length > 0 ? ` (${signals.map((signal) => printable(signal)).join(', ')})` : ''}`)
      return levelOf(found, levels, aliases)
    })
    const models = decide(names, demand, context, reasons)
    return { models, reasons, ...(complexity === undefined ? {} : { complexity }) }
  }

  return {
    observe: (...seen) => speed.observe(...seen),
    route: (request, context = {}) =>
      routeBy(
        request.model,
        { kind: 'chat', needs: needsOf(request), prompt: estimateRequest(request), maxOutput: request.maxOutputTokens },
        context,
        () => judge(request),
      ),
    routeTo(kind, model, context = {}, { needs = [], promptTokens = 0, maxOutputTokens, text = '' } = {}) {
      const demand: Demand = { kind, needs, prompt: promptTokens, maxOutput: maxOutputTokens }
      return routeBy(model, demand, context, () => judge({ model: 'auto', messages: [{ role: 'user', content: text }] }))
    },
  }
}

const listOf = (names: string | readonly string[]): readonly string[] => (typeof names === 'string' ? [names] : names)

function levelOf(
  complexity: Complexity,
  levels: Partial<Readonly<Record<Complexity, string>>>,
  aliases: ReadonlyMap<string, unknown>,
): string {
  const alias = levels[complexity] ?? usualLevels[complexity]
  if (aliases.has(alias)) return alias
  throw wrong('model', `"auto" needs the alias "${alias}" for a request that is ${complexity}. Give the router \`levels\`.`)
}

/** An estimate may be half too much. Within that, the vendor with the most room has the last word. */
function nearlyFits(
  all: readonly Candidate[],
  out: readonly LeftOut[],
  { prompt, maxOutput = 0 }: Demand,
): Candidate | undefined {
  const tooLong = new Set(out.filter(({ why }) => why === 'context').map(({ model }) => model))
  const roomiest = all
    .filter(({ model, facts }) => tooLong.has(model) && maxOutput <= (facts?.maxOutput ?? Number.POSITIVE_INFINITY))
    .reduce<Candidate | undefined>(
      (best, each) => ((each.facts?.context ?? 0) > (best?.facts?.context ?? 0) ? each : best),
      undefined,
    )
  return prompt / 1.5 + maxOutput <= (roomiest?.facts?.context ?? 0) ? roomiest : undefined
}

function rankOf({ address, estimate }: Candidate, order: 'given' | 'cheapest' | 'fastest', speed: Latencies): number {
  if (order === 'cheapest') return estimate() ?? Number.MAX_VALUE
  // Nobody knows how fast the untried are until they are tried.
  if (order === 'fastest') return speed.of(address) ?? -1
  return 0
}

const stableSort = (candidates: readonly Candidate[], rank: (candidate: Candidate) => number) =>
  candidates
    .map((each) => ({ each, at: rank(each) }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))
    .map(({ each }) => each)
