import type { DriverContext } from '../driver.ts'
import { type ProviderError, refuse } from '../errors.ts'
import { formatHandle, parseHandle } from '../handle.ts'
import type { OperationSpec } from '../interface.ts'
import type { TrailEntry } from '../outcome.ts'
import type { Page } from '../page.ts'
import { inSpan, recordAttempt } from '../telemetry.ts'
import { type AttemptRecord, runAttempt, strays } from './attempt.ts'
import type { Call } from './call.ts'
import { classify } from './classify.ts'
import { type DriverFunction, instanceOf, type Member } from './member.ts'
import { parse } from './validate.ts'

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
  if (!member.functions.has(operation)) {
    throw refuse('unsupported', `"${member.name}" does not have the operation ${operation}.`, {
      provider: member.name,
      operation: call.name,
      elsewhere: true,
    })
  }
  const input = spec.prepare(call.input, instanceOf(member, call.engine.members))
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
  let end!: (value: unknown) => void
  let giveUp!: (reason: unknown) => void
  const ended = new Promise<unknown>((resolve, reject) => {
    end = resolve
    giveUp = reject
  })
  const abort = (why: 'timeout' | 'cancelled') => {
    aborted ??= why
    const reason = new DOMException(why, why === 'timeout' ? 'TimeoutError' : 'AbortError')
    giveUp(reason)
    controller.abort(reason)
  }
  const onAbort = () => abort('cancelled')
  const harmless = changesNothing(call.spec) || attempt.run !== undefined
  const record = newRecord(attempt, controller.signal)
  if (call.signal?.aborted) onAbort()
  else call.signal?.addEventListener('abort', onAbort, { once: true })
  const cancelTimer = clock.timer(Math.max(0, budget), () => abort('timeout'))
  try {
    const value = await inSpan(`${call.name} ${member.name}`, { 'do.provider': member.name, 'do.operation': call.name }, () => {
      // Some SDKs neither see the signal nor fail when a connection dies: what comes first, answer or abort, ends the attempt.
      if (aborted === undefined) Promise.resolve(runAttempt(record, () => dispatch(attempt, controller.signal))).then(end, giveUp)
      return ended
    })
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
      harmless,
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

const changesNothing = ({ kind }: OperationSpec) => kind !== 'create' && kind !== 'set' && kind !== 'act'

export function newRecord({ member, call, run }: AttemptInput, signal: AbortSignal): AttemptRecord {
  const { kind } = call.spec
  const once = kind === 'create' || kind === 'compute' || kind === 'stream'
  const requests = member.driver.descriptor.operations[call.operation]?.requests ?? 1
  return {
    mutations: once && run === undefined ? requests : Number.POSITIVE_INFINITY,
    signal,
    straysBefore: strays(),
    requests: 0,
    mutated: 0,
    changing: false,
    doubtful: false,
    status: undefined,
    headers: undefined,
    network: undefined,
  }
}

export function dispatch(attempt: AttemptInput, signal: AbortSignal): Promise<unknown> {
  const run = attempt.run ?? attempt.member.functions.get(attempt.call.operation)
  if (run === undefined) throw refuse('unsupported', 'The adapter does not have this operation.', { elsewhere: true })
  return run(attempt.input, contextOf(attempt, signal))
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
function readable(spec: OperationSpec, value: unknown): unknown {
  return spec.kind === 'list' ? readablePage(spec, value as Page<unknown>) : parse(spec.output, value)
}

async function readablePage(spec: OperationSpec, page: Page<unknown>): Promise<Page<unknown>> {
  return { ...page, items: await Promise.all(page.items.map((item) => parse(spec.output, item))) }
}

/** Writes the attempt into the trail, the ranking and the metrics. Answers its line. */
export function finish(
  attempt: AttemptInput,
  started: number,
  record: AttemptRecord,
  error: ProviderError | undefined,
  value?: unknown,
): TrailEntry {
  const { member, call } = attempt
  const ms = call.policy.clock.now() - started
  const looking = attempt.run !== undefined
  const line: { -readonly [K in keyof TrailEntry]: TrailEntry[K] } = {
    provider: member.name,
    action: looking ? 'lookup' : 'attempt',
    at: started,
    ms,
    requests: record.requests,
  }
  const variant = call.spec.variant?.(attempt.input)
  if (variant !== undefined) line.variant = variant
  if (record.status !== undefined) line.status = record.status
  if (error !== undefined) {
    line.effect = error.effect
    line.fault = error.fault
    line.code = error.code
    if (error.retryAfterMs !== undefined) line.retryAfterMs = error.retryAfterMs
    if (error.requestId !== undefined) line.requestId = error.requestId
  } else if (looking) line.reason = value === undefined ? 'not found' : 'found'
  else line.effect = 'done'
  call.trail.push(line)
  call.policy.ranking.observed(member, call.operation, ms, error === undefined)
  recordAttempt(
    ms,
    error === undefined
      ? { 'do.provider': member.name, 'do.operation': call.name }
      : { 'do.provider': member.name, 'do.operation': call.name, 'error.type': error.code },
  )
  return line
}
