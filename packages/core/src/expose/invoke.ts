import { type Clock, ProviderError, refuse, systemClock } from '@do/provider'
import { consoleLog, errorFacts } from '../http/log.ts'
import { type CallContext, currentCall, withCall } from '../kernel/call-context.ts'
import { isoTime } from '../kernel/iso-time.ts'
import { isPromise } from '../kernel/promises.ts'
import type { Delivery } from '../rpc/access.ts'
import { validate } from '../storage/schema.ts'
import type { Access, Call } from './access.ts'
import { exposedBy, methodOf } from './capability.ts'
import { fromWire, internalError, isTyped, notReplayable, unknownMethod } from './errors.ts'
import type { MethodKind, MethodOptions } from './types.ts'
import { checkSize } from './values.ts'

const bounds = { argumentBytes: 1_048_576, argumentDepth: 64, argumentValues: 100_000 }

/**
 * Calls an exposed method as somebody outside: limits, authorisation, validation, middleware, then the method itself with
 * `currentCall()` set. `finish` makes of its answer what may leave. Every protocol's calls come through here.
 * @throws what the method throws when that is typed, otherwise ProviderError `internal_error`; `unknown_method`, `unauthorized`,
 * `forbidden`, `invalid_input`, `too_large`, `too_deep`, `rate_limited`, `deadline_exceeded`, `not_replayable`
 */
export async function invoke(
  target: object,
  method: string,
  given: readonly unknown[],
  access: Access,
  finish: (result: unknown) => unknown = (result) => result,
): Promise<unknown> {
  return invokeNow(target, method, given, access, finish)
}

/** The same, with the answer at once where nothing is waited for. What fails is a promise that rejects, but for what is no call at all. */
export function invokeNow(
  target: object,
  method: string,
  given: readonly unknown[],
  access: Access,
  finish: (result: unknown) => unknown,
): unknown {
  const options = exposedBy(target)[method]
  if (options === undefined) throw unknownMethod()
  const end = access.limits?.begin()
  const context = access.context()
  const kind = options.kind ?? 'write'
  const delivery = access.deliver?.(given)
  const args = delivery?.args ?? given
  const repeated = delivery !== undefined && (delivery.replaying || delivery.repeated)
  const call: Call = { method, kind, args, target, on: target.constructor.name, context, repeated }
  const invocation = new Invocation(call, options, access, delivery, finish)
  let answer: unknown
  try {
    if (delivery?.replaying && kind !== 'capability') throw notReplayable()
    checkSize(args, access.limits ?? bounds)
    // All calls of one connection have the same context, and its session was begun in it.
    answer = currentCall() === context ? invocation.begin() : withCall(context, () => invocation.begin())
  } catch (error) {
    answer = Promise.reject(error)
  }
  if (isPromise(answer)) return settled(answer, invocation, access).finally(end)
  end?.()
  return answer
}

/**
 * A class: functions that go by a name would be made, and by most bundlers be given it, anew for each call. And promises only where
 * something takes its time: calls that answer at once are most calls.
 */
class Invocation {
  declare call: Call
  declare readonly options: MethodOptions
  declare readonly access: Access
  declare readonly delivery: Delivery | undefined
  declare readonly finish: (result: unknown) => unknown

  constructor(
    call: Call,
    options: MethodOptions,
    access: Access,
    delivery: Delivery | undefined,
    finish: (result: unknown) => unknown,
  ) {
    this.call = call
    this.options = options
    this.access = access
    this.delivery = delivery
    this.finish = finish
  }

  begin(): unknown {
    const { deadline } = this.call.context
    return deadline === undefined ? this.ask() : beforeDeadline(deadline, this.call.kind, this.access, async () => this.ask())
  }

  ask(): unknown {
    checkScopes(this.options, this.call.context, this.access)
    // Without anybody to ask there is nothing to wait for: calls then run in the order they came.
    const asked = this.access.calls?.allow(this.call)
    return asked === undefined ? this.perform() : asked.then(() => this.perform())
  }

  perform(): unknown {
    const { call, options, access, finish } = this
    if (options.input !== undefined) this.call = { ...call, args: checked(options.input, call.method, call.args) }
    const result = access.calls === undefined ? this.once() : access.calls.run(this.call, () => this.once())
    return isPromise(result) ? result.then(finish) : finish(result)
  }

  once(): unknown {
    return this.call.kind === 'write' && this.delivery !== undefined ? this.delivery.once(() => this.bare()) : this.bare()
  }

  bare(): unknown {
    const { target, method, args } = this.call
    return (methodOf(target, method) as (...args: readonly unknown[]) => unknown).apply(target, [...args])
  }
}

async function settled(answer: PromiseLike<unknown>, invocation: Invocation, { calls }: Access): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    const { call } = invocation
    await calls?.failed(call, error)
    // What another object has answered is typed, but plain until here.
    const known = isTyped(error) ? error : fromWire(error)
    if (isTyped(known)) throw known
    const { on, method, kind } = call
    const at = isoTime((calls?.clock() ?? systemClock).now())
    const failure = { requestId: call.context.requestId, on, method, ...errorFacts(error) }
    ;(calls?.log ?? consoleLog)({ at, level: 'error', event: 'call.failed', ...failure })
    throw internalError(kind === 'write' ? 'unknown' : 'none')
  }
}

function checkScopes(
  { scopes }: MethodOptions,
  { principal, scopes: held = [] }: CallContext,
  { trusted = false }: Access,
): void {
  if (scopes === undefined || trusted || scopes.some((scope) => held.includes(scope))) return
  if (principal === undefined) throw refuse('unauthorized', 'This method asks who you are. Sign in, then call it again.')
  throw refuse('forbidden', `This method needs one of these scopes: ${scopes.join(', ')}.`, { fault: 'caller' })
}

function checked(input: NonNullable<MethodOptions['input']>, method: string, args: readonly unknown[]): readonly unknown[] {
  if (args.length > input.length) {
    throw refuse('invalid_input', `"${method}" takes ${input.length} arguments, and ${args.length} came. Leave the others out.`)
  }
  return input.map((schema, index) => validate(schema, args[index], `argument ${index + 1} of "${method}"`))
}

/** Nobody waits for an answer after the deadline: what has not begun does not begin, what has is no longer waited for. */
function beforeDeadline<T>(deadline: number, kind: MethodKind, access: Access, run: () => Promise<T>): Promise<T> {
  const clock: Clock = access.calls?.clock() ?? systemClock
  return withDeadline(clock, deadline, kind === 'write' ? 'unknown' : 'none', run)
}

/** @throws ProviderError `deadline_exceeded`: with effect `none` when it had passed already, else with `effect`. */
export async function withDeadline<T>(
  clock: Clock,
  deadline: number,
  effect: 'none' | 'unknown',
  run: () => Promise<T>,
): Promise<T> {
  const left = deadline - clock.now()
  if (left <= 0) throw tooLate('none')
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = clock.timer(left, () => reject(tooLate(effect)))
  try {
    return await Promise.race([run(), promise])
  } finally {
    cancel()
  }
}

function tooLate(effect: 'none' | 'unknown'): ProviderError {
  const happened = effect === 'none' ? 'Nothing was done.' : 'It may still have its effect.'
  const message = `The deadline of this call has passed. ${happened}`
  return new ProviderError({ code: 'deadline_exceeded', fault: 'cancelled', effect, message })
}
