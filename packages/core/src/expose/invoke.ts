import { type Clock, ProviderError, refuse, systemClock } from '@do/provider'
import { consoleLog, errorFacts } from '../http/log.ts'
import { type CallContext, currentCall, withCall } from '../kernel/call-context.ts'
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
  const options = exposedBy(target)[method]
  if (options === undefined) throw unknownMethod()
  const end = access.limits?.begin()
  const context = access.context()
  const kind = options.kind ?? 'write'
  const delivery = access.deliver?.(given)
  const args = delivery?.args ?? given
  const repeated = delivery !== undefined && (delivery.replaying || delivery.repeated)
  let call: Call = { method, kind, args, target, on: target.constructor.name, context, repeated }
  try {
    if (delivery?.replaying && kind !== 'capability') throw notReplayable()
    checkSize(args, access.limits ?? bounds)
    const perform = async () => {
      checkScopes(options, context, access)
      // Without anybody to ask there is nothing to wait for: calls then run in the order they came.
      const asked = access.calls?.allow(call)
      if (asked !== undefined) await asked
      call = { ...call, args: checked(options, method, args) }
      const bare = () => (methodOf(target, method) as (...args: readonly unknown[]) => unknown).apply(target, [...call.args])
      const run = kind === 'write' && delivery !== undefined ? () => delivery.once(bare) : bare
      return finish(await (access.calls === undefined ? run() : access.calls.run(call, run)))
    }
    const { deadline } = context
    const inTime = deadline === undefined ? perform : () => beforeDeadline(deadline, kind, access, perform)
    // All calls of one connection have the same context, and its session was begun in it.
    return await (currentCall() === context ? inTime() : withCall(context, inTime))
  } catch (error) {
    await access.calls?.failed(call, error)
    // What another object has answered is typed, but plain until here.
    const known = isTyped(error) ? error : fromWire(error)
    if (isTyped(known)) throw known
    const log = access.calls?.log ?? consoleLog
    const at = new Date((access.calls?.clock() ?? systemClock).now()).toISOString()
    log({ at, level: 'error', event: 'call.failed', requestId: context.requestId, on: call.on, method, ...errorFacts(error) })
    throw internalError(kind === 'write' ? 'unknown' : 'none')
  } finally {
    end?.()
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

function checked({ input }: MethodOptions, method: string, args: readonly unknown[]): readonly unknown[] {
  if (input === undefined) return args
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
  const message =
    effect === 'none'
      ? 'The deadline of this call has passed. Nothing was done.'
      : 'The deadline of this call passed while it ran. It may still have its effect.'
  return new ProviderError({ code: 'deadline_exceeded', fault: 'cancelled', effect, message })
}
