/** The same object with some members replaced. Everything else, getters included, still comes from the original. */
export function withOverrides<T extends object>(target: T, overrides: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get: (original, name) => (name in overrides ? overrides[name as string] : Reflect.get(original, name, original)),
    has: (original, name) => name in overrides || name in original,
  })
}
