import { membersKey } from './engine/member.ts'

/**
 * The same provider with some members replaced; getters and everything else still come from the original.
 * The result cannot be put inside `failover`, which would talk to the instances behind it and pass the replacements by.
 */
export function withOverrides<T extends object>(target: T, overrides: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get: (original, name) => {
      if (name === membersKey) return undefined
      return typeof name === 'string' && Object.hasOwn(overrides, name) ? overrides[name] : Reflect.get(original, name, original)
    },
    has: (original, name) => Object.hasOwn(overrides, name) || name in original,
  })
}
