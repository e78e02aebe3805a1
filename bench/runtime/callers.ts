import { connect } from '@do/core/client'
import { newWebSocketRpcSession } from 'capnweb'
import type { Thing } from './workers/ours.ts'

/** One connection, and a call over it that answers what it was given. */
export interface Caller {
  call(value: string): Promise<unknown>
  close(): void
}

interface Echo {
  echo(value: string): string
}

/** Stock Cap'n Web, at the client. */
export function stockCaller(url: string): Caller {
  const api = newWebSocketRpcSession<Echo>(url.replace('http', 'ws'))
  return { call: async (value) => api.echo(value), close: () => api[Symbol.dispose]() }
}

export function ourCaller(url: string): Caller {
  const { api, close } = connect<typeof Thing>(url)
  return { call: async (value) => api.echo(value), close }
}

interface Frame {
  readonly type?: string
  readonly id?: string
  readonly success?: boolean
  readonly result?: unknown
}

/** The frames of the agents library: its own client brings reconnects, which cost something and are not used here. */
export async function agentsCaller(url: string): Promise<Caller> {
  const socket = await opened(url)
  const waiting = new Map<string, PromiseWithResolvers<unknown>>()
  let calls = 0
  socket.addEventListener('message', ({ data }) => {
    const { type, id = '', success, result } = JSON.parse(String(data)) as Frame
    // It also tells who it is and what its state is.
    if (type !== 'rpc') return
    if (success === true) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(String(data)))
    waiting.delete(id)
  })
  return {
    call: (value) => {
      const id = String(++calls)
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      socket.send(JSON.stringify({ type: 'rpc', id, method: 'echo', args: [value] }))
      return answer.promise
    },
    close: () => socket.close(),
  }
}

/** Messages that come back as they went, in order. */
export async function echoCaller(url: string): Promise<Caller> {
  const socket = await opened(url)
  const waiting: PromiseWithResolvers<unknown>[] = []
  socket.addEventListener('message', ({ data }) => waiting.shift()?.resolve(data))
  return {
    call: (value) => {
      const answer = Promise.withResolvers<unknown>()
      waiting.push(answer)
      socket.send(value)
      return answer.promise
    },
    close: () => socket.close(),
  }
}

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error(`No connection to ${url}`)), { once: true })
  })
  return socket
}
