import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { healthy } from './healthy.ts'

let server: Server
afterEach(() => void server.close())

/** Each connection is given to the next of these; answers the URL. */
function listening(...each: readonly ((socket: Socket) => void)[]): Promise<string> {
  const next = each[Symbol.iterator]()
  server = createServer((socket) => {
    socket.on('error', () => {})
    next.next().value?.(socket)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}/healthz`))
  })
}

const breaks = (socket: Socket) => void socket.once('data', () => socket.destroy())
const says = (status: string) => (socket: Socket) =>
  void socket.once('data', () => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`))

function worker(gone: Promise<void> = new Promise(() => {})) {
  const ended: string[] = []
  return { ended, gone, end: async (signal: string) => void ended.push(signal) }
}

describe('a worker that has just been started', () => {
  it('is healthy though a connection to it broke', async () => {
    const process = worker()
    await healthy(await listening(breaks, breaks, says('200 OK')), 10_000, process)
    expect(process.ended).toEqual([])
  })

  it('is ended where it answers that it is not', async () => {
    const process = worker()
    const url = await listening(says('500 Oops'))
    await expect(healthy(url, 10_000, process)).rejects.toThrow('workerd listens but is not healthy: /healthz answered 500')
    expect(process.ended).toEqual(['SIGKILL'])
  })

  it('is not waited for when it has ended', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const url = await listening((socket) => {
      resolve()
      breaks(socket)
    })
    await expect(healthy(url, 10_000, worker(gone))).rejects.toThrow('it has ended')
  })

  it('has so much time', async () => {
    const process = worker()
    await expect(healthy(await listening(() => {}), 50, process)).rejects.toThrow('not healthy: The operation was aborted')
    expect(process.ended).toEqual(['SIGKILL'])
  })
})
