import type { CallOptions, OperationSpec } from '../interface.ts'
import type { TrailEntry } from '../outcome.ts'
import { checkCallOptions } from './options.ts'
import type { Engine, Policy } from './policy.ts'
import { validateInput } from './validate.ts'

/** One call of one operation while it runs. */
export interface Call {
  /** Dotted, with the interface: `sms.send`. */
  readonly name: string
  /** Dotted, without the interface: `send`, `calls.make`. */
  readonly operation: string
  readonly spec: OperationSpec
  readonly input: unknown
  readonly options: CallOptions
  readonly engine: Engine
  readonly policy: Policy
  readonly signal: AbortSignal | undefined
  /** Epoch milliseconds. */
  readonly deadlineAt: number
  readonly trail: TrailEntry[]
}

/** At once where the input has nothing wrong. */
export function startCall(engine: Engine, operation: string, given: unknown, options: CallOptions): Call | Promise<Call> {
  const { description } = engine
  const spec = description.flat.get(operation) as OperationSpec
  const name = `${description.name}.${operation}`
  checkCallOptions(options, name)
  const input = validateInput(spec.input, given ?? (spec.kind === 'list' ? {} : given), name)
  return input instanceof Promise
    ? input.then((validated) => callOf(engine, operation, validated, options))
    : callOf(engine, operation, input, options)
}

/** A call with an input that has been validated before. */
export function callOf(engine: Engine, operation: string, input: unknown, options: CallOptions): Call {
  const { policy, description } = engine
  return {
    name: `${description.name}.${operation}`,
    operation,
    spec: description.flat.get(operation) as OperationSpec,
    input,
    options,
    engine,
    policy,
    signal: options.signal,
    deadlineAt: policy.clock.now() + (options.deadline ?? policy.deadline),
    trail: [],
  }
}
