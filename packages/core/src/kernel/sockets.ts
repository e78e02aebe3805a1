import type { ObjectContext, ObjectSocket } from '../platform/types.ts'

/** What one room does with the sockets it has accepted; called again after every wake. */
export interface SocketHandler {
  message(socket: ObjectSocket, message: string | ArrayBuffer): void | Promise<void>
  close?(socket: ObjectSocket, code: number, reason: string, clean: boolean): void | Promise<void>
  error?(socket: ObjectSocket, error: unknown): void | Promise<void>
}

/** Hibernating WebSockets, shared out to the rooms by the first tag of each socket. */
export interface Sockets {
  /** Names the room that serves sockets of this tag. In the constructor: after a wake nothing else is remembered. */
  on(tag: string, handler: SocketHandler): void
  /** Accepts the server end for the room of `tag`; the object may then hibernate with the socket open. At most 9 further tags. */
  accept(socket: ObjectSocket, tag: string, ...more: string[]): void
  list(tag: string): ObjectSocket[]
  handlerOf(socket: ObjectSocket): SocketHandler | undefined
}

export function createSockets(ctx: ObjectContext): Sockets {
  const handlers = new Map<string, SocketHandler>()
  /** Tags never change, and to ask for them takes as long as to answer a short message. */
  const known = new WeakMap<ObjectSocket, SocketHandler>()
  return {
    on: (tag, handler) => {
      if (handlers.has(tag)) throw new TypeError(`Sockets of "${tag}" have a handler already.`)
      handlers.set(tag, handler)
    },
    accept: (socket, tag, ...more) => ctx.acceptWebSocket(socket, [tag, ...more]),
    list: (tag) => ctx.getWebSockets(tag),
    handlerOf: (socket) => {
      const before = known.get(socket)
      if (before !== undefined) return before
      const handler = handlers.get(ctx.getTags(socket)[0] ?? '')
      if (handler !== undefined) known.set(socket, handler)
      return handler
    },
  }
}
