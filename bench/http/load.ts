import { createConnection, type Socket } from 'node:net'

/** What one load has cost. */
export interface Load {
  /** Answers a second. */
  readonly rate: number
  /** How long it took. */
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

const headEnd = Buffer.from('\r\n\r\n')

/**
 * GET over and over on `connections` keep-alive connections, one request in flight on each, for `milliseconds`. Raw sockets: on a
 * small machine the client must not eat what it measures. Every answer must be a 200 with a length.
 */
export async function load(url: string, connections: number, milliseconds: number): Promise<Load> {
  const { hostname, port, pathname } = new URL(url)
  const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`)
  const times: number[] = []
  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(hostname, Number(port))))
  const started = performance.now()
  await Promise.all(sockets.map((socket) => drive(socket, request, started + milliseconds, times)))
  const seconds = (performance.now() - started) / 1000
  for (const socket of sockets) socket.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0
  return { rate: times.length / seconds, seconds, p50: at(0.5), p99: at(0.99) }
}

function connect(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function drive(socket: Socket, request: Buffer, until: number, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0)
    let sent = 0
    const send = () => {
      sent = performance.now()
      socket.write(request)
    }
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
      const now = performance.now()
      times.push(now - sent)
      if (now < until) return send()
      socket.removeAllListeners('close')
      resolve()
    })
    send()
  })
}
