/** The same object with some members replaced. Everything else, getters included, still comes from the original. */
export function withOverrides<T extends object>(target: T, overrides: Partial<T>): T {
  return new Proxy(target, {
    get: (original, name) => (name in overrides ? overrides[name as keyof T] : Reflect.get(original, name, original)),
    has: (original, name) => name in overrides || name in original,
  })
}
