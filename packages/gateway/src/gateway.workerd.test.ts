import { describe, expect, it } from 'vitest'
import { memoryCache } from './cache.ts'
import { said, world } from './testing/world.ts'

// The same in workerd, where nothing of Node is needed.

describe('the gateway in workerd', () => {
  it.each(['openai', 'anthropic'] as const)('relays or translates %s, whole and in pieces', async (vendor) => {
    const { post, twin, outcomes } = world({ vendor, session: { cache: memoryCache() } })
    twin.say({ text: 'Hello — 世界' }, { text: 'one two three' })
    const whole = await post('/v1/chat/completions', said('Hi', { temperature: 0 }))
    expect(await whole.json()).toMatchObject({ choices: [{ message: { content: 'Hello — 世界' }, finish_reason: 'stop' }] })
    const again = await post('/v1/chat/completions', said('Hi', { temperature: 0 }))
    expect(again.headers.get('x-do-cache')).toBe('hit')
    const stream = await (await post('/v1/chat/completions', said('Count', { stream: true }))).text()
    expect(stream.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(outcomes.map(({ finish }) => finish)).toEqual(['stop', 'cached', 'stop'])
  })

  it('speaks Anthropic’s language', async () => {
    const { post, twin } = world()
    twin.say({ text: 'Hello' })
    const body = { model: 'gpt-4.1-mini', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], stream: true }
    const text = await (await post('/v1/messages', body)).text()
    expect(text.startsWith('event: message_start\n')).toBe(true)
    expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true)
  })

  it('stops the vendor when the client leaves', async () => {
    const { post, twin, outcomes } = world()
    twin.say({ text: 'word '.repeat(200) })
    const reader = (await post('/v1/chat/completions', said('Hi', { stream: true }))).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect.poll(() => twin.generated()[0]?.left).toBe(true)
    expect(outcomes).toMatchObject([{ effect: 'unknown', finish: 'cancelled' }])
  })

  it('reads recordings from forms and answers embeddings in base64', async () => {
    const { gateway, post, twin } = world()
    twin.say({ text: 'Good morning' })
    const form = new FormData()
    form.set('model', twin.models.transcription as string)
    form.set('file', new File([new Uint8Array(2_000)], 'a.wav', { type: 'audio/wav' }))
    const headers = { authorization: 'Bearer sk-test' }
    const request = new Request('https://gateway.test/v1/audio/transcriptions', { method: 'POST', headers, body: form })
    const spoken = await gateway.fetch(request)
    expect([spoken.status, await spoken.json()]).toEqual([200, { text: 'Good morning' }])
    const vectors = await post('/v1/embeddings', { model: twin.models.embedding, input: 'a cat', encoding_format: 'base64' })
    expect(await vectors.json()).toMatchObject({ data: [{ embedding: expect.stringMatching(/^[\w+/]+=*$/) }] })
  })
})
