import { refuse } from '@do/provider'
import type { LimitPolicy } from './types.ts'

/** @throws ProviderError `invalid_limit_policy` naming the field */
export function checkPolicy(name: string, policy: LimitPolicy): void {
  if (!/^[a-z][a-z0-9._-]{0,62}$/i.test(name)) throw invalid(name, 'name', 'a letter, then letters, digits, ".", "_" or "-"')
  const whole = (field: string, value: number | undefined, high: number) => {
    if (!(Number.isInteger(value) && (value as number) >= 1 && (value as number) <= high))
      throw invalid(name, field, `a whole number from 1 to ${high}`)
  }
  if (policy.maxKeys !== undefined) whole('maxKeys', policy.maxKeys, 1_000_000)
  if (policy.kind === 'bucket') {
    // The level counts in tokens times milliseconds, and must stay a whole number that is exact.
    whole('capacity', policy.capacity, 1_000_000)
    whole('refill', policy.refill, 1_000_000)
    whole('everyMs', policy.everyMs, 86_400_000)
    return
  }
  if (policy.kind !== 'fixed' && policy.kind !== 'sliding') throw invalid(name, 'kind', 'bucket, fixed or sliding')
  // A sliding window keeps a row for each millisecond in which something was taken.
  whole('limit', policy.limit, policy.kind === 'sliding' ? 10_000 : 1_000_000_000)
  whole('windowMs', policy.windowMs, 31 * 86_400_000)
}

/** How much one may take at once, and in how long it all comes back. */
export function quotaOf(policy: LimitPolicy): { readonly quota: number; readonly windowMs: number } {
  if (policy.kind === 'bucket')
    return { quota: policy.capacity, windowMs: Math.ceil((policy.capacity * policy.everyMs) / policy.refill) }
  return { quota: policy.limit, windowMs: policy.windowMs }
}

function invalid(name: string, field: string, what: string) {
  return refuse('invalid_limit_policy', `The ${field} of the limit "${String(name).slice(0, 100)}" must be ${what}.`, { field })
}
