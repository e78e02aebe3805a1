import { systemClock } from '@do/provider/clock'
import { RpcSession } from 'capnweb'
import { compressed } from '../rpc/protocols.ts'
import { closedError, RpcError } from './errors.ts'
import { subscribe } from './subscribe.ts'
import { ResumingTransport } from './transport.ts'
import { type StubOptions, typedStub } from './typed-stub.ts'
import type { CallOptions, Connection, ConnectionState, ConnectOptions, Remote } from './types.ts'

/**
 * Connects to the object at this URL: `https://host/customer/ada/rpc`. Returns at once; calls wait until the connection is open.
 * Over cuts, deploys and restarts of the server everything stays as it is, and calls under way are answered once: reads are asked
 * again, writes are not run twice. What cannot be made again is broken with an `RpcError`.
 */
export function connect<Class>(url: string | URL, options: ConnectOptions = {}): Connection<Class> {
  const { clock = systemClock, backoff = {}, heartbeat = {}, compress = false, token, timeoutMs, signal } = options
  const { initialMs = 200, maxMs = 30_000, random = Math.random } = backoff
  const address = new URL(url)
  address.protocol = address.protocol.replace('http', 'ws')
  const listeners = new Set<(state: ConnectionState) => void>()
  const closed = Promise.withResolvers<unknown>()
  let state: ConnectionState = 'connecting'

  const open = async (protocols: string[]): Promise<WebSocket> => {
    const secret = typeof token === 'function' ? await token() : token
    const all = [...protocols, ...(compress ? [compressed] : []), ...(secret === undefined ? [] : [`bearer.${secret}`])]
    return options.webSocket?.(address.href, all) ?? new WebSocket(address.href, all)
  }
  const change = (next: ConnectionState, reason?: unknown) => {
    // The first connection is made only once, however often it is tried.
    if (state === 'closed' || (state === 'connecting' && next === 'waiting' && reason === undefined)) return
    state = next
    options.onState?.(next, reason)
    for (const listener of listeners) listener(next)
    if (next === 'closed') closed.resolve(reason instanceof RpcError && reason.code === 'connection_closed' ? undefined : reason)
  }

  let main: ReturnType<typeof begin>
  function begin() {
    const transport = new ResumingTransport({
      open,
      clock,
      heartbeat,
      pause: (failures) => Math.min(maxMs, initialMs * 2 ** Math.min(failures, 20)) * random(),
      changed: (next, reason) => {
        const refused = next === 'closed' && reason instanceof RpcError && reason.code === 'resume_refused'
        if (!refused) {
          change(next, reason)
          return
        }
        // What came from the old session is broken; the object itself can be reached by a new one.
        change('waiting', reason)
        main = begin()
      },
    })
    const session = new RpcSession(transport)
    return { transport, stub: session.getRemoteMain() as unknown as ReturnType<typeof typedStub> }
  }
  main = begin()

  const own: StubOptions = {
    clock,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  }
  const facade = (call: CallOptions) => typedStub(() => main.stub, { ...own, ...call }) as unknown as Remote<Class>
  const close = () => main.transport.end(closedError())

  const connection: Connection<Class> = {
    api: facade({}),
    get state() {
      return state
    },
    closed: closed.promise,
    with: facade,
    subscribe: (start, how) =>
      subscribe(connection.api, start, how, (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      }),
    close,
    [Symbol.dispose]: close,
  }
  return connection
}
