import { refuse } from '@do/provider'
import type { Connections } from './connections.ts'

/** A function or object of a client that the server goes on calling after the call that brought it. */
export interface KeptCallback<Callback> {
  readonly name: string
  readonly connection: string
  readonly principal: unknown
  /** To be called; it stays until it is dropped, do not dispose of it. */
  readonly callback: Callback
  /** Gives it back to the client. */
  drop(): void
}

type Callable = (...args: never[]) => unknown

export interface Callbacks {
  /**
   * Keeps a callback over hibernations, and over reconnects of a client that resumes. In the call that brought it; one of the same
   * name on the same connection is given back.
   * @throws ProviderError `no_connection` outside of a call over a WebSocket, `invalid_callback` for what is no callback of this client,
   * `too_many_callbacks` beyond 100 on one connection.
   */
  keep(name: string, callback: object): void
  /** Those of all connections that are open now. */
  list<Callback extends Callable | object = (...args: unknown[]) => Promise<unknown>>(
    name: string,
  ): Promise<KeptCallback<Callback>[]>
  /** Gives back the one of the connection whose call is being served. False when there is none. */
  drop(name: string): boolean
}

const maxKept = 100

export function createCallbacks(connections: Connections): Callbacks {
  const drop = async (connection: ReturnType<Connections['each']>[number], name: string) => {
    const session = connections.wake(connection)
    const kept = session?.kept.get(name)
    if (session === undefined || kept === undefined) return
    session.kept.delete(name)
    connections.changed(connection)
    const stub = await session.adopt(kept)
    stub[Symbol.dispose]()
  }

  return {
    keep: (name, callback) => {
      const connection = connections.current()
      const session = connection?.session
      if (connection === undefined || session === undefined || session.ended) {
        throw refuse('no_connection', 'A callback can be kept in the call that brings it, over a WebSocket. Call keep() there.')
      }
      const before = session.kept.get(name)
      if (before === undefined && session.kept.size >= maxKept) {
        throw refuse('too_many_callbacks', `A connection may leave ${maxKept} callbacks. Drop one first.`, { fault: 'quota' })
      }
      const dup = (callback as { readonly dup?: unknown } | null)?.dup
      const id = typeof dup === 'function' ? session.identify(callback) : undefined
      if (id === undefined)
        throw refuse('invalid_callback', 'This is no function or object of the client that calls. Pass on what it gave.', {
          field: 'callback',
        })
      // The client's stub is the server's to hold from here on.
      const stub = (callback as { dup(): NonNullable<typeof before>['stub'] }).dup()
      session.kept.set(name, { id, ...(stub === undefined ? {} : { stub }) })
      before?.stub?.[Symbol.dispose]()
      connections.changed(connection)
    },
    list: async <Callback>(name: string) => {
      const found = connections.each().map(async (connection): Promise<KeptCallback<Callback> | undefined> => {
        // Others sleep on.
        const has = connection.session?.kept.has(name) ?? connection.saved.kept.some(([known]) => known === name)
        const session = has ? connections.wake(connection) : undefined
        const kept = session?.kept.get(name)
        if (session === undefined || kept === undefined) return undefined
        const { saved } = connection
        const callback = (await session.adopt(kept)) as Callback
        return {
          name,
          connection: saved.connection,
          principal: saved.principal,
          callback,
          drop: () => void drop(connection, name),
        }
      })
      return (await Promise.all(found)).filter((one) => one !== undefined)
    },
    drop: (name) => {
      const connection = connections.current()
      if (connection?.session?.kept.has(name) !== true) return false
      void drop(connection, name)
      return true
    },
  }
}
