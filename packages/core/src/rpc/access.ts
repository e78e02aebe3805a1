import type { CallContext } from '../kernel/call-context.ts'

/**
 * How one call came over a connection. The facade asks for it FIRST, with the arguments exactly as Cap'n Web delivered them
 * (the transport hangs a mark of its own on them), and goes on with `args`.
 */
export interface Delivery {
  /** The arguments as the client gave them. */
  readonly args: readonly unknown[]
  /**
   * A capability is made again, after a wake or a reconnect. The facade refuses whatever is not of kind `capability` with
   * `notReplayable()` and runs nothing.
   */
  readonly replaying: boolean
  /** The client never got an answer and sends the call again: reads and capabilities just run again, writes go through `once`. */
  readonly repeated: boolean
  /**
   * For kind `write`, around the bare method and nothing else (after authorisation, checks and middleware): at most once for this call,
   * whatever is cut or killed; a repeated call gets the saved answer or error. The synchronous part of `run` and its journal entry
   * are one transaction. `run` must be handed over as it is, not made asynchronous: `once(() => target[name](...args))`.
   * @throws ProviderError `call_interrupted` (effect unknown) when nobody knows how the first attempt ended.
   */
  once(run: () => unknown): unknown
}

/** A member of the facade's access, where calls come over a connection of ours: `access.deliver?.(given)`. Without it a call is just run. */
export type Deliver = (given: readonly unknown[]) => Delivery

/** On whose behalf a connection calls: what middleware has put into `context.vars.principal`. JSON: it sleeps with the socket. */
export type Principal = unknown

/** One connection, as `createRpc` gives it to whoever makes the main object. */
export interface ConnectionAccess {
  readonly principal: Principal
  /** Names this connection until it closes, over hibernations. */
  readonly connection: string
  readonly requestId: string
  /** `websocket` or `batch` (one HTTP request, nothing lives longer). */
  readonly transport: 'websocket' | 'batch'
  readonly deliver: Deliver
  /** In which the session runs, where it lives longer than one request: calls of it need enter no other. */
  readonly context?: CallContext
}
