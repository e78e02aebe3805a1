import { ProviderError, refuse } from '../errors.ts'
import type { Call } from './call.ts'
import { countsAgainstHealth } from './decide.ts'
import type { Member } from './member.ts'

/** Reports an attempt to breaker and degradation listeners. */
export async function reportHealth(call: Call, member: Member, error: ProviderError | undefined): Promise<void> {
  const { breakers, onDegraded } = call.policy
  if (error?.fault === 'credential') onDegraded?.({ provider: member.name, operation: call.name, error })
  // A caller who gives up says nothing about the vendor.
  if (breakers === undefined || error?.fault === 'cancelled') return
  const key = breakerKey(call, member)
  if (error !== undefined && countsAgainstHealth(error)) await breakers.failed(key)
  else await breakers.succeeded(key)
}

export function breakerKey(call: Call, member: Member): string {
  return `${member.breakerKey}/${call.spec.kind === 'read' || call.spec.kind === 'list' ? 'read' : 'write'}`
}

/** The error of a call that nobody could do: the common reason where there is one, the whole trail in any case. */
export function exhausted(call: Call, errors: readonly ProviderError[]): ProviderError {
  const last = errors.at(-1)
  const trail = [...call.trail]
  if (last === undefined) {
    return refuse('no_provider_left', `${call.name}: every provider was skipped. The trail says why.`, {
      fault: 'provider',
      operation: call.name,
      trail,
    })
  }
  const attempted = errors.filter((error) => !error.elsewhere)
  const telling = attempted.length > 0 ? attempted : errors
  const effect = errors.some((error) => error.effect === 'unknown') ? 'unknown' : 'none'
  if (effect === 'none' && telling.every((error) => error.code === telling[0]?.code)) return (telling.at(-1) as ProviderError).with({ trail })
  return new ProviderError({
    effect,
    fault: last.fault,
    code: effect === 'none' ? 'no_provider_left' : 'outcome_unknown',
    message:
      effect === 'none'
        ? `${call.name}: no provider could do it, and none acted. The trail says why for each.`
        : `${call.name}: no provider could do it for certain; the trail says which may have acted.`,
    operation: call.name,
    ...soonest(telling),
    trail,
  })
}

function soonest(errors: readonly ProviderError[]): { retryAfterMs?: number } {
  const waits = errors.flatMap(({ retryAfterMs }) => (retryAfterMs === undefined ? [] : [retryAfterMs]))
  return waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }
}
