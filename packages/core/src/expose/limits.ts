import type { Clock } from '@do/provider'
import { ProviderError, refuse } from '@do/provider'

export interface LimitOptions {
  /** Of all arguments of one call, about. Default 1,048,576. */
  readonly argumentBytes?: number
  /** Nesting of the arguments. Default 64. */
  readonly argumentDepth?: number
  /** Values in the arguments of one call: fields, items and their insides. Default 100,000. */
  readonly argumentValues?: number
  /** Calls that have not been answered yet, pipelined ones included. Default 1,000. */
  readonly callsAtOnce?: number
  /** Capabilities that were handed out and not given back. Default 1,000. */
  readonly capabilities?: number
  /** Calls a second in the long run. Default 2,000. */
  readonly callsPerSecond?: number
  /** Calls that may come at once after a quiet time. Default twice as many. */
  readonly burst?: number
}

/** What one connection may do. Counted in memory: a connection that wakes starts with a full allowance. */
export interface ConnectionLimits {
  readonly argumentBytes: number
  readonly argumentDepth: number
  readonly argumentValues: number
  /** A call begins; the answer ends it. @throws ProviderError `rate_limited`, `too_many_calls`, both with effect `none` */
  begin(): () => void
  /** A capability is handed out; the answer takes it back. @throws ProviderError `too_many_capabilities` */
  handOut(): () => void
  /** For inspection. */
  counts(): { readonly calls: number; readonly capabilities: number }
}

export function createLimits(clock: () => Pick<Clock, 'now'>, options: LimitOptions = {}): ConnectionLimits {
  const { callsAtOnce = 1_000, capabilities: most = 1_000, callsPerSecond = 2_000 } = options
  const burst = options.burst ?? callsPerSecond * 2
  let tokens = burst
  let filledAt = clock().now()
  let calls = 0
  let capabilities = 0

  const take = () => {
    const now = clock().now()
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * callsPerSecond) / 1_000)
    filledAt = now
    if (tokens < 1) {
      const retryAfterMs = Math.ceil(((1 - tokens) * 1_000) / callsPerSecond)
      throw new ProviderError({
        code: 'rate_limited',
        fault: 'quota',
        effect: 'none',
        retryAfterMs,
        message: `More than ${callsPerSecond} calls a second over one connection. Wait, then repeat the call.`,
      })
    }
    tokens -= 1
  }

  return {
    argumentBytes: options.argumentBytes ?? 1_048_576,
    argumentDepth: options.argumentDepth ?? 64,
    argumentValues: options.argumentValues ?? 100_000,
    begin: () => {
      take()
      if (calls >= callsAtOnce) {
        throw refuse('too_many_calls', `More than ${callsAtOnce} calls wait for their answers. Await some before the next.`, {
          fault: 'quota',
        })
      }
      calls += 1
      return once(() => {
        calls -= 1
      })
    },
    handOut: () => {
      if (capabilities >= most) {
        throw refuse('too_many_capabilities', `More than ${most} capabilities are held. Dispose of those you no longer need.`, {
          fault: 'quota',
        })
      }
      capabilities += 1
      return once(() => {
        capabilities -= 1
      })
    },
    counts: () => ({ calls, capabilities }),
  }
}

function once(run: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    run()
  }
}
