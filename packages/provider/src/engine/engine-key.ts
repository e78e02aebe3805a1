import type { Engine } from './policy.ts'

const key = Symbol.for('@do/provider.engine')

/** The engine behind a provider or a wrapper of one. */
export function engineOf(provider: object): Engine | undefined {
  return (provider as { [key]?: Engine } | undefined)?.[key]
}

export const engineKey: typeof key = key
