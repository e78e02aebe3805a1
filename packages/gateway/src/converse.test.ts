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
