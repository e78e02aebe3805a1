import { costOf, factsOf } from '../cost.ts'
import { costOfImages, costOfSpeech, costOfTranscription } from '../cost-media.ts'
import type { ModelFacts, PriceTable } from '../prices.ts'
import { noUsage } from '../usage.ts'
import { placeOf, printable } from './names.ts'
import type { InstanceFacts } from './options.ts'

/** A model of the chain, with what the table knows of it. */
export interface Candidate {
  readonly model: string
  /** The same with the instance's own alias followed: what latencies are kept by. */
  readonly address: string
  readonly facts: ModelFacts | undefined
  /** Millionths of a dollar that this request costs there, about. Worked out when it is asked for: mostly nobody does. */
  readonly estimate: () => number | undefined
}

/** What a request asks of a model. */
export interface Demand {
  readonly kind: ModelFacts['kind']
  readonly needs: readonly string[]
  /** Tokens of prompt, about. */
  readonly prompt: number
  readonly maxOutput: number | undefined
}

/** Where nobody says how long the answer may be, this long is taken for comparing costs. */
const usualOutput = 1_000

export function candidateOf(
  model: string,
  demand: Demand,
  table: PriceTable,
  instances: Readonly<Record<string, InstanceFacts>>,
): Candidate {
  const { instance, model: name } = placeOf(model)
  const { vendor = instance, aliases = {} } =
    instance !== undefined && Object.hasOwn(instances, instance) ? (instances[instance] as InstanceFacts) : {}
  const own = Object.hasOwn(aliases, name) ? (aliases[name] as string) : name
  const found = (vendor === undefined ? undefined : factsAt(table, vendor, own)) ?? findAnywhere(table, model)
  return {
    model,
    address: instance === undefined ? model : `${instance}:${own}`,
    facts: found?.facts,
    estimate: () => found && estimateOf(table, found.vendor, found.model, demand),
  }
}

function estimateOf(table: PriceTable, vendor: string, model: string, { kind, prompt, maxOutput }: Demand): number | undefined {
  switch (kind) {
    case 'chat':
      return costOf(table, vendor, model, { ...noUsage, input: prompt, output: maxOutput ?? usualOutput })?.microUsd
    case 'embedding':
      return costOf(table, vendor, model, { ...noUsage, input: Math.max(prompt, usualOutput) })?.microUsd
    case 'image':
      return costOfImages(table, vendor, model, { count: 1, size: '1024x1024', quality: 'medium' })?.microUsd
    case 'speech':
      return costOfSpeech(table, vendor, model, { characters: 1_000, seconds: 60 })?.microUsd
    case 'transcription':
      return costOfTranscription(table, vendor, model, { seconds: 60 })?.microUsd
  }
}

function factsAt(table: PriceTable, vendor: string, model: string) {
  const facts = factsOf(table, vendor, model)
  return facts && { vendor, model, facts }
}

/** A name without an instance: the first vendor that has it. */
function findAnywhere(table: PriceTable, model: string) {
  for (const vendor of Object.keys(table.models)) {
    const found = factsAt(table, vendor, model)
    if (found !== undefined) return found
  }
  return undefined
}

export interface LeftOut {
  readonly model: string
  readonly why: 'kind' | 'capability' | 'context' | 'budget'
  readonly reason: string
}

/** Why a model cannot do it; undefined where it can, or where nobody knows. */
export function unsuitable(
  { model, facts, estimate }: Candidate,
  demand: Demand,
  budget: number | undefined,
): LeftOut | undefined {
  const out = (why: LeftOut['why'], reason: string): LeftOut => ({
    model,
    why,
    reason: `left out ${printable(model)}: ${reason}`,
  })
  if (facts === undefined) return undefined
  if (facts.kind !== demand.kind) return out('kind', `is for ${facts.kind}, not for ${demand.kind}`)
  const missing = demand.needs.filter((need) => facts.capabilities !== undefined && !facts.capabilities.includes(need))
  if (missing.length > 0) return out('capability', `has no ${missing.join(', ')}`)
  const { prompt, maxOutput = 0 } = demand
  if (facts.maxOutput !== undefined && maxOutput > facts.maxOutput)
    return out('context', `writes at most ${facts.maxOutput} tokens`)
  if (facts.context !== undefined && prompt + maxOutput > facts.context)
    return out('context', `has room for ${facts.context} tokens, and this is about ${prompt + maxOutput}`)
  const cost = budget === undefined ? undefined : estimate()
  if (budget !== undefined && cost !== undefined && cost > budget)
    return out('budget', `costs about ${cost} micro-dollars, and ${budget} are left`)
  return undefined
}
