import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openaiCompatibleLlm } from './index.ts'
import { all, chunk, done, failure, hello } from './test/set-up.ts'

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const body = { stream: true, messages: hello }

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A real server, with what it saw of connections. */
async function listening(answer: (response: ServerResponse) => void) {
  const seen = { sockets: new Set<unknown>(), closed: 0 }
  server = createServer((request, response) => {
    seen.sockets.add(request.socket)
    request.resume()
    response.on('close', () => {
      if (!response.writableFinished) seen.closed += 1
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    answer(response)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { seen, provider: openaiCompatibleLlm({ name: 'local', baseUrl: `http://127.0.0.1:${port}/v1` }) }
}

describe('real connections', () => {
  it('serve one stream after the other, when each was read to its end', async () => {
    const { seen, provider } = await listening((response) => {
      for (const part of [chunk({ content: 'Yes' }), chunk({}, 'stop')]) response.write(event(part))
      // The connection's own end comes a little later than the answer's.
      response.write(done, () => setTimeout(() => response.end(), 5))
    })
    for (let i = 0; i < 5; i++) {
      await all(provider.relay({ model: 'm', wire: 'openai.chat', body }))
      await all(provider.stream({ model: 'm', messages: hello }))
    }
    expect(seen.closed).toBe(0)
    // The next request may come before the last chunk of the one before it, and takes another connection then.
    expect(seen.sockets.size).toBeLessThan(6)
  })

  it.each(['relay', 'stream'] as const)('close at the vendor at once when the reader of a %s has enough', async (operation) => {
    const { seen, provider } = await listening((response) => void response.write(event(chunk({ content: 'Yes' }))))
    const stop = new AbortController()
    const pieces =
      operation === 'relay'
        ? provider.relay({ model: 'm', wire: 'openai.chat', body }, { signal: stop.signal })
        : provider.stream({ model: 'm', messages: hello }, { signal: stop.signal })
    const read = async () => {
      for await (const piece of pieces) {
        if (piece.type !== 'text' && piece.type !== 'bytes') continue
        left = performance.now()
        stop.abort()
      }
    }
    let left = 0
    expect(await failure(read())).toMatchObject({ code: 'cancelled' })
    await expect.poll(() => seen.closed, { interval: 5, timeout: 2_000 }).toBe(1)
    expect(performance.now() - left).toBeLessThan(500)
  })

  it('that are torn are no ends', async () => {
    const { provider } = await listening((response) => {
      response.write(event(chunk({ content: 'Half' })), () => response.destroy())
    })
    const relayed = all(provider.relay({ model: 'm', wire: 'openai.chat', body }))
    expect(await failure(relayed)).toMatchObject({ code: expect.stringMatching(/^stream_/) })
  })
})
