import { AsyncLocalStorage } from 'node:async_hooks'

/** What travels with one call, from the edge through every object it reaches. */
export interface CallContext {
  readonly requestId: string
  /** W3C trace context: https://www.w3.org/TR/trace-context/ */
  readonly traceparent?: string | undefined
  /** Epoch milliseconds after which nobody waits for the answer. */
  readonly deadline?: number
  /** Who asks, as authentication has found out. */
  readonly principal?: string | undefined
  /** What the principal may do, in the words of the object's methods. */
  readonly scopes?: readonly string[] | undefined
}

const calls = new AsyncLocalStorage<CallContext>()

/** The call that is being served, where there is one. */
export function currentCall(): CallContext | undefined {
  return calls.getStore()
}

export function withCall<T>(call: CallContext, run: () => T): T {
  return calls.run(call, run)
}

/** The same as data, for the next object: what is worked out on the way here is fixed there. */
export function plainCall(): CallContext | undefined {
  const call = currentCall()
  if (call === undefined) return undefined
  const { requestId, traceparent, deadline, principal, scopes } = call
  return {
    requestId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(principal === undefined ? {} : { principal }),
    ...(scopes === undefined ? {} : { scopes }),
  }
}
