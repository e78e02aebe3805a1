import { OutcomeUnknownError, ProviderError, refuse, type Settlement } from '../errors.ts'
import { parseHandle } from '../handle.ts'
import { handleIn } from '../interface.ts'
import type { Intent } from '../intent.ts'
import { attemptOnce, prepare } from './attempt-once.ts'
import { type Call, startCall } from './call.ts'
import { decide } from './decide.ts'
import { breakerKey, exhausted, reportHealth } from './ending.ts'
import { type IntentIdentity, identify } from './identity.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'
import { reconcile, vendorKey } from './reconcile.ts'

/** Calls with the same key in this process wait for each other instead of racing for the store. */
const underWay = new WeakMap<Engine, Map<string, Promise<unknown>>>()

/** Makes one thing once, whatever breaks: the heart of the suite. See docs/failover.md for the argument. */
export async function runCreate(engine: Engine, call: Call): Promise<unknown> {
  const identity = identify(call, engine.scope)
  if (call.options.idempotencyKey === undefined) return runIntent(engine, call, identity)
  const running = underWay.get(engine) ?? new Map<string, Promise<unknown>>()
  underWay.set(engine, running)
  for (;;) {
    const other = running.get(identity.key)
    if (other === undefined) break
    await other.catch(() => {})
  }
  const mine = runIntent(engine, call, identity)
  running.set(identity.key, mine)
  try {
    return await mine
  } finally {
    running.delete(identity.key)
  }
}

async function runIntent(engine: Engine, call: Call, identity: IntentIdentity): Promise<unknown> {
  call.policy.admit?.(call.name)
  const errors: ProviderError[] = []
  const candidates = candidatesFor(engine, call)
  let intent: Intent | undefined
  for (const [index, member] of candidates.entries()) {
    const input = await admitted(call, member, errors, index > 0 && call.trail.some(({ action }) => action === 'attempt'))
    if (input === undefined) continue
    const isLast = index === candidates.length - 1
    for (let waits = 0; ; waits++) {
      if (intent === undefined) {
        const begun = await begin(call, member, input, identity)
        if (begun.settled !== undefined) return begun.settled.value
        intent = begun.intent
      } else {
        intent = await saved(call, dispatched(call, intent, member, input))
      }
      const result = await attemptOnce<unknown>({
        member,
        call,
        input,
        key: vendorKey(intent, member),
        reference: intent.reference,
        since: intent.since as number,
      })
      await reportHealth(call, member, result.ok ? undefined : result.error)
      if (result.ok) return finish(call, intent, result.value)
      const now = call.policy.clock.now()
      if (result.error.effect === 'unknown') {
        const settlement = await settle(call, { ...intent, until: now }, member, result.error)
        if (settlement.effect === 'done') return settlement.value
        intent = settlement.intent
        // Proved by the look-up; under `duplicate-ok` it stays unknown, and so does the call if nobody else can do it.
        errors.push(settlement.effect === 'none' ? result.error.with({ effect: 'none' }) : result.error)
        break
      }
      intent = await saved(call, { ...intent, state: 'open', until: now })
      errors.push(result.error)
      const move = decide(result.error, member, call.policy, isLast || waits > 0, call.deadlineAt - now)
      if (move.to === 'stop') throw result.error.with({ trail: [...call.trail] })
      if (move.to === 'next' || waits >= 3) break
      call.trail.push({ provider: member.name, action: 'wait', at: call.policy.clock.now(), ms: move.ms, reason: 'rate limit' })
      await call.policy.clock.sleep(move.ms, call.signal)
    }
    if (call.deadlineAt <= call.policy.clock.now()) break
  }
  throw exhausted(call, errors)
}

/** Candidates in order; a handle leaves exactly one. */
export function candidatesFor(engine: Engine, call: Call): readonly Member[] {
  const handle = handleIn(call.spec, call.input)
  if (handle === undefined) return engine.policy.ranking.order(engine.members, call.operation)
  return [memberOf(engine, handle, call.name)]
}

