import {
  OutcomeUnknownError,
  ProviderError,
  type ProviderErrorFields,
  type ResolveOptions,
  refuse,
  type Settlement,
} from '../errors.ts'
import { answersAtOnce, type Intent } from '../intent.ts'
import { type Call, callOf } from './call.ts'
import { givenKey, type IntentIdentity, isSame } from './identity.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'
import { endOf, type Reconciled, reconcile, repetitionEnd } from './reconcile.ts'
import { within } from './within.ts'

/** An intent taken up: fresh and dispatched, or an earlier one that may be sent (again), or one that is settled. */
export interface Begun {
  readonly intent: Intent
  readonly created?: true
  readonly settled?: { readonly value: unknown }
  /** An earlier call was declined, as it turned out only now. */
  readonly refusal?: ProviderError
}

export function dispatched(call: Call, intent: Intent, member: Member, sent: unknown): Intent {
  const now = call.policy.clock.now()
  const { provider, sent: earlier, since, until, doubts = [] } = intent
  return {
    ...intent,
    // Under `duplicate-ok` it goes on although an earlier attempt may have acted; that is not forgotten.
    ...(intent.state === 'unknown' ? { doubts: [...doubts, { provider, sent: earlier, since, until }] } : {}),
    state: 'dispatched',
    provider: member.name,
    sent,
    since: now,
    until: endOf(call, now),
    attempts: intent.attempts + 1,
  }
}

/** After an attempt that provably had no effect: open again, unless an earlier one is still in doubt. */
export function cleared(intent: Intent): Intent {
  const doubt = intent.doubts?.at(-1)
  if (doubt === undefined) return { ...intent, state: 'open' }
  return { ...intent, ...doubt, state: 'unknown', doubts: intent.doubts?.slice(0, -1) }
}

