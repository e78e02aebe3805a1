import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newWebSocketRpcSession } from 'capnweb'
import { type Connection, type ConnectOptions, connect } from '../../client/index.ts'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'
import type { Desk } from './desk.ts'

export interface Desks {
  readonly workerd: Workerd
  /** `http://127.0.0.1:…/desk/ada/rpc` */
  url(name: string, as?: string): string
  /** Our client; its sockets are kept, to be cut. */
  connect(
    name: string,
    options?: ConnectOptions & { readonly as?: string },
  ): Connection<typeof Desk> & { readonly sockets: WebSocket[] }
  // biome-ignore lint/suspicious/noExplicitAny: the stock client, without types
  stock(name: string): any
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  get(path: string): Promise<any>
  open(name: string, gate: string): Promise<void>
  close(): Promise<void>
}

/** Desks on a real workerd, with their data on disk. */
export async function startDesks(): Promise<Desks> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rpc-desks-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const workerd = await launchWorkerd({ entry, objects: ['Desk'], dataFolder, outbound: ['local'] })
  const url = (name: string, as?: string) => `${workerd.url}/desk/${name}/rpc${as === undefined ? '' : `?as=${as}`}`
  const opened: Disposable[] = []
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(workerd.url + path, { method })
    return response.json()
  }
  return {
    workerd,
    url,
    connect: (name, { as, ...options } = {}) => {
      const sockets: WebSocket[] = []
      const webSocket = (address: string, protocols: string[]) => {
        const socket = new WebSocket(address, protocols)
        sockets.push(socket)
        return socket
      }
      const backoff = { initialMs: 20, maxMs: 200 }
      const connection = connect<typeof Desk>(url(name, as), { webSocket, backoff, ...options })
      opened.push(connection)
      return Object.defineProperties({ sockets }, Object.getOwnPropertyDescriptors(connection)) as ReturnType<Desks['connect']>
    },
    stock: (name) => {
      const socket = new WebSocket(url(name).replace('http', 'ws'))
      const api = newWebSocketRpcSession(socket)
      opened.push({ [Symbol.dispose]: () => socket.close() })
      return api
    },
    get,
    open: async (name, gate) => {
      await get(`/desk/${name}/open/${gate}`, 'POST')
    },
    close: async () => {
      for (const one of opened) one[Symbol.dispose]()
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** The socket is gone, as when a cable is pulled. */
export function cut(connection: { readonly sockets: readonly WebSocket[] }): void {
  const socket = connection.sockets.at(-1)
  // One that is closed while it connects never says that it has closed, in Node.
  if (socket?.readyState === WebSocket.OPEN) socket.close()
}
