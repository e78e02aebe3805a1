import { type ProviderError, VendorRefusal } from '../errors.ts'
import type { StreamRules } from '../interface.ts'
import { inSpan } from '../telemetry.ts'
import { runAttempt } from './attempt.ts'
import { type AttemptInput, type AttemptResult, dispatch, finish, newRecord } from './attempt-once.ts'
import { classify } from './classify.ts'
import { Watch } from './watch.ts'

/** A stream whose first real piece is there, or all of it. */
export interface OpenStream {
  /** Everything up to that piece. */
  readonly held: unknown[]
  /** What comes after. @throws ProviderError `stream_interrupted` or `cancelled`. */
  next(): Promise<IteratorResult<unknown>>
  /** The reader has left: the vendor is told at once. */
  stop(): void
}

const messages = {
  connect_timeout: 'The vendor did not begin to answer in time.',
  first_output_timeout: 'The vendor began, but nothing that can be used came in time.',
  idle_timeout: 'The vendor fell silent.',
  timeout: 'The time for the whole answer is over.',
} as const

type Why = keyof typeof messages

/** One attempt at one vendor, up to the first piece that commits; or to its end, where all is held back until then. */
export async function openStream(attempt: AttemptInput): Promise<AttemptResult<OpenStream>> {
  const { member, call } = attempt
  const { clock, times: usual } = call.policy
  const holdsAll = (call.options.commit ?? call.policy.commit) === 'whole'
  const times = { ...usual, ...call.options.times }
  const rules = call.spec.stream as StreamRules<unknown>
  const started = clock.now()
  const controller = new AbortController()
  const record = newRecord(attempt, controller.signal)
  const watch = new Watch(clock)
  let why: Why | 'cancelled' | undefined
  const giveUp = (reason: Why | 'cancelled') => {
    if (why !== undefined) return
    why = reason
    const error = new DOMException(reason, reason === 'cancelled' ? 'AbortError' : 'TimeoutError')
    watch.over(error)
    controller.abort(error)
  }
  const onAbort = () => giveUp('cancelled')
  if (call.signal?.aborted) onAbort()
  else call.signal?.addEventListener('abort', onAbort, { once: true })
  // The nearest first: the others then need no timer of their own.
  const liftConnect = watch.until(started + times.connect, () => giveUp('connect_timeout'))
  const liftFirst = watch.until(started + times.firstOutput, () => giveUp('first_output_timeout'))
  watch.until(call.deadlineAt, () => giveUp('timeout'))
  const tidy = () => {
    watch.end()
    call.signal?.removeEventListener('abort', onAbort)
  }
  const judge = (cause: unknown): ProviderError => {
    const aborted = why === undefined || why === 'cancelled' ? why : 'timeout'
    const context = { provider: member.name, operation: call.name, record, aborted, harmless: true, answered: false } as const
    const error = classify(cause, member.driver, { ...context, now: clock.now() })
    if (why !== undefined && why !== 'cancelled') return error.with({ code: why, message: messages[why] })
    return error.code === 'unreadable_answer' && !(cause instanceof VendorRefusal) ? broken(error, cause) : error
  }

  let pieces: AsyncIterator<unknown> | undefined
  const held: unknown[] = []
  const begin = () => {
    liftFirst()
    watch.startIdle(times.idle, () => giveUp('idle_timeout'))
  }
  try {
    await inSpan(`${call.name} ${member.name}`, { 'do.provider': member.name, 'do.operation': call.name }, async () => {
      const answer = watch.guard(Promise.resolve(runAttempt(record, () => dispatch(attempt, controller.signal))))
      pieces = ((await answer) as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      liftConnect()
      for (let hasBegun = false; ; ) {
        const { done, value } = await watch.guard(pieces.next())
        if (done) throw new CutShort()
        held.push(value)
        const isEnd = rules.ends(value)
        if (!hasBegun && (isEnd || rules.commits(value))) {
          begin()
          hasBegun = true
        }
        if (hasBegun && (isEnd || !holdsAll)) return
      }
    })
  } catch (cause) {
    const error = judge(cause)
    tidy()
    controller.abort(new DOMException('The attempt is over.', 'AbortError'))
    finish(attempt, started, record, error)
    return { ok: false, error }
  }
  const line = finish(attempt, started, record, undefined, held)
  let ended = rules.ends(held.at(-1))
  // All is there: whoever takes long to read it keeps no time.
  if (ended) tidy()
  const leave = () => {
    tidy()
    void pieces?.return?.(undefined)?.then(undefined, () => {})
  }
  const next = async (): Promise<IteratorResult<unknown>> => {
    if (ended) {
      leave()
      return { done: true, value: undefined }
    }
    try {
      const result = await watch.guard((pieces as AsyncIterator<unknown>).next())
      if (result.done) throw new CutShort()
      ended = rules.ends(result.value)
      return result
    } catch (cause) {
      const error = judge(cause)
      tidy()
      controller.abort(new DOMException('The attempt is over.', 'AbortError'))
      throw error.fault === 'cancelled' ? error.with({ trail: [...call.trail] }) : interrupted(error)
    }
  }
  const interrupted = (error: ProviderError) => {
    const told = error.with({
      code: 'stream_interrupted',
      effect: 'unknown',
      message: `${call.name}: ${member.name} broke off in the middle of its answer (${error.code}). What came is not whole: ask again.`,
      cause: error,
    })
    // It is still the one attempt: what the trail said of it so far no longer holds.
    const at = call.trail.indexOf(line)
    if (at !== -1) call.trail.splice(at, 1)
    finish(attempt, started, record, told)
    return told.with({ trail: [...call.trail] })
  }
  const stop = () => {
    giveUp('cancelled')
    leave()
  }
  return { ok: true, value: { held, next, stop } }
}

/** It stopped like one that is whole, without the piece that says so. */
class CutShort extends Error {}

function broken(error: ProviderError, cause: unknown): ProviderError {
  return cause instanceof CutShort
    ? error.with({ code: 'stream_truncated', message: 'The vendor stopped without the end mark: the answer is not whole.' })
    : error.with({ code: 'stream_broken', message: 'The answer broke off, or a part of it cannot be read.' })
}
