import { afterAll, beforeAll } from 'vitest'

/**
 * For files that make errors by the ten thousand, and name what failed themselves: the runner looks up each line of each stack that
 * anybody reads in its source maps, which takes longer than what is tested. (Stripe's SDK reads the stack of every call.)
 */
export function plainStacks(): void {
  const mapped = Error.prepareStackTrace
  beforeAll(() => void Reflect.deleteProperty(Error, 'prepareStackTrace'))
  afterAll(() => {
    Error.prepareStackTrace = mapped
  })
}
