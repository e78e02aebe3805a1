import type { Llm, Wire } from '@do/llm'
import { healthOf, refusalOf } from '@do/provider'
import type { Json } from './body.ts'

/** One model of the chain, at one place where it is known. */
export interface Link {
  readonly model: string
  /** Whoever has it speaks the client's language. */
  readonly relays: boolean
}

/**
 * A chain with what is known of each of its models, in its order. A name without an address is asked of each provider in turn; where
 * only some of them relay this request, it becomes one address for each, in their configured order.
 */
export async function linksOf(llm: Llm, chain: readonly string[], wire: Wire, body: Json): Promise<readonly Link[]> {
  const capability = `relay:${wire}`
  if (!llm.supports(capability)) return chain.map((model) => ({ model, relays: false }))
  const instances = known.get(llm) ?? (await instancesOf(llm))
  // Some have models that they only have in another language.
  const relays = (name: string, model: string) =>
    llm.supports(capability, name) && refusalOf(llm, name, 'relay', { model, wire, body })?.code !== 'unsupported'
  return chain.flatMap((model): Link[] => {
    const colon = model.indexOf(':')
    const to = colon > 0 ? model.slice(0, colon) : undefined
    if (to !== undefined && instances.includes(to)) return [{ model, relays: relays(to, model) }]
    const links = instances.map((name) => ({ model: `${name}:${model}`, relays: relays(name, model) }))
    return links.every((link) => link.relays) ? [{ model, relays: true }] : links
  })
}

const known = new WeakMap<object, readonly string[]>()

/** The names of a provider's members, in their configured order. None of one that was not made by the kernel: it knows itself. */
async function instancesOf(llm: Llm): Promise<readonly string[]> {
  const names = await healthOf(llm).then(
    (members) => members.map(({ name }) => name),
    () => [],
  )
  known.set(llm, names)
  return names
}
