import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../test/harness.ts'
import { cut, type Desks, startDesks } from './test/harness.ts'

let desks: Desks
beforeAll(async () => {
  desks = await startDesks()
})
afterAll(() => desks.close())

const value = 'again and again '.repeat(200)

/** The extensions of a client's first socket, and of the next one after a cut. */
async function extensionsOf(name: string, options?: Parameters<Desks['connect']>[1]): Promise<string[]> {
  const connection = desks.connect(name, options)
  expect(await connection.api.echo(value)).toBe(value)
  cut(connection)
  await until(
    async () => connection.sockets.length,
    (count) => count > 1,
  )
  expect(await connection.api.echo(value)).toBe(value)
  return connection.sockets.map(({ extensions }) => extensions)
}

describe('what the server sends', () => {
  it('is not compressed, though the platform would: neither at first nor after a cut', async () => {
    expect(await extensionsOf('plain')).toEqual(['', ''])
  })

  it('is compressed where the client wants it, on every socket of it', async () => {
    const deflate = expect.stringContaining('permessage-deflate')
    expect(await extensionsOf('compressed', { compress: true, token: 'ada' })).toEqual([deflate, deflate])
  })

  it('is as the platform has it for a stock client', async () => {
    const socket = new WebSocket(desks.url('stock').replace('http', 'ws'))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    expect(socket.extensions).toContain('permessage-deflate')
    socket.close()
  })
})
