import { createConnection, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')

export interface LoadOptions {
  readonly connections: number
  readonly milliseconds: number
  /** Default GET. */
  readonly method?: 'GET' | 'POST'
}

/**
 * The same request over and over on keep-alive connections, one in flight on each. Answers how many there were. Raw sockets: on a
 * small machine the client must not eat what it measures. Every answer must be a 200 with a length.
 */
export async function load(url: string, { connections, milliseconds, method = 'GET' }: LoadOptions): Promise<number> {
  const { hostname, port, pathname } = new URL(url)
  const length = method === 'POST' ? 'content-length: 0\r\n' : ''
  const request = Buffer.from(`${method} ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${length}\r\n`)
  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(hostname, Number(port))))
  const until = performance.now() + milliseconds
  const counts = await Promise.all(sockets.map((socket) => drive(socket, request, until)))
  for (const socket of sockets) socket.destroy()
  return counts.reduce((sum, count) => sum + count, 0)
}

function connect(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function drive(socket: Socket, request: Buffer, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0)
    let count = 0
    const send = () => socket.write(request)
    socket.once('close', () => reject(new Error('The server closed a connection.')))
    socket.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const head = held.indexOf(headEnd)
      if (head < 0) return
      const text = held.toString('latin1', 0, head)
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
      if (!text.startsWith('HTTP/1.1 200') || length === undefined) return reject(new Error(`Not a 200 with a length:\n${text}`))
      if (held.length < head + 4 + Number(length)) return
      held = held.subarray(head + 4 + Number(length))
      count++
      if (performance.now() < until) return send()
      socket.removeAllListeners('close')
      resolve(count)
    })
    send()
  })
}
