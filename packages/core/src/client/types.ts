import type { Clock } from '@do/provider'
import type { RpcCompatible, RpcPromise } from 'capnweb'

type Instance<Class> = Class extends abstract new (...args: never[]) => infer Made ? Made : never
type Named<Class> = Class extends { readonly methods: infer Methods } ? keyof Methods & keyof Instance<Class> : never
type Answer<Value> = Value extends RpcCompatible<Value> ? RpcPromise<Value> : Promise<Value>

/** An object of this class, from afar: only the methods that it exposes, each answering a promise that further calls may be made on at once. */
export type Remote<Class> = {
  readonly [Name in Named<Class>]: Instance<Class>[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Answer<Awaited<Result>>
    : never
}

/** `connecting` for the first time, `open`, `waiting` before the next attempt after a cut, `closed` for good. */
export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'closed'

export interface Backoff {
  /** The first pause, in milliseconds; doubled with each failure. Default 200. */
  readonly initialMs?: number
  /** Default 30,000. */
  readonly maxMs?: number
  /** Between 0 and 1; each pause is a random part of its length. Default Math.random. */
  readonly random?: () => number
}

export interface Heartbeat {
  /**
   * How often it is looked whether anything has come since, in milliseconds; when nothing has, the server is asked for a sign of life.
   * The platform answers it, so an object that sleeps is not woken. Default 30,000.
   */
  readonly idleMs?: number
  /** How long the answer may take before the connection is made anew, in milliseconds. Default 10,000. */
  readonly answerMs?: number
}

export interface CallOptions {
  /** How long one answer may take, in milliseconds, reconnects included. Default: as long as it takes. */
  readonly timeoutMs?: number
  /** Gives up what is under way, and what is called later. */
  readonly signal?: AbortSignal
}

export interface ConnectOptions extends CallOptions {
  /** Sent as the subprotocol `bearer.<token>`, since browsers can set no headers; asked for anew before each attempt. */
  readonly token?: string | (() => string | Promise<string>)
  /** Makes the socket. Default: the platform's WebSocket. */
  readonly webSocket?: (url: string, protocols: string[]) => WebSocket
  readonly clock?: Pick<Clock, 'timer'>
  readonly backoff?: Backoff
  /** Notices a connection that is dead without having said so. `false`: only the next call does. */
  readonly heartbeat?: Heartbeat | false
  /**
   * What the server sends is compressed: fewer bytes for large answers, more time and memory for each message. Default false.
   * https://www.rfc-editor.org/rfc/rfc7692
   */
  readonly compress?: boolean
  /** Told of every change of the state, with the reason of a cut. */
  readonly onState?: (state: ConnectionState, reason?: unknown) => void
}

export interface SubscribeOptions<Event, Cursor> {
  /** Where to begin. */
  readonly cursor: Cursor
  /** Each event once, in the order in which the server sends them. */
  readonly on: (event: Event, cursor: Cursor) => void
  /** The subscription could not be opened, for a reason that a reconnect will not change. */
  readonly onError?: (error: unknown) => void
}

export interface Subscription<Cursor> extends Disposable {
  /** The last one seen. */
  readonly cursor: Cursor
  close(): void
}

export interface Connection<Class> extends Disposable {
  readonly api: Remote<Class>
  readonly state: ConnectionState
  /** Resolves when it is closed for good, with the reason where it was not `close()`. */
  readonly closed: Promise<unknown>
  /** The same object, with other limits for each call. */
  with(options: CallOptions): Remote<Class>
  /** Opens a subscription, and opens it again after each reconnect from the last cursor seen. */
  subscribe<Event, Cursor>(
    open: (api: Remote<Class>, cursor: Cursor, onEvent: (event: Event, cursor: Cursor) => void) => unknown,
    options: SubscribeOptions<Event, Cursor>,
  ): Subscription<Cursor>
  close(): void
}
