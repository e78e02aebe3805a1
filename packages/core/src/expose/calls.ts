import { type Clock, refuse } from '@do/provider'
import type { LogLine } from '../http/log.ts'
import type { Call } from './access.ts'

/** May change or replace the answer, or refuse by throwing. */
export type CallMiddleware = (call: Call, next: () => Promise<unknown>) => unknown

/** Around every call of an exposed method of an object and of the capabilities it hands out. In the order they were added. */
export interface Calls {
  /** `next()` may be called once. */
  use(middleware: CallMiddleware): Calls
  /** Runs before arguments are checked. Refuses by answering false (`forbidden`) or by throwing a typed error. */
  authorize(check: (call: Call) => unknown): Calls
  /** Hooks: what they answer is not used; when `before` throws, the call does not happen. */
  before(hook: (call: Call) => unknown): Calls
  after(hook: (call: Call, result: unknown) => unknown): Calls
  /** Told of every failure, typed or not; what it throws itself is dropped. */
  error(hook: (call: Call, error: unknown) => unknown): Calls
}

export interface CallRoom extends Calls {
  readonly clock: () => Clock
  readonly log: (line: LogLine) => void
  /** Undefined when there is nothing to wait for. @throws ProviderError `forbidden`, or what a check throws */
  allow(call: Call): Promise<void> | undefined
  /** What the method answers, or a promise of it where middleware goes around. */
  run(call: Call, method: () => unknown): unknown
  failed(call: Call, error: unknown): Promise<void>
}

/** `admit` comes first of all: a suspended object lets nobody write. */
export function createCalls(clock: () => Clock, log: (line: LogLine) => void, admit: (call: Call) => void = () => {}): CallRoom {
  const middleware: CallMiddleware[] = []
  const checks: ((call: Call) => unknown)[] = []
  const failures: ((call: Call, error: unknown) => unknown)[] = []

  const calls: CallRoom = {
    clock,
    log,
    use: (step) => {
      middleware.push(step)
      return calls
    },
    authorize: (check) => {
      checks.push(check)
      return calls
    },
    before: (hook) =>
      calls.use(async (call, next) => {
        await hook(call)
        return next()
      }),
    after: (hook) =>
      calls.use(async (call, next) => {
        const result = await next()
        await hook(call, result)
        return result
      }),
    error: (hook) => {
      failures.push(hook)
      return calls
    },
    allow: (call) => {
      admit(call)
      return checks.length === 0 ? undefined : allow(checks, call)
    },
    run: (call, method) => {
      if (middleware.length === 0) return method()
      const step = async (index: number): Promise<unknown> => {
        const current = middleware[index]
        if (current === undefined) return method()
        let called = false
        return current(call, async () => {
          if (called) throw new TypeError('next() may be called once for a call')
          called = true
          return step(index + 1)
        })
      }
      return step(0)
    },
    failed: async (call, error) => {
      for (const hook of failures) {
        try {
          await hook(call, error)
        } catch {
          // A hook that fails must not hide the error it was told of.
        }
      }
    },
  }
  return calls
}

async function allow(checks: readonly ((call: Call) => unknown)[], call: Call): Promise<void> {
  for (const check of checks) {
    if ((await check(call)) === false) throw refuse('forbidden', `You may not call "${call.method}" here.`)
  }
}
