import { OutcomeUnknownError, type ProviderError, type Settlement } from '../errors.ts'
import { attemptOnce } from './attempt-once.ts'
import { type Call, callOf } from './call.ts'
import { admitted, candidatesFor } from './create.ts'
import { countsAgainstHealth } from './decide.ts'
import { exhausted, reportHealth } from './ending.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'

/**
 * Changes an existing thing, at the provider that has it. A `set` states an absolute value, so it is repeated once after
 * a passing fault; an `act` is not, and what nobody can tell is reported as unknown.
 */
export async function runChange(engine: Engine, call: Call): Promise<unknown> {
  const member = candidatesFor(engine, call)[0] as Member
  const refusals: ProviderError[] = []
  const input = await admitted(call, member, refusals, false)
  if (input === undefined) throw exhausted(call, refusals)
  let doubtful = false
  for (let turn = 1; ; turn++) {
    const result = await attemptOnce({ member, call, input, key: '', reference: '', since: call.policy.clock.now() })
    await reportHealth(call, member, result.ok ? undefined : result.error)
    if (result.ok) return result.value
    const { error } = result
    const again =
      call.spec.kind === 'set' && turn === 1 && countsAgainstHealth(error) && call.policy.clock.now() < call.deadlineAt
    // The first try may have made the change, whatever the second one is answered.
    doubtful ||= error.effect === 'unknown'
    if (again) continue
    if (!doubtful) throw error.with({ trail: [...call.trail] })
    throw new OutcomeUnknownError(
      {
        fault: error.fault,
        code: 'outcome_unknown',
        message: `${call.name}: ${member.name} may or may not have made the change. Read the thing to find out${call.spec.kind === 'set' ? ', or call resolve({ mayComplete: true }), which states it again' : ''}.`,
        status: error.status,
        requestId: error.requestId,
        provider: member.name,
        operation: call.name,
        trail: [...call.trail],
        cause: error,
      },
      '',
      ({ mayComplete = false }) => settleChange(engine, call, mayComplete),
    )
  }
}

async function settleChange(engine: Engine, call: Call, mayComplete: boolean): Promise<Settlement<unknown>> {
  if (call.spec.kind !== 'set' || !mayComplete) return { effect: 'unknown' }
  const fresh = callOf(engine, call.operation, call.input, {})
  try {
    return { effect: 'done', value: await runChange(engine, fresh) }
  } catch {
    return { effect: 'unknown' }
  }
}
