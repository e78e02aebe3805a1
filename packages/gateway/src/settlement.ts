import type { Outcome, Session } from './host.ts'

export type Log = (entry: LogEntry) => void

/** One thing that went wrong inside, for the operator. No key, no prompt, no answer. */
export interface LogEntry {
  readonly event: 'internal_error' | 'settle_failed' | 'cache_failed'
  readonly requestId: string
  readonly error: unknown
}

export type WaitUntil = ((promise: Promise<unknown>) => void) | undefined

export type Settle = (outcome: Partial<Outcome> & Pick<Outcome, 'effect' | 'finish'>) => void

/** Settles a session exactly once, however many find that it is over. */
export function settleOnce(session: Session, requestId: string, waitUntil: WaitUntil, log: Log): Settle {
  let isSettled = false
  return (outcome) => {
    if (isSettled) return
    isSettled = true
    const failed = (error: unknown) => log({ event: 'settle_failed', requestId, error })
    try {
      const done = session.settle({
        microUsd: undefined,
        usage: undefined,
        provider: undefined,
        model: undefined,
        bytes: 0,
        trail: [],
        ...outcome,
      })
      if (done instanceof Promise) inBackground(done.catch(failed), waitUntil)
    } catch (error) {
      failed(error)
    }
  }
}

/** Outside a Worker nobody has to wait for it. */
export function inBackground(promise: Promise<unknown>, waitUntil: WaitUntil): void {
  if (waitUntil !== undefined) waitUntil(promise)
}