/** Writes the intent before anything is sent; a known one is answered or reconciled instead. */
export async function begin(call: Call, member: Member, input: unknown, identity: IntentIdentity): Promise<Begun> {
  const { intents, clock } = call.policy
  const now = clock.now()
  const { key, reference, fingerprint } = identity
  const draft: Intent = {
    key,
    operation: call.name,
    fingerprint,
    input: call.input,
    sent: input,
    reference,
    state: 'dispatched',
    provider: member.name,
    since: now,
    until: endOf(call, now),
    attempts: 1,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  const { intent, created } = await stored(call, key, () => intents.begin(draft))
  return created ? { intent, created } : takeUp(call, intent, identity)
}

/**
 * What an earlier call with the same key came to. Dispatched without a known answer, it must be reconciled, never sent
 * again; what is answered without `settled` may be sent.
 */
export async function takeUp(call: Call, intent: Intent, identity: IntentIdentity): Promise<Begun> {
  if (!isSame(intent, identity, call.engine.scope)) {
    throw refuse(
      'idempotency_key_reused',
      `${call.name}: this idempotency key was used with another input. Use a new key for a new intent.`,
      {
        operation: call.name,
        field: 'idempotencyKey',
      },
    )
  }
  if (intent.state === 'done') return { intent, settled: { value: intent.output } }
  let open = intent
  let refusal: ProviderError | undefined
  while (open.state !== 'open') {
    const owner = ownerOf(call, open)
    const unanswered = new ProviderError({
      effect: 'unknown',
      fault: 'network',
      code: 'unanswered',
      message: 'An earlier attempt with this key has no answer yet.',
      provider: owner.name,
      operation: call.name,
    })
    const settlement = await settle(call, open, owner, unanswered)
    if (settlement.effect === 'done') return { intent: open, settled: { value: settlement.value } }
    open = settlement.intent
    if (settlement.effect === 'unknown') break
    refusal = settlement.refusal ?? refusal
  }
  return { intent: open, ...(refusal === undefined ? {} : { refusal }) }
}

export type Settled =
  | { readonly effect: 'done'; readonly value: unknown }
  /** `unknown` only under `duplicate-ok`. */
  | { readonly effect: 'none' | 'unknown'; readonly intent: Intent; readonly refusal?: ProviderError }

/** Turns an unknown outcome into done or none, or throws OutcomeUnknownError. */
export async function settle(call: Call, intent: Intent, member: Member, error: ProviderError): Promise<Settled> {
  const cancelled = error.fault === 'cancelled'
  const repeatedUntil = cancelled ? undefined : repetitionEnd(call, member, intent)
  // Written before it is sent, like every request: whoever looks for what it made counts the vendor's settle time from there.
  const until = repeatedUntil === undefined ? intent.until : Math.max(intent.until ?? 0, repeatedUntil)
  const unknown = await saved(call, { ...intent, state: 'unknown', until })
  const settlement: Reconciled = cancelled ? { effect: 'unknown' } : await reconcile(call, member, unknown, 'do')
  if (settlement.effect === 'done') return { effect: 'done', value: await finish(call, unknown, settlement.value) }
  if (settlement.effect === 'none') {
    const { refusal } = settlement
    return { effect: 'none', intent: await saved(call, cleared(unknown)), ...(refusal === undefined ? {} : { refusal }) }
  }
  if (call.options.onUnknown === 'duplicate-ok' && error.fault !== 'cancelled') return { effect: 'unknown', intent: unknown }
  throw inDoubt(call, unknown, error)
}

/** The error for an intent that somebody may have acted upon. */
export function inDoubt(call: Call, intent: Intent, error: ProviderError): OutcomeUnknownError {
  return unknownOutcome(call, intent.key, {
    fault: error.fault,
    message: `${call.name}: ${intent.provider} may or may not have acted. ${call.options.onUnknown === 'duplicate-ok' ? 'Nobody else did it' : 'Nothing was sent elsewhere'}; call resolve() later, or repeat with the same idempotency key.`,
    status: error.status,
    vendorCode: error.vendorCode,
    requestId: error.requestId,
    provider: intent.provider,
    cause: error,
  })
}

type UnknownFields = Pick<ProviderErrorFields, 'fault' | 'message'> & {
  readonly [K in keyof ProviderErrorFields]?: ProviderErrorFields[K] | undefined
}

export function unknownOutcome(call: Call, key: string, fields: UnknownFields): OutcomeUnknownError {
  const all = { code: 'outcome_unknown', operation: call.name, trail: [...call.trail], ...fields } as ProviderErrorFields
  return new OutcomeUnknownError(all, givenKey(call, key), (options) => resolveIntent(call.engine, key, options))
}

/** Knowing that it is done beats whatever somebody else wrote about the intent meanwhile. */
export async function finish(call: Call, intent: Intent, value: unknown): Promise<unknown> {
  const id = (value as { id?: unknown } | undefined)?.id
  const { intents, clock } = call.policy
  try {
    let known: Intent | undefined = intent
    while (known !== undefined && known.state !== 'done') {
      const done: Intent = {
        ...known,
        state: 'done',
        output: value,
        handle: typeof id === 'string' ? id : known.handle,
        updatedAt: clock.now(),
        version: known.version + 1,
      }
      if (await stored(call, intent.key, () => intents.save(done))) return value
      known = await stored(call, intent.key, () => intents.get(intent.key))
    }
    return known === undefined ? value : known.output
  } catch {
    // It happened, and the caller is told so. What the store still holds makes whoever repeats it ask, not send.
    return value
  }
}

export async function saved(call: Call, intent: Intent): Promise<Intent> {
  const next = { ...intent, updatedAt: call.policy.clock.now(), version: intent.version + 1 }
  if (await stored(call, intent.key, () => call.policy.intents.save(next))) return next
  throw unknownOutcome(call, intent.key, {
    fault: 'provider',
    code: 'intent_taken',
    message: `${call.name}: somebody else is working on the same intent. Repeat with the same idempotency key to get its result.`,
  })
}

/** Asks the intent store, which may fail or hang like everything else; without it nothing is sent. */
export function stored<T>(call: Call, key: string, ask: () => Promise<T>): Promise<T> {
  return answersAtOnce(call.policy.intents) ? ask() : answerOf(call, key, ask)
}

async function answerOf<T>(call: Call, key: string, ask: () => Promise<T>): Promise<T> {
  const { clock } = call.policy
  try {
    // What has happened may still be written down after the deadline.
    return await within(ask(), clock, Math.max(1_000, call.deadlineAt - clock.now()))
  } catch (cause) {
    const problem = {
      fault: 'provider',
      code: 'intent_store_failed',
      message: `${call.name}: the intent store failed or did not answer in time, so nothing more was sent. Repair it, then repeat with the same idempotency key.`,
      cause,
    } as const
    // Nobody else has a key of our own, so before its first attempt it is certain.
    const fresh = call.options.idempotencyKey === undefined && !call.trail.some(({ action }) => action === 'attempt')
    throw fresh
      ? refuse(problem.code, problem.message, { ...problem, operation: call.name, trail: [...call.trail] })
      : unknownOutcome(call, key, problem)
  }
}

function ownerOf(call: Call, intent: Intent): Member {
  const owner = call.engine.members.find(({ name }) => name === intent.provider)
  if (owner !== undefined) return owner
  throw unknownOutcome(call, intent.key, {
    fault: 'caller',
    code: 'provider_not_configured',
    message: `${call.name}: "${intent.provider}" may have acted on this intent, but is not configured here. Configure it again to find out.`,
    provider: intent.provider,
  })
}

/** Settles one stored intent, after a restart or later: asks, and makes nothing unless told so. An intent that is not stored proves nothing. */
export async function resolveIntent(
  engine: Engine,
  key: string,
  { mayComplete = false }: ResolveOptions = {},
): Promise<Settlement<unknown>> {
  const { intents } = engine.policy
  let intent = await intents.get(key)
  if (intent === undefined) return { effect: 'unknown' }
  const { name, flat } = engine.description
  const operation = intent.operation.slice(name.length + 1)
  if (!intent.operation.startsWith(`${name}.`) || !flat.has(operation)) {
    throw new ProviderError({
      effect: 'unknown',
      fault: 'caller',
      code: 'provider_mismatch',
      message: `This is an intent of ${intent.operation}, which no ${name} provider can settle. Pass the provider of its interface.`,
      operation: intent.operation,
    })
  }
  // As it was validated when it was stored: a schema need not take its own output.
  const call = callOf(engine, operation, intent.input, {})
  for (;;) {
    if (intent.state === 'open') return { effect: 'none' }
    if (intent.state === 'done') return { effect: 'done', value: intent.output }
    const settlement = await reconcile(call, ownerOf(call, intent), intent, mayComplete ? 'complete' : 'ask')
    if (settlement.effect === 'done') return { effect: 'done', value: await finish(call, intent, settlement.value) }
    if (settlement.effect === 'unknown') return settlement
    const next: Intent = { ...cleared(intent), updatedAt: call.policy.clock.now(), version: intent.version + 1 }
    if (await intents.save(next)) {
      intent = next
      continue
    }
    // Somebody else wrote about it meanwhile; what they know counts.
    const now = await intents.get(key)
    return now?.state === 'done' ? { effect: 'done', value: now.output } : { effect: 'unknown' }
  }
}
