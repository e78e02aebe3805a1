import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { ObjectNamespace } from '../../platform/types.ts'

const desks = env.Desk as ObjectNamespace & { getByName(name: string): { fetch: typeof fetch } }

interface Platform {
  readonly WebSocketRequestResponsePair: new (request: string, response: string) => object
}

/** A socket of our client, by hand. */
async function open(name: string) {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'do.rpc.1' }
  const response = (await desks.getByName(name).fetch(`http://localhost/desk/${name}/rpc`, { headers })) as Response & {
    webSocket: WebSocket & { accept(): void }
  }
  const socket = response.webSocket
  const got: string[] = []
  socket.addEventListener('message', ({ data }) => void got.push(String(data)))
  socket.accept()
  await expect.poll(() => got.length).toBe(1)
  const ask = async () => {
    const before = got.length
    socket.send('["ping"]')
    await expect.poll(() => got.slice(before)).toEqual(['["pong"]'])
  }
  return { socket, got, ask }
}
const hibernate = (name: string) => evictDurableObject(desks.getByName(name), { webSockets: 'hibernate' })

describe('a ping', () => {
  test('is answered for an object that sleeps, and leaves it asleep', async () => {
    const { socket, ask } = await open('asleep')
    await hibernate('asleep')
    for (let round = 0; round < 3; round += 1) await ask()
    // Nothing can be taken out of memory that is not there.
    await expect(hibernate('asleep')).rejects.toThrow('not currently running')
    socket.close(1000)
  })

  test('runs no handler of an object that is awake', async () => {
    const { socket, ask } = await open('awake')
    const handled: unknown[] = []
    await runInDurableObject(desks.getByName('awake'), (desk) => {
      const instance = desk as unknown as { webSocketMessage(...of: unknown[]): unknown }
      const { webSocketMessage } = instance
      instance.webSocketMessage = (...of) => {
        handled.push(of[1])
        return webSocketMessage.apply(instance, of)
      }
    })
    await ask()
    socket.send('["push",["pipeline",0,["stats"],[]]]')
    socket.send('["pull",1]')
    await expect.poll(() => handled).toEqual(['["push",["pipeline",0,["stats"],[]]]', '["pull",1]'])
    socket.close(1000)
  })

  test('is answered by the room where the object has an answer of its own for something else', async () => {
    const name = 'own-answer'
    await runInDurableObject(desks.getByName(name), (_, ctx) => {
      const { WebSocketRequestResponsePair: Pair } = globalThis as unknown as Platform
      ctx.setWebSocketAutoResponse(new Pair('marco', 'polo') as never)
    })
    const { socket, got, ask } = await open(name)
    await ask()
    socket.send('marco')
    await expect.poll(() => got.at(-1)).toBe('polo')
    socket.close(1000)
  })
})
