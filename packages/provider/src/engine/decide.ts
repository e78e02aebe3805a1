import type { ProviderError } from '../errors.ts'
import type { Member } from './member.ts'
import type { Policy } from './policy.ts'

export type Move = { readonly to: 'stop' } | { readonly to: 'next' } | { readonly to: 'wait'; readonly ms: number }

const stop: Move = { to: 'stop' }
const next: Move = { to: 'next' }

/**
 * What to do after an attempt that provably had no effect. (After an unknown outcome nothing is decided here:
 * it is reconciled first.) A recipient who does not want messages is never asked through another vendor.
 */
export function decide(error: ProviderError, member: Member, policy: Policy, isLast: boolean, remaining: number): Move {
  if (error.elsewhere) return next
  switch (error.fault) {
    case 'caller':
    case 'recipient':
    case 'policy':
    case 'cancelled':
      return stop
    case 'declined':
      return policy.moveOnDecline.has(error.code) || policy.moveOnDecline.has(`${member.name}:${error.code}`) ? next : stop
    case 'quota': {
      const wait = error.retryAfterMs
      const worth = wait !== undefined && wait <= policy.rateLimitWait && wait < remaining
      return isLast && worth ? { to: 'wait', ms: wait } : next
    }
    case 'credential':
    case 'provider':
    case 'network':
      return next
  }
}

/** Only these say something about the vendor's health; a caller's mistake never opens a breaker. */
export function countsAgainstHealth(error: ProviderError): boolean {
  return error.fault === 'provider' || error.fault === 'network'
}
