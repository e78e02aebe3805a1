import type { Ask } from '@do/gateway'
import type { ModelSettings } from './settings.ts'

export interface Route {
  /** Models to ask, best first. */
  readonly models: readonly string[]
  /** How they were chosen, in a few words. */
  readonly route: string
}

/** What a model's name stands for at this tenant. */
export function routeOf({ model }: Ask, { aliases = {} }: ModelSettings): Route {
  const chain = Object.hasOwn(aliases, model) ? aliases[model] : undefined
  return chain === undefined ? { models: [model], route: 'as asked' } : { models: chain, route: `alias ${model}` }
}