export function memberOf(engine: Engine, handle: string, operation: string): Member {
  const { provider } = parseHandle(handle)
  const member = engine.members.find(({ name }) => name === provider)
  if (member !== undefined) return member
  const known = engine.members.map(({ name }) => name).join(', ')
  throw refuse('provider_not_configured', `This id belongs to "${provider}", which is not configured here (${known}). Configure it, or use another id.`, {
    field: 'id',
    operation,
  })
}

/** The input fitted to this member, or undefined when it is skipped (the trail then says why). */
export async function admitted(call: Call, member: Member, errors: ProviderError[], further: boolean): Promise<unknown> {
  const skip = (reason: string) => {
    call.trail.push({ provider: member.name, action: 'skip', at: call.policy.clock.now(), reason })
    return undefined
  }
  let input: unknown
  try {
    input = prepare(member, call)
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    if (!error.elsewhere) throw error.with({ provider: member.name, operation: call.name, trail: [...call.trail] })
    errors.push(error)
    return skip(error.code)
  }
  if (call.deadlineAt <= call.policy.clock.now()) return skip('deadline passed')
  if (further && call.policy.budget !== undefined && !call.policy.budget.spend()) return skip('retry budget spent')
  if (!further) call.policy.budget?.earn()
  if (call.policy.breakers !== undefined && !(await call.policy.breakers.admit(breakerKey(call, member)))) return skip('breaker open')
  return input
}

function dispatched(call: Call, intent: Intent, member: Member, sent: unknown): Intent {
  const now = call.policy.clock.now()
  return {
    ...intent,
    state: 'dispatched',
    provider: member.name,
    sent,
    since: now,
    until: now + Math.min(call.policy.attemptTimeout, Math.max(0, call.deadlineAt - now)),
    attempts: intent.attempts + 1,
  }
}

interface Begun {
  readonly intent: Intent
  readonly settled?: { readonly value: unknown }
}

