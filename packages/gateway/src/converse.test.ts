import { describe, expect, it } from 'vitest'
import { said, world } from './testing/world.ts'

describe('a relayed answer', () => {
  it('is the vendor’s, byte for byte', async () => {
    const { twin, post, outcomes } = world()
    twin.say({ text: 'Hello — 世界' })
    const response = await post('/v1/chat/completions', said('Hi'))
    const body = await response.text()
    expect(response.status).toBe(200)
    expect(JSON.parse(body).choices[0].message.content).toBe('Hello — 世界')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-do-provider': 'openai',
      'x-do-attempts': '1',
      'x-do-route': 'asked for gpt-4.1-mini',
      'content-type': expect.stringMatching(/^application\/json/),
    })
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    expect(outcomes).toMatchObject([
      { effect: 'done', finish: 'stop', provider: 'openai', bytes: new TextEncoder().encode(body).length },
    ])
    expect(response.headers.get('x-do-cost-microusd')).toBe(String(outcomes[0]?.microUsd))
  })

  it('streams', async () => {
    const { twin, post, outcomes } = world()
    twin.say({ text: 'one two three' })
    const response = await post('/v1/chat/completions', said('Hi', { stream: true }))
    const text = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(text).not.toContain('"usage":{')
    expect(outcomes).toMatchObject([{ effect: 'done', finish: 'stop', usage: { output: expect.any(Number) } }])
  })
})

describe('a session', () => {
  it('is told what the request wants', async () => {
    const { post, asks } = world()
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(4_000)}` } }
    const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
    await post(
      '/v1/chat/completions',
      said('', {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }],
        tools: [tool],
        max_completion_tokens: 100,
        n: 2,
        user: 'u1',
      }),
      { 'x-do-order': 'cheapest', 'x-other': 'no' },
    )
    expect(asks).toEqual([
      {
        operation: 'generate',
        model: 'gpt-4.1-mini',
        streamed: false,
        inputTokens: expect.toSatisfy((tokens: number) => tokens > 2_000 && tokens < 2_300),
        outputTokens: 200,
        units: {},
        needs: ['tools', 'vision'],
        text: 'What is this?',
        user: 'u1',
        headers: { 'x-do-order': 'cheapest' },
      },
    ])
    expect(structuredClone(asks)).toEqual(asks)
  })

  it('is settled without being waited for, and its promise is given to waitUntil', async () => {
    let settled = () => {}
    const slow = new Promise<void>((resolve) => {
      settled = resolve
    })
    const { gateway } = world({ session: { settle: () => slow } })
    const waited: Promise<unknown>[] = []
    const init = { method: 'POST', headers: { authorization: 'Bearer sk-test' }, body: JSON.stringify(said('Hi')) }
    const response = await gateway.fetch(new Request('https://gateway.test/v1/chat/completions', init), {
      waitUntil: (promise) => void waited.push(promise),
    })
    expect(response.status).toBe(200)
    expect(waited).toHaveLength(1)
    settled()
    await Promise.all(waited)
  })

  it('adds headers of its own, over those of the vendor', async () => {
    const own = { 'x-ratelimit-limit-requests': '7' }
    const { post } = world({ session: { headers: own, route: 'tier free → “fast”\r\nx: y' } })
    const { headers } = await post('/v1/chat/completions', said('Hi'))
    expect(headers.get('x-ratelimit-limit-requests')).toBe('7')
    expect(headers.get('x-do-route')).toBe('tier free ? ?fast???x: y')
    expect(headers.has('openai-version')).toBe(false)
  })

  it('may have no model for it', async () => {
    const { post, outcomes } = world({ session: { models: [] } })
    const response = await post('/v1/chat/completions', said('Hi'))
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      'model_not_found',
    ])
    expect(outcomes).toMatchObject([{ effect: 'none' }])
  })

  it('that opens after the client left asks nobody', async () => {
    const leaving = new AbortController()
    const { post, twin, outcomes } = world()
    const asked = post('/v1/chat/completions', said('Hi'), {}, { signal: leaving.signal })
    leaving.abort()
    expect((await asked).status).toBeGreaterThanOrEqual(400)
    expect(twin.requests()).toEqual([])
    expect(outcomes.length).toBeLessThanOrEqual(1)
  })
})
