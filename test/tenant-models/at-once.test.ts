import { memoryLlm, memoryLlmTwin } from '@do/conformance/reference'
import { createWorker, DigitalObject } from '@do/core/full'
import { llmGateway } from '@do/objects'
import { defineProviders } from '@do/provider'
import { describe, expect, it } from 'vitest'

/** Many requests of one tenant at an isolate that has no lease yet, where the tenant's object takes its time to answer. */
class Tenant extends DigitalObject {}
createWorker({ Tenant })

const key = `do_acme_${'a'.repeat(64)}`
const grant = { microUsd: 1_000_000, requests: 100, forMs: 60_000, version: 'v1' }
const setup = { choice: { order: ['memory'] }, credentials: { memory: {} }, models: {} }

function isolate() {
  const twin = memoryLlmTwin()
  const memory = () => memoryLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  const gateway = llmGateway(defineProviders({ sms: {}, telephony: {}, llm: { memory } } as never) as never)
  const asked: PromiseWithResolvers<unknown>[] = []
  const wishes: unknown[] = []
  const door = (name: string, wish: unknown) => {
    if (name !== 'llm.lease') return Promise.resolve()
    wishes.push(wish)
    asked.push(Promise.withResolvers())
    return asked.at(-1)?.promise
  }
  const env = { Tenant: { idFromName: (name: string) => name, get: () => ({ $door: door }) } }
  const background: Promise<unknown>[] = []
  const run = { waitUntil: (promise: Promise<unknown>) => void background.push(promise) }
  const body = JSON.stringify({ model: twin.models.chat, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 20 })
  const ask = async () => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const request = new Request('http://desk.test/v1/chat/completions', { method: 'POST', headers, body })
    const answer = await gateway(request, env as never, run)
    return [answer.status, await answer.text()]
  }
  const grantTo = (index: number, more: object = {}) => asked[index]?.resolve({ id: `lease-${index}`, ...grant, setup, ...more })
  return { ask, asked, wishes, grantTo, background }
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('requests that come at once', () => {
  it('share the lease that one of them asks for', async () => {
    const { ask, asked, grantTo, background } = isolate()
    const answers = Promise.all(Array.from({ length: 8 }, ask))
    await until(() => asked.length > 0)
    grantTo(0)
    for (const [status, text] of await answers) expect(status, String(text)).toBe(200)
    expect(asked).toHaveLength(1)
    await Promise.all(background)
  })

  it('do not wait for one whose request was ended in the middle', async () => {
    const { ask, asked, grantTo, background } = isolate()
    const ended = ask()
    await until(() => asked.length > 0)
    const others = Promise.all(Array.from({ length: 3 }, ask))
    await until(() => asked.length > 1)
    for (const index of asked.keys()) if (index > 0) grantTo(index)
    for (const [status, text] of await others) expect(status, String(text)).toBe(200)
    grantTo(0)
    expect((await ended)[0]).toBe(200)
    await Promise.all(background)
  })

  it('are each refused where the one that asks is refused', async () => {
    const { ask, asked, background } = isolate()
    const answers = Promise.all(Array.from({ length: 3 }, ask))
    for (let index = 0; index < 3; index += 1) {
      await until(() => asked.length > index)
      asked[index]?.resolve({ refused: { status: 401, code: 'invalid_api_key', message: 'Wrong key.' } })
    }
    expect((await answers).map(([status]) => status)).toEqual([401, 401, 401])
    await Promise.all(background)
  })
})

describe('an isolate whose lease has run short', () => {
  it('says what it needs, and at what pace it has spent the last one', async () => {
    const { ask, asked, wishes, grantTo, background } = isolate()
    const first = ask()
    await until(() => asked.length > 0)
    grantTo(0, { microUsd: 10_000 })
    await first
    const second = ask()
    await until(() => asked.length > 1)
    grantTo(1)
    await second
    // A model without a price is taken to cost a cent.
    expect(wishes).toMatchObject([
      { need: 0, pace: 0 },
      { need: 10_000, pace: expect.toSatisfy((pace) => pace > 0 && pace <= 100_000) },
    ])
    await Promise.all(background)
  })
})
