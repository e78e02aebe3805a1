import type { FindContext } from '../driver.ts'
import type { Settlement } from '../errors.ts'
import type { Intent, IntentStore } from '../intent.ts'
import { attemptOnce, prepare } from './attempt-once.ts'
import type { Call } from './call.ts'
import type { Member } from './member.ts'

/** What the vendor's key gives, per provider: stable over retries, never the same at two vendors. */
export function vendorKey(intent: Intent, member: Member): string {
  return `${intent.reference}.${member.name}`
}

/**
 * Asks the vendor what became of an intent whose answer is lost. It never sends anything new: it looks for our reference
 * or for the content, or repeats under the vendor's own idempotency key. "Not found" counts only once the vendor's
 * settle time has passed since our side gave up; until then the answer is `unknown`.
 */
export async function reconcile(call: Call, member: Member, intent: Intent): Promise<Settlement<unknown>> {
  const semantics = member.driver.descriptor.operations[call.operation]
  const { clock } = call.policy
  const find = member.driver.find?.[call.operation]
  if (find !== undefined) {
    const settledAt = (intent.until ?? intent.since ?? clock.now()) + (semantics?.settleMs ?? 0)
    // Most vendors show a new thing long before their settle time, so it is looked for again and again, ever less often.
    for (let pause = 1_000; ; pause *= 2) {
      const seen = await lookUp(call, member, intent, find, settledAt)
      const now = clock.now()
      const until = Math.min(call.deadlineAt, settledAt)
      if (seen.effect !== 'unknown' || now >= until || call.signal?.aborted) return seen
      const ms = Math.min(pause, until - now)
      call.trail.push({ provider: member.name, action: 'wait', at: now, ms, reason: 'until the vendor shows what it did' })
      await clock.sleep(ms, call.signal)
    }
  }
  const withinWindow = clock.now() - (intent.since ?? 0) < (semantics?.keyWindowMs ?? 0)
  if ((semantics?.class === 'keyed' && withinWindow) || semantics?.class === 'convergent') return repeat(call, member, intent)
  return { effect: 'unknown' }
}

async function lookUp(
  call: Call,
  member: Member,
  intent: Intent,
  find: (input: unknown, context: FindContext) => Promise<unknown>,
  settledAt: number,
): Promise<Settlement<unknown>> {
  const { intents, clock } = call.policy
  const asked = clock.now()
  const result = await attemptOnce({
    ...identityOf(member, call, intent),
    run: (input, context) => find(input, { ...context, claimed: (handle) => claimedByOther(intents, handle, intent.key) }),
  })
  if (!result.ok) return { effect: 'unknown' }
  if (result.value !== undefined) return { effect: 'done', value: result.value }
  return { effect: asked >= settledAt ? 'none' : 'unknown' }
}

/** Under the vendor's key a repetition is the same intent; only a success says what became of the first try. */
async function repeat(call: Call, member: Member, intent: Intent): Promise<Settlement<unknown>> {
  const result = await attemptOnce(identityOf(member, call, intent))
  return result.ok ? { effect: 'done', value: result.value } : { effect: 'unknown' }
}

function identityOf(member: Member, call: Call, intent: Intent) {
  return {
    member,
    call,
    input: intent.sent ?? prepare(member, call),
    key: vendorKey(intent, member),
    reference: intent.reference,
    since: intent.since ?? intent.createdAt,
  }
}

async function claimedByOther(intents: IntentStore, handle: string, key: string): Promise<boolean> {
  const owner = await intents.owner(handle)
  return owner !== undefined && owner !== key
}
