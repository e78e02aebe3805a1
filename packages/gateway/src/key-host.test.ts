import { openaiTwin } from '@do/fixtures/openai'
import { createRouter, type PriceTable } from '@do/llm'
import { openaiLlm } from '@do/openai'
import { sha256, testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { createBudget } from './budget.ts'
import { createGateway } from './gateway.ts'
import { type KeyHostOptions, keyHost } from './key-host.ts'
import { said } from './testing/world.ts'

// A dollar for a million tokens of input, ten for output: a micro-dollar for each token in, ten for each out.
const prices: PriceTable = {
  date: '2026-11-01',
  models: { openai: { 'gpt-4.1-mini*': { kind: 'chat', input: 1_000_000, output: 10_000_000, maxOutput: 1_000 } } },
}

function made(limit: number, options: Partial<KeyHostOptions> = {}, asked = () => {}) {
  const clock = testClock()
  const twin = openaiTwin({ clock })
  const fetch: typeof twin.fetch = async (...request) => {
    const answer = await twin.fetch(...request)
    asked()
    return answer
  }
  const llm = openaiLlm({ ...twin.credentials, fetch, clock, prices })
  const budget = createBudget({ limits: [{ period: 'month', microUsd: limit }], clock })
  const host = keyHost({ llm, keys: { 'sk-acme': { tenant: 'acme', tier: 'free' } }, budget, prices, ...options })
  const gateway = createGateway(host, { clock })
  const ask = (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    gateway.fetch(
      new Request('https://gateway.test/v1/chat/completions', {
        method: 'POST',
        headers: { 'x-api-key': 'sk-acme', ...headers },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    )
  const state = () => budget.state('acme')[0]
  return { clock, twin, budget, gateway, ask, state }
}

describe('keyHost', () => {
  it('lets only its keys pass, by their hash', async () => {
    const { ask, twin } = made(1_000_000)
    for (const wrong of ['sk-other', '', 'sk-acme ']) {
      const response = await ask(said('Hi'), { 'x-api-key': wrong })
      expect(response.status, wrong).toBe(wrong === 'sk-acme ' ? 200 : 401)
    }
    const hash = await sha256('sk-acme')
    const byHash = made(1_000_000, { keys: (found) => (found === hash ? { tenant: 'acme' } : undefined) })
    expect((await byHash.ask(said('Hi'))).status).toBe(200)
    expect((await byHash.ask(said('Hi'), { 'x-api-key': 'x' })).status).toBe(401)
    expect(twin.requests()).toHaveLength(1)
  })

  it('spends what it cost', async () => {
    const { ask, state } = made(1_000_000)
    const response = await ask(said('Hello world'))
    const { usage } = (await response.json()) as { usage: { prompt_tokens: number; completion_tokens: number } }
    const cost = usage.prompt_tokens + 10 * usage.completion_tokens
    expect(response.headers.get('x-do-cost-microusd')).toBe(String(cost))
    expect(state()).toMatchObject({ spent: cost, held: 0 })
  })

  it('asks nobody for what could cost more than there is', async () => {
    const { ask, twin, state } = made(5_000)
    const refused = await ask(said('Hi', { max_tokens: 600 }))
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false'])
    expect(((await refused.json()) as { error: { code: string; type: string } }).error).toMatchObject({
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    })
    expect(twin.requests()).toEqual([])
    expect((await ask(said('Hi', { max_tokens: 400 }))).status).toBe(200)
    expect(state()).toMatchObject({ held: 0 })
  })

  it('never overspends, however many ask at once', async () => {
    const { ask, twin, state } = made(10_000)
    twin.say(...Array.from({ length: 20 }, () => ({ text: 'one two three' })))
    // Nobody reads yet, so all that passed are under way together.
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(said('Hi', { max_tokens: 200, stream: true }))))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(4).fill(200), ...Array(16).fill(429)])
    expect(twin.requests()).toHaveLength(4)
    for (const answer of answers) await answer.text()
    expect(state()).toMatchObject({ held: 0 })
    expect(state()?.spent).toBeLessThanOrEqual(10_000)
  })

  it('gives back what was set aside after an error and after a client that left', async () => {
    const { ask, twin, state } = made(1_000_000)
    twin.refuseNext('context_length')
    expect((await ask(said('Hi'))).status).toBe(400)
    expect(state()).toMatchObject({ spent: 0, held: 0 })

    twin.say({ text: 'word '.repeat(100) })
    const leaving = new AbortController()
    const response = await ask(said('Hi', { stream: true }), {}, leaving.signal)
    const reader = response.body?.getReader()
    await reader?.read()
    expect(state()?.held).toBeGreaterThan(10_000)
    await reader?.cancel()
    // What came of it is paid for by an estimate, far below what was set aside.
    expect(state()).toMatchObject({ held: 0 })
    expect(state()?.spent).toBeGreaterThan(0)
    expect(state()?.spent).toBeLessThan(500)
    expect(twin.generated()[0]).toMatchObject({ left: true })
  })

  it('spends what was heard where the client left before there was an answer, by the price of whoever was asked', async () => {
    const prices: PriceTable = {
      date: '2026-11-01',
      models: {
        openai: { 'gpt-4.1-mini*': { kind: 'chat', input: 1_000_000, output: 10_000_000, maxOutput: 1_000 } },
        dearer: { 'gpt-4.1-mini*': { kind: 'chat', input: 900_000_000, output: 900_000_000, maxOutput: 1_000 } },
      },
    }
    const leaving = new AbortController()
    const { ask, state, twin } = made(100_000_000, { prices }, () => leaving.abort())
    await ask(said('Hi'), {}, leaving.signal)
    expect(twin.requests()).toHaveLength(1)
    expect(state()).toMatchObject({ held: 0 })
    expect(state()?.spent).toBeGreaterThan(0)
    expect(state()?.spent).toBeLessThan(200)
  })

  it('lets nobody pass who names more output than can be counted', async () => {
    const { ask, twin } = made(1_000_000)
    for (const n of [1, 2]) expect((await ask(said('Hi', { max_tokens: Number.MAX_SAFE_INTEGER, n }))).status).toBe(429)
    expect(twin.requests()).toEqual([])
  })

  it('gives it back when the process dies', async () => {
    const { ask, twin, state, clock, budget } = made(20_000)
    twin.say({ text: 'one two three' })
    await ask(said('Hi', { stream: true }))
    expect(state()?.held).toBeGreaterThan(10_000)
    clock.advance(16 * 60_000)
    expect(budget.state('acme')[0]).toMatchObject({ held: 0 })
  })

  it('routes, by tier and by wish, and says why', async () => {
    const router = createRouter({
      aliases: { fast: ['openai:gpt-4.1-mini'], best: ['openai:gpt-4.1'] },
      tiers: { free: ['fast'] },
      overrides: true,
      prices,
    })
    const { ask } = made(1_000_000, { router })
    const fast = await ask(said('Hi', { model: 'fast' }))
    expect([fast.status, fast.headers.get('x-do-model'), fast.headers.get('x-do-route')]).toEqual([
      200,
      expect.stringMatching(/^gpt-4\.1-mini/),
      'alias fast',
    ])
    const best = await ask(said('Hi', { model: 'best' }))
    expect([best.status, ((await best.json()) as { error: { code: string } }).error.code]).toEqual([403, 'model_not_allowed'])
    const wished = await ask(said('Hi', { model: 'fast' }), { 'x-do-model': 'openai:gpt-4.1' })
    expect([wished.status, wished.headers.get('x-do-route')]).toEqual([200, expect.stringContaining('not in tier free')])
  })

  it('sets a cent aside where nobody knows the price, and spends it', async () => {
    const { ask, state } = made(1_000_000)
    await (await ask(said('Hi', { model: 'gpt-4o-mini' }))).text()
    expect(state()).toMatchObject({ spent: 10_000, held: 0 })
  })
})
