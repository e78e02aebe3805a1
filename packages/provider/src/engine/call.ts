import type { CallOptions, OperationSpec } from '../interface.ts'
import type { TrailEntry } from '../outcome.ts'
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

export async function startCall(engine: Engine, operation: string, given: unknown, options: CallOptions): Promise<Call> {
  const spec = engine.description.flat.get(operation) as OperationSpec
  const name = `${engine.description.name}.${operation}`
  const { policy } = engine
  return {
    name,
    operation,
    spec,
    input: await validateInput(spec.input, given ?? (spec.kind === 'list' ? {} : given), name),
    options,
    engine,
    policy,
    signal: options.signal,
    deadlineAt: policy.clock.now() + (options.deadline ?? policy.deadline),
    trail: [],
  }
}
