import { ProviderError, refuse } from '../errors.ts'
import type { Call } from './call.ts'
import { countsAgainstHealth } from './decide.ts'
import type { Member } from './member.ts'
import { tell } from './within.ts'

/** Reports an attempt to breaker and degradation listeners. */
export function reportHealth(call: Call, member: Member, error: ProviderError | undefined): Promise<void> | void {
  const { breakers, onDegraded } = call.policy
  if (error?.fault === 'credential') tell(onDegraded, { provider: member.name, operation: call.name, error })
  // A caller who gives up says nothing about the vendor.
  if (breakers === undefined || error?.fault === 'cancelled') return
  const key = breakerKey(call, member)
  return error !== undefined && countsAgainstHealth(error) ? breakers.failed(key) : breakers.succeeded(key)
}

export function breakerKey(call: Call, member: Member): string {
  return member.breakerKeys[call.spec.kind === 'read' || call.spec.kind === 'list' ? 'read' : 'write']
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
  if (effect === 'none' && telling.every((error) => error.code === telling[0]?.code))
    return (telling.at(-1) as ProviderError).with({ trail })
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

/** Waits as the vendor asks, or before it is asked again; answers an error when the caller gives up meanwhile. */
export async function pause(call: Call, member: Member, ms: number, reason = 'rate limit'): Promise<ProviderError | undefined> {
  const { clock } = call.policy
  call.trail.push({ provider: member.name, action: 'wait', at: clock.now(), ms, reason })
  try {
    await clock.sleep(ms, call.signal)
    return undefined
  } catch (cause) {
    return new ProviderError({
      effect: 'none',
      fault: 'cancelled',
      code: 'cancelled',
      message: `${call.name}: the caller gave up while waiting (${reason}). Nothing was sent.`,
      provider: member.name,
      operation: call.name,
      trail: [...call.trail],
      cause,
    })
  }
}
