import { createConnection, type Socket } from 'node:net'

export interface Path {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface LoadOptions {
  readonly connections: number
  readonly milliseconds: number
  readonly streamed: boolean
  readonly model?: string
}

export interface Loaded {
  readonly perSecond: number
  /** Milliseconds to the first byte of the answer's body, and to its end, one for each request. */
  readonly first: readonly number[]
  readonly whole: readonly number[]
}

const prompt = `Say "word" forty times. ${'x'.repeat(400)}`

/**
 * The same request over and over on keep-alive connections, one in flight on each. Raw sockets, as the client must not eat what it
 * measures. An answer that is no 200, or a stream without its end mark, fails the bench: what is cut never counts.
 */
export async function load({ url, headers }: Path, options: LoadOptions): Promise<Loaded> {
  const { connections, milliseconds, streamed, model = 'gpt-4.1-mini' } = options
  const { hostname, port, pathname } = new URL(url)
  const messages = [{ role: 'user', content: prompt }]
  const usage = streamed ? { stream: true, stream_options: { include_usage: true } } : {}
  const body = JSON.stringify({ model, messages, max_tokens: 100, ...usage })
  const all = { host: `${hostname}:${port}`, 'content-type': 'application/json', 'content-length': body.length, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(hostname, Number(port))))
  const began = performance.now()
  const times = await Promise.all(sockets.map((socket) => drive(socket, request, streamed, began + milliseconds)))
  const took = performance.now() - began
  for (const socket of sockets) socket.destroy()
  const first = times.flatMap((own) => own.first)
  return { perSecond: (first.length * 1_000) / took, first, whole: times.flatMap((own) => own.whole) }
}

function connect(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function drive(socket: Socket, request: Buffer, streamed: boolean, until: number) {
  const first: number[] = []
  const whole: number[] = []
  return new Promise<{ first: number[]; whole: number[] }>((resolve, reject) => {
    let text = ''
    let head = -1
    let sent = 0
    let seen = false
    const send = () => {
      text = ''
      head = -1
      seen = false
      sent = performance.now()
      socket.write(request)
    }
    socket.once('close', () => reject(new Error('The server closed a connection.')))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (head < 0) head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      if (!text.startsWith('HTTP/1.1 200')) return reject(new Error(`Not a 200:\n${text.slice(0, 600)}`))
      if (!seen && text.length > head + 4) {
        seen = true
        first.push(performance.now() - sent)
      }
      if (!isWhole(text, head)) return
      if (streamed && !text.includes('data: [DONE]'))
        return reject(new Error(`A stream without its end mark:\n${text.slice(-300)}`))
      whole.push(performance.now() - sent)
      if (performance.now() < until) return send()
      socket.removeAllListeners('close')
      resolve({ first, whole })
    })
    send()
  })
}

function isWhole(text: string, head: number): boolean {
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= head + 4 + Number(length)
}
