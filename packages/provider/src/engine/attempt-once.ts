import type { DriverContext } from '../driver.ts'
import { type ProviderError, refuse } from '../errors.ts'
import { formatHandle, parseHandle } from '../handle.ts'
import type { OperationSpec } from '../interface.ts'
import type { Page } from '../page.ts'
import { inSpan, recordAttempt } from '../telemetry.ts'
import { type AttemptRecord, runAttempt, strays } from './attempt.ts'
import type { Call } from './call.ts'
import { classify } from './classify.ts'
import type { Member } from './member.ts'
import { parse } from './validate.ts'

type DriverFunction = (input: unknown, context: DriverContext) => Promise<unknown>

export interface AttemptInput {
  readonly member: Member
  readonly call: Call
  readonly input: unknown
  readonly key: string
  readonly reference: string
  readonly since: number
  /** Epoch milliseconds at which it must have ended, since others then count on it. */
  readonly until?: number
  /** Runs this instead of the operation's own driver function (a look-up). */
  readonly run?: DriverFunction
}

export type AttemptResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ProviderError }

/** The function of the driver for a dotted operation name. */
export function driverFunction(member: Member, operation: string): DriverFunction | undefined {
  let at: unknown = member.driver.operations
  for (const name of operation.split('.')) at = (at as Record<string, unknown> | undefined)?.[name]
  return typeof at === 'function' ? (at as DriverFunction) : undefined
}

/** What this member refuses without asking the vendor: capabilities, senders, the adapter's own checks. */
export function prepare(member: Member, call: Call): unknown {
  const { spec, operation } = call
  for (const need of spec.needs(call.input)) {
    const has = member.driver.descriptor.capabilities[need]
    if (has === true) continue
    throw refuse('unsupported', `"${member.name}" cannot do this (${need}): ${has ?? 'not declared'}.`, {
      provider: member.name,
      operation: call.name,
      elsewhere: true,
    })
  }
  if (driverFunction(member, operation) === undefined) {
    throw refuse('unsupported', `"${member.name}" does not have the operation ${operation}.`, {
      provider: member.name,
      operation: call.name,
      elsewhere: true,
    })
  }
  const input = spec.prepare(call.input, { name: member.name, senders: member.senders })
  member.driver.check?.(operation, input)
  return input
}

/** One attempt at one vendor: at most one mutating request for what must not be repeated, bounded in time, judged. */
export async function attemptOnce<T>(attempt: AttemptInput): Promise<AttemptResult<T>> {
  const { member, call } = attempt
  const { clock } = call.policy
  const started = clock.now()
  const budget = Math.min(
    call.policy.attemptTimeout,
    call.deadlineAt - started,
    (attempt.until ?? Number.POSITIVE_INFINITY) - started,
  )
  const controller = new AbortController()
  let aborted: 'timeout' | 'cancelled' | undefined
  let answered = false
  const abort = (why: 'timeout' | 'cancelled') => {
    aborted ??= why
    controller.abort(new DOMException(why, why === 'timeout' ? 'TimeoutError' : 'AbortError'))
  }
  const onAbort = () => abort('cancelled')
  const readOnly = isReadOnly(call.spec) || attempt.run !== undefined
  const record: AttemptRecord = {
    mutations:
      call.spec.kind === 'create' && !readOnly
        ? (member.driver.descriptor.operations[call.operation]?.requests ?? 1)
        : Number.POSITIVE_INFINITY,
    signal: controller.signal,
    straysBefore: strays(),
    requests: 0,
    mutated: 0,
  }
  if (call.signal?.aborted) onAbort()
  else call.signal?.addEventListener('abort', onAbort, { once: true })
  const cancelTimer = clock.timer(Math.max(0, budget), () => abort('timeout'))
  try {
    const value = await inSpan(`${call.name} ${member.name}`, { 'do.provider': member.name, 'do.operation': call.name }, () =>
      runAttempt(record, () => raced(attempt, controller.signal)),
    )
    answered = true
    const checked = attempt.run === undefined ? await readable(call.spec, value) : value
    finish(attempt, started, record, undefined, value)
    return { ok: true, value: checked as T }
  } catch (cause) {
    const error = classify(cause, member.driver, {
      provider: member.name,
      operation: call.name,
      record,
      aborted,
      harmless: readOnly,
      answered,
      now: clock.now(),
    })
    // An adapter may still be at it (loading its SDK, say): it must not send what is judged as not sent.
    controller.abort(new DOMException('The attempt is over.', 'AbortError'))
    finish(attempt, started, record, error)
    return { ok: false, error }
  } finally {
    cancelTimer()
    call.signal?.removeEventListener('abort', onAbort)
  }
}

const isReadOnly = (spec: OperationSpec) => spec.kind === 'read' || spec.kind === 'list'

/** Some SDKs neither see the signal nor fail when a connection dies: the race ends the attempt in any case. */
async function raced(attempt: AttemptInput, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted()
  const run = attempt.run ?? driverFunction(attempt.member, attempt.call.operation)
  if (run === undefined) throw refuse('unsupported', 'The adapter does not have this operation.', { elsewhere: true })
  let onAbort: (() => void) | undefined
  const gaveUp = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([run(attempt.input, contextOf(attempt, signal)), gaveUp])
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}

export function contextOf(attempt: AttemptInput, signal: AbortSignal): DriverContext {
  const { name, clock } = attempt.member
  return {
    signal,
    clock,
    key: attempt.key,
    reference: attempt.reference,
    since: attempt.since,
    handle: (id) => formatHandle(name, id),
    id: (handle) => parseHandle(handle).id,
  }
}

/** An answer that does not have the promised shape proves nothing: it is as if no answer had come. */
async function readable(spec: OperationSpec, value: unknown): Promise<unknown> {
  if (spec.kind !== 'list') return parse(spec.output, value)
  const page = value as Page<unknown>
  return { ...page, items: await Promise.all(page.items.map((item) => parse(spec.output, item))) }
}

function finish(
  attempt: AttemptInput,
  started: number,
  record: AttemptRecord,
  error: ProviderError | undefined,
  value?: unknown,
): void {
  const { member, call } = attempt
  const looking = attempt.run !== undefined
  const success = looking ? { reason: value === undefined ? 'not found' : 'found' } : { effect: 'done' as const }
  const ms = call.policy.clock.now() - started
  call.trail.push({
    provider: member.name,
    action: looking ? 'lookup' : 'attempt',
    at: started,
    ms,
    requests: record.requests,
    ...(record.status === undefined ? {} : { status: record.status }),
    ...(error === undefined
      ? success
      : {
          effect: error.effect,
          fault: error.fault,
          code: error.code,
          ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
          ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
        }),
  })
  call.policy.ranking.observed(member, call.operation, ms, error === undefined)
  recordAttempt(ms, {
    'do.provider': member.name,
    'do.operation': call.name,
    ...(error === undefined ? {} : { 'error.type': error.code }),
  })
}
