import { ProviderError, refuse } from '../errors.ts'
import { parseHandle } from '../handle.ts'
import type { Intent } from '../intent.ts'
import { handleIn } from '../interface.ts'
import { attemptOnce, prepare } from './attempt-once.ts'
import type { Call } from './call.ts'
import { decide } from './decide.ts'
import { breakerKey, exhausted, pause, reportHealth } from './ending.ts'
import { type IntentIdentity, identify } from './identity.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'
import { vendorKey } from './reconcile.ts'
import { begin, cleared, dispatched, finish, inDoubt, saved, settle, stored, takeUp, unknownOutcome } from './settle.ts'
import { within } from './within.ts'

/** Calls with the same key in this process wait for each other instead of racing for the store. */
const underWay = new WeakMap<Engine, Map<string, Promise<unknown>>>()

/** Makes one thing once, whatever breaks: the heart of the suite. See docs/failover.md for the argument. */
export function runCreate(engine: Engine, call: Call): Promise<unknown> {
  const identity = identify(call, engine.scope)
  const keyed = call.options.idempotencyKey !== undefined
  return keyed ? runInTurn(engine, call, identity) : runIntent(engine, call, identity, { asked: false })
}

async function runInTurn(engine: Engine, call: Call, identity: IntentIdentity): Promise<unknown> {
  const running = underWay.get(engine) ?? new Map<string, Promise<unknown>>()
  underWay.set(engine, running)
  for (;;) {
    const other = running.get(identity.key)
    if (other === undefined) break
    await itsTurn(call, identity.key, other)
  }
  const mine = runKeyed(engine, call, identity)
  running.set(identity.key, mine)
  try {
    return await mine
  } finally {
    running.delete(identity.key)
  }
}

/** The other call keeps its own deadline, and this one its own. */
async function itsTurn(call: Call, key: string, other: Promise<unknown>): Promise<void> {
  const { clock } = call.policy
  const ended = other.then(
    () => {},
    () => {},
  )
  try {
    await within(ended, clock, Math.max(0, call.deadlineAt - clock.now()), call.signal)
  } catch (cause) {
    throw unknownOutcome(call, key, {
      fault: call.signal?.aborted ? 'cancelled' : 'network',
      message: `${call.name}: another call with the same idempotency key is still under way. Repeat with the same key to get its result.`,
      cause,
    })
  }
}

/** Whether the store has been asked about the intent: from then on it knows better than any refusal. */
interface Progress {
  asked: boolean
}

async function runKeyed(engine: Engine, call: Call, identity: IntentIdentity): Promise<unknown> {
  const progress: Progress = { asked: false }
  try {
    return await runIntent(engine, call, identity, progress)
  } catch (refusal) {
    if (progress.asked) throw refusal
    // Nobody may be asked now (breaker, limit, configuration), yet an earlier call with this key may have acted.
    const earlier = await stored(call, identity.key, () => call.policy.intents.get(identity.key))
    if (earlier === undefined || earlier.state === 'open') throw refusal
    const { settled } = await takeUp(call, earlier, identity)
    if (settled !== undefined) return settled.value
    throw refusal
  }
}

