import type { FindContext, OperationSemantics } from '../driver.ts'
import type { ProviderError, Settlement } from '../errors.ts'
import type { Intent, IntentStore } from '../intent.ts'
import { attemptOnce, prepare } from './attempt-once.ts'
import type { Call } from './call.ts'
import { canonical } from './identity.ts'
import type { Member } from './member.ts'

/** What the vendor's key gives, per provider: stable over retries, never the same at two vendors. */
export function vendorKey(intent: Intent, member: Member): string {
  return `${intent.reference}.${member.name}`
}

/**
 * `do`: the caller is waiting for the thing to be made. `complete`: somebody asks later, and still wants it. `ask`: somebody wants
 * to know, and may have given it up: nothing is sent that could make it.
 */
type Wish = 'do' | 'complete' | 'ask'

/** `refusal`: the vendor declined it, which says that it had not made it before either. */
export type Reconciled =
  | Exclude<Settlement<unknown>, { readonly effect: 'none' }>
  | { readonly effect: 'none'; readonly refusal?: ProviderError }

/**
 * When a repetition under the vendor's key would have ended, were it sent now; undefined where there is none, or where the
 * vendor might have forgotten the key by then. It counts from the key's first use, which is not before the intent was made, and
 * a clock of theirs or ours may be wrong by a hundredth of the window.
 */
export function repetitionEnd(call: Call, member: Member, intent: Intent): number | undefined {
  const { class: kind, keyWindowMs = 0 } = member.driver.descriptor.operations[call.operation] ?? {}
  const end = endOf(call, call.policy.clock.now())
  return kind === 'keyed' && end < intent.createdAt + keyWindowMs * 0.99 ? end : undefined
}

const nobodyKnows = { effect: 'unknown' } as const

/** When an attempt that begins now will have ended on our side. */
export function endOf(call: Call, now: number): number {
  return now + Math.min(call.policy.attemptTimeout, Math.max(0, call.deadlineAt - now))
}

/**
 * Finds out what became of an intent whose answer is lost. It never sends anything new: it looks for our reference
 * or for the content, or, where the thing is still wanted, repeats under the vendor's own idempotency key. A vendor that knows
 * the key answers a repetition at once, so for who waits that comes first; for who asks later looking does, and a repetition only
 * where there is nothing to look in. "Not found" counts only once the vendor's settle time has passed since our side gave up;
 * until then the answer is `unknown`.
 */
export async function reconcile(call: Call, member: Member, intent: Intent, wish: Wish): Promise<Reconciled> {
  const semantics = member.driver.descriptor.operations[call.operation]
  const { clock } = call.policy
  const find = member.driver.find?.[call.operation]
  const repeatable = repetitionEnd(call, member, intent) !== undefined
  let { until = intent.since ?? clock.now() } = intent
  if (wish === 'do' && repeatable) {
    // As it was written before: from then on others may count on nothing being sent.
    const answer = clock.now() < until ? await repeat(call, member, intent, until) : nobodyKnows
    if (answer.effect !== 'unknown' || find === undefined) return answer
    // The repetition, too, may act later than our side waited.
    until = clock.now()
  }
  if (find !== undefined) {
    const settledAt = until + (semantics?.settleMs ?? 0)
    // Most vendors show a new thing long before their settle time, so it is looked for again and again, ever less often.
    for (let pause = 1_000; ; pause *= 2) {
      const seen = await lookUp(call, member, intent, (input, context) => find(input, { ...context, until }), settledAt)
      const now = clock.now()
      const last = Math.min(call.deadlineAt, settledAt)
      if (seen.effect !== 'unknown' || now >= last || call.signal?.aborted) return seen
      const ms = Math.min(pause, last - now)
      call.trail.push({ provider: member.name, action: 'wait', at: now, ms, reason: 'until the vendor shows what it did' })
      try {
        await clock.sleep(ms, call.signal)
      } catch {
        return seen
      }
    }
  }
  const stated = repeatable || semantics?.class === 'convergent'
  return stated && wish !== 'ask' ? repeat(call, member, intent) : nobodyKnows
}

async function lookUp(
  call: Call,
  member: Member,
  intent: Intent,
  find: (input: unknown, context: Omit<FindContext, 'until'>) => Promise<unknown>,
  settledAt: number,
): Promise<Reconciled> {
  const { intents, clock } = call.policy
  const asked = clock.now()
  const result = await attemptOnce({
    ...identityOf(member, call, intent),
    run: (input, context) => find(input, { ...context, claimed: (handle) => claimedByOther(intents, handle, intent.key) }),
  })
  if (!result.ok) return isDecline(result.error) ? { effect: 'none', refusal: result.error } : { effect: 'unknown' }
  if (result.value !== undefined)
    return (await isOurs(call, member, intent, result.value).catch(() => false))
      ? { effect: 'done', value: result.value }
      : { effect: 'unknown' }
  return { effect: asked >= settledAt ? 'none' : 'unknown' }
}

/**
 * Under the vendor's key a repetition is the same intent. A success says what became of the first try; so does a decline
 * that is kept with the key, since a first try that had gone through would be answered again, and one that is still on its way
 * will be declined again. Any other refusal may be of the repetition alone.
 */
async function repeat(call: Call, member: Member, intent: Intent, until?: number): Promise<Reconciled> {
  const result = await attemptOnce({ ...identityOf(member, call, intent), ...(until === undefined ? {} : { until }) })
  if (result.ok) return { effect: 'done', value: result.value }
  const { error } = result
  const kept = member.driver.descriptor.operations[call.operation]?.keepsDeclines === true
  return kept && isDecline(error) ? { effect: 'none', refusal: error } : { effect: 'unknown' }
}

/** With the vendor's own code: a mere status may be that of something on the way. */
const isDecline = ({ fault, effect, vendorCode }: ProviderError) =>
  fault === 'declined' && effect === 'none' && vendorCode !== undefined

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

/**
 * What is found by its content could be another intent's that is under way with the same content: whose answer is on its
 * way, or that looks for it too. Those under way are waited for, and of those who look the oldest takes it.
 */
async function isOurs(call: Call, member: Member, intent: Intent, found: unknown): Promise<boolean> {
  const { find: kind, settleMs = 0 } = member.driver.descriptor.operations[call.operation] ?? {}
  if (kind === 'reference') return true
  const { intents, clock } = call.policy
  const content = contentOf(intent, kind)
  const first = (other: Intent) =>
    other.createdAt === intent.createdAt ? other.key < intent.key : other.createdAt < intent.createdAt
  for (const other of await intents.unresolved()) {
    if (other.key === intent.key || other.operation !== intent.operation || other.provider !== intent.provider) continue
    const until = other.until ?? 0
    const over = until + settleMs < (intent.since ?? 0)
    const sending = other.state === 'dispatched' && clock.now() < until
    if (!over && (sending || first(other)) && contentOf(other, kind) === content) return false
  }
  // Only now: who ended in between has left its claim.
  const { id } = found as { readonly id?: unknown }
  return typeof id !== 'string' || !(await claimedByOther(intents, id, intent.key))
}

function contentOf({ sent }: Intent, kind: OperationSemantics['find']): string {
  const { to } = (sent ?? {}) as { readonly to?: unknown }
  return kind === 'recipient' && to !== undefined ? canonical(to) : canonical(sent)
}

async function claimedByOther(intents: IntentStore, handle: string, key: string): Promise<boolean> {
  const owner = await intents.owner(handle)
  return owner !== undefined && owner !== key
}