/** Writes the intent before anything is sent; a known one is answered or reconciled instead. */
async function begin(call: Call, member: Member, input: unknown, identity: IntentIdentity): Promise<Begun> {
  const { intents, clock } = call.policy
  const now = clock.now()
  const draft: Intent = {
    ...identity,
    operation: call.name,
    input: call.input,
    state: 'open',
    attempts: 0,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  const { intent, created } = await intents.begin(dispatched(call, draft, member, input))
  if (created) return { intent }
  if (intent.fingerprint !== identity.fingerprint) {
    throw refuse('idempotency_key_reused', `${call.name}: this idempotency key was used with another input. Use a new key for a new intent.`, {
      operation: call.name,
      field: 'idempotencyKey',
    })
  }
  if (intent.state === 'done') return { intent, settled: { value: intent.output } }
  if (intent.state === 'open') return { intent: await saved(call, dispatched(call, intent, member, input)) }
  return resume(call, intent, member, input)
}

/** Somebody dispatched this intent and its answer is not known here: it must be reconciled, never sent again. */
async function resume(call: Call, intent: Intent, member: Member, input: unknown): Promise<Begun> {
  const owner = memberOf(call.engine, `${intent.provider}:x`, call.name)
  const unanswered = new ProviderError({
    effect: 'unknown',
    fault: 'network',
    code: 'unanswered',
    message: 'An earlier attempt with this key has no answer yet.',
    provider: owner.name,
    operation: call.name,
  })
  const settlement = await settle(call, intent, owner, unanswered)
  if (settlement.effect === 'done') return { intent, settled: { value: settlement.value } }
  return { intent: await saved(call, dispatched(call, settlement.intent, member, input)) }
}

type Settled =
  | { readonly effect: 'done'; readonly value: unknown }
  | { readonly effect: 'none'; readonly intent: Intent }

/** Turns an unknown outcome into done or none, or throws OutcomeUnknownError. */
async function settle(
  call: Call,
  intent: Intent,
  member: Member,
  error: ProviderError,
): Promise<Settled | { readonly effect: 'unknown'; readonly intent: Intent }> {
  const unknown = await saved(call, { ...intent, state: 'unknown' })
  const settlement: Settlement<unknown> =
    error.fault === 'cancelled' ? { effect: 'unknown' } : await reconcile(call, member, unknown)
  const known = await conclude(call, unknown, settlement)
  if (known !== undefined) return known
  if (call.options.onUnknown === 'duplicate-ok' && error.fault !== 'cancelled') return { effect: 'unknown', intent: unknown }
  throw new OutcomeUnknownError(
    {
      fault: error.fault,
      code: 'outcome_unknown',
      message: `${call.name}: ${member.name} may or may not have acted. Nothing was sent elsewhere; call resolve() later, or repeat with the same idempotency key.`,
      status: error.status,
      vendorCode: error.vendorCode,
      requestId: error.requestId,
      provider: member.name,
      operation: call.name,
      trail: [...call.trail],
      cause: error,
    },
    call.options.idempotencyKey ?? intent.key,
    () => resolveIntent(call.engine, intent.key),
  )
}

async function conclude(call: Call, intent: Intent, settlement: Settlement<unknown>): Promise<Settled | undefined> {
  if (settlement.effect === 'done') return { effect: 'done', value: await finish(call, intent, settlement.value) }
  if (settlement.effect === 'none') return { effect: 'none', intent: await saved(call, { ...intent, state: 'open' }) }
  return undefined
}

/** Knowing that it is done beats whatever somebody else wrote about the intent meanwhile. */
async function finish(call: Call, intent: Intent, value: unknown): Promise<unknown> {
  const id = (value as { id?: unknown } | undefined)?.id
  const { intents, clock } = call.policy
  let known: Intent | undefined = intent
  while (known !== undefined && known.state !== 'done') {
    const handle = typeof id === 'string' ? { handle: id } : {}
    const done: Intent = { ...known, state: 'done', output: value, ...handle, updatedAt: clock.now(), version: known.version + 1 }
    if (await intents.save(done)) return value
    known = await intents.get(intent.key)
  }
  return known === undefined ? value : known.output
}

async function saved(call: Call, intent: Intent): Promise<Intent> {
  const next = { ...intent, updatedAt: call.policy.clock.now(), version: intent.version + 1 }
  if (await call.policy.intents.save(next)) return next
  throw new ProviderError({
    effect: 'unknown',
    fault: 'provider',
    code: 'intent_taken',
    message: `${call.name}: somebody else is working on the same intent. Repeat with the same idempotency key to get its result.`,
    operation: call.name,
  })
}

/** Settles one stored intent, after a restart or later: asks, never sends. */
export async function resolveIntent(engine: Engine, key: string): Promise<Settlement<unknown>> {
  const { intents } = engine.policy
  const intent = await intents.get(key)
  if (intent === undefined || intent.state === 'open') return { effect: 'none' }
  if (intent.state === 'done') return { effect: 'done', value: intent.output }
  const operation = intent.operation.slice(engine.description.name.length + 1)
  const call = await startCall(engine, operation, intent.input, {})
  const member = memberOf(engine, `${intent.provider}:x`, intent.operation)
  const settlement = await reconcile(call, member, intent)
  if (settlement.effect === 'done') return { effect: 'done', value: await finish(call, intent, settlement.value) }
  if (settlement.effect === 'unknown') return settlement
  const closed: Intent = { ...intent, state: 'open', updatedAt: call.policy.clock.now(), version: intent.version + 1 }
  if (await intents.save(closed)) return settlement
  // Somebody else wrote about it meanwhile; what they know counts.
  const now = await intents.get(key)
  return now?.state === 'done' ? { effect: 'done', value: now.output } : { effect: 'unknown' }
}