async function runIntent(engine: Engine, call: Call, identity: IntentIdentity, progress: Progress): Promise<unknown> {
  call.policy.admit?.(call.name)
  const { clock } = call.policy
  const errors: ProviderError[] = []
  const candidates = candidatesFor(engine, call)
  let intent: Intent | undefined
  for (const [index, member] of candidates.entries()) {
    const input = await admitted(call, member, errors, index > 0 && call.trail.some(({ action }) => action === 'attempt'))
    if (input === undefined) continue
    const isLast = index === candidates.length - 1
    for (let waits = 0; ; waits++) {
      let ready = false
      if (intent === undefined) {
        progress.asked = true
        const begun = await begin(call, member, input, identity)
        if (begun.settled !== undefined) return begun.settled.value
        intent = begun.intent
        ready = begun.created === true
        const { refusal } = begun
        if (refusal !== undefined) {
          // Whoever declined, and whoever is first today: a decline moves on only where the list says so.
          errors.push(refusal)
          const decliner = engine.members.find(({ name }) => name === refusal.provider) ?? member
          if (decide(refusal, decliner, call.policy, true, 0).to === 'stop')
            throw ending(call, intent, refusal.with({ trail: [...call.trail] }))
          if (decliner === member) break
        }
      }
      if (!ready) intent = await saved(call, dispatched(call, intent, member, input))
      const until = intent.until as number
      if (clock.now() >= until) {
        // The store took all the time there was. From `until` on others may count on nothing being sent.
        intent = await saved(call, cleared(intent))
        call.trail.push({ provider: member.name, action: 'skip', at: clock.now(), reason: 'deadline passed' })
        break
      }
      const { reference, since } = intent as Intent & { since: number }
      const result = await attemptOnce<unknown>({ member, call, input, key: vendorKey(intent, member), reference, since, until })
      if (result.ok) {
        const value = await finish(call, intent, result.value)
        await reportHealth(call, member, undefined)
        return value
      }
      await reportHealth(call, member, result.error)
      const now = clock.now()
      if (result.error.effect === 'unknown') {
        const settlement = await settle(call, { ...intent, until: now }, member, result.error)
        if (settlement.effect === 'done') return settlement.value
        intent = settlement.intent
        const { refusal } = settlement
        if (refusal !== undefined) {
          errors.push(refusal)
          if (decide(refusal, member, call.policy, true, 0).to === 'stop')
            throw ending(call, intent, refusal.with({ trail: [...call.trail] }))
          break
        }
        // Proved by the look-up; under `duplicate-ok` it stays unknown, and so does the call if nobody else can do it.
        errors.push(settlement.effect === 'none' ? result.error.with({ effect: 'none' }) : result.error)
        break
      }
      intent = await saved(call, cleared({ ...intent, until: now }))
      errors.push(result.error)
      const move = decide(result.error, member, call.policy, isLast || waits > 0, call.deadlineAt - now)
      if (move.to === 'stop') throw ending(call, intent, result.error.with({ trail: [...call.trail] }))
      if (move.to === 'next' || waits >= 3) break
      const cancelled = await pause(call, member, move.ms)
      if (cancelled !== undefined) throw ending(call, intent, cancelled)
    }
    if (call.deadlineAt <= clock.now()) break
  }
  throw ending(call, intent, exhausted(call, errors))
}

/** Whatever the last one said: while an earlier one may have acted, the outcome is unknown. */
function ending(call: Call, intent: Intent | undefined, error: ProviderError): ProviderError {
  return intent?.state === 'unknown' ? inDoubt(call, intent, error) : error
}

/** Candidates in order; a handle leaves exactly one. */
export function candidatesFor(engine: Engine, call: Call): readonly Member[] {
  const handle = handleIn(call.spec, call.input)
  if (handle !== undefined) return [memberOf(engine, handle, call.name)]
  const { members } = engine
  const name = call.spec.addressee(
    call.input,
    members.map((member) => member.name),
  )
  const addressed = members.filter((member) => member.name === name)
  if (addressed.length > 0) return addressed
  // A list over all of them goes on at the next call, where a ranking may have changed its mind.
  if (call.spec.routing === 'all') return engine.members
  if (call.spec.routing === 'first') return firstThatTakes(engine.members, call)
  return engine.policy.ranking.order(engine.members, call.operation)
}

/** By the configured order alone, whatever the ranking: the same call must meet the same provider again. All, where none takes it: their reasons are told. */
function firstThatTakes(members: readonly Member[], call: Call): readonly Member[] {
  for (const member of members) {
    try {
      prepare(member, call)
      return [member]
    } catch (error) {
      if (!ProviderError.is(error) || !error.elsewhere) throw error
    }
  }
  return members
}

export function memberOf(engine: Engine, handle: string, operation: string): Member {
  const { provider } = parseHandle(handle)
  const member = engine.members.find(({ name }) => name === provider)
  if (member !== undefined) return member
  const known = engine.members.map(({ name }) => name).join(', ')
  throw refuse(
    'provider_not_configured',
    `This id belongs to "${provider}", which is not configured here (${known}). Configure it, or use another id.`,
    {
      field: 'id',
      operation,
    },
  )
}

/** The input fitted to this member, or undefined when it is skipped (the trail then says why). A promise where breakers are asked. */
export function admitted(call: Call, member: Member, errors: ProviderError[], further: boolean): unknown {
  const skip = (reason: string) => {
    const variant = call.spec.variant?.(call.input)
    const line = { provider: member.name, action: 'skip', at: call.policy.clock.now(), reason } as const
    call.trail.push(variant === undefined ? line : { ...line, variant })
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
  const admits = call.policy.breakers?.admit(breakerKey(call, member)) ?? true
  if (admits instanceof Promise) return admits.then((closed) => (closed ? input : skip('breaker open')))
  return admits ? input : skip('breaker open')
}
