import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { memoryCache } from './cache.ts'
import { cacheKey } from './cache-key.ts'
import { said, world } from './testing/world.ts'

const sure = (text: string, more: object = {}) => said(text, { temperature: 0, ...more })

describe('the cache', () => {
  it('answers a deterministic question once, byte for byte, and says so', async () => {
    const { post, twin, outcomes } = world({ session: { cache: memoryCache() } })
    twin.say({ text: 'Forty-two' })
    const first = await post('/v1/chat/completions', sure('Why?'))
    const again = await post('/v1/chat/completions', {
      temperature: 0,
      messages: [{ content: 'Why?', role: 'user' }],
      model: 'gpt-4.1-mini',
    })
    expect([first.headers.get('x-do-cache'), again.headers.get('x-do-cache')]).toEqual(['miss', 'hit'])
    expect(again.headers.get('x-do-cost-microusd')).toBe('0')
    expect(await again.text()).toBe(await first.text())
    expect(twin.requests()).toHaveLength(1)
    expect(outcomes).toMatchObject([{ effect: 'done' }, { effect: 'none', microUsd: 0, finish: 'cached' }])
  })

  it('replays a stream as a stream', async () => {
    const { post, twin } = world({ session: { cache: memoryCache() } })
    twin.say({ text: 'one two three' })
    const first = await (await post('/v1/chat/completions', sure('Count', { stream: true }))).text()
    const again = await post('/v1/chat/completions', sure('Count', { stream: true }))
    expect(again.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(await again.text()).toBe(first)
    expect(twin.requests()).toHaveLength(1)
  })

  it('leaves others alone: not deterministic, another tenant, another question, switched off', async () => {
    const cache = memoryCache()
    const { post, twin } = world({ session: { cache } })
    await post('/v1/chat/completions', said('Why?'))
    await post('/v1/chat/completions', said('Why?'))
    await post('/v1/chat/completions', sure('Why?'), { 'x-do-cache': 'off' })
    await post('/v1/chat/completions', sure('Why?'))
    await post('/v1/chat/completions', sure('Why not?'))
    expect(twin.requests()).toHaveLength(5)
    const other = world({ session: { cache, tenant: 'other' } })
    await other.post('/v1/chat/completions', sure('Why?'))
    expect(other.twin.requests()).toHaveLength(1)
  })

  it('is used where the client says so, and refreshed', async () => {
    const { post, twin } = world({ session: { cache: memoryCache() } })
    twin.say({ text: 'old' }, { text: 'new' })
    const ask = async (wish: string) => (await post('/v1/chat/completions', said('Hi'), { 'x-do-cache': wish })).text()
    expect(await ask('use')).toContain('old')
    expect(await ask('use')).toContain('old')
    expect(await ask('refresh')).toContain('new')
    expect(await ask('use')).toContain('new')
  })

  it('keeps no answer that broke off, was cut or failed', async () => {
    const { post, twin } = world({ session: { cache: memoryCache() } })
    twin.say({ text: 'one two three' }, { text: 'cut', finish: 'length' }, { text: 'whole' })
    twin.breakStream({ kind: 'cut', pieces: 1 })
    await (await post('/v1/chat/completions', sure('Hi', { stream: true }))).text()
    await (await post('/v1/chat/completions', sure('Hi', { stream: true }))).text()
    expect(await (await post('/v1/chat/completions', sure('Hi', { stream: true }))).text()).toContain('whole')
    expect(twin.requests()).toHaveLength(3)
  })

  it('works for embeddings without being asked', async () => {
    const { post, twin } = world({ session: { cache: memoryCache() } })
    const body = { model: twin.models.embedding, input: 'a cat' }
    const first = await (await post('/v1/embeddings', body)).text()
    const again = await post('/v1/embeddings', body)
    expect([again.headers.get('x-do-cache'), await again.text()]).toEqual(['hit', first])
    expect((await post('/v1/embeddings', { ...body, encoding_format: 'base64' })).headers.get('x-do-cache')).toBe('miss')
  })

  it('never fails a request', async () => {
    const broken = { get: () => Promise.reject(new Error('down')), put: () => Promise.reject(new Error('down')) }
    const { post, logged } = world({ session: { cache: broken } })
    expect((await post('/v1/chat/completions', sure('Hi'))).status).toBe(200)
    await expect.poll(() => logged).toMatchObject([{ event: 'cache_failed' }, { event: 'cache_failed' }])
  })

  it('forgets after its time, and the oldest when there is too much', () => {
    const clock = testClock()
    const cache = memoryCache({ ttlMs: 1_000, maxBytes: 10, clock })
    const answer = { contentType: 'text/plain', provider: 'a', model: 'm', chunks: [new Uint8Array(4)] }
    for (const key of ['1', '2', '3']) void cache.put(key, answer)
    expect(['1', '2', '3'].map((key) => cache.get(key) !== undefined)).toEqual([false, true, true])
    void cache.put('large', { ...answer, chunks: [new Uint8Array(11)] })
    expect(cache.get('large')).toBeUndefined()
    clock.advance(1_000)
    expect(cache.get('3')).toBeUndefined()
  })
})

describe('cacheKey', () => {
  it('is equal for the same request in another order, and for nothing else', async () => {
    const key = (tenant: string, chain: string[], content: Record<string, unknown>) => cacheKey(tenant, 'chat', chain, content)
    const one = await key('a', ['m'], { x: 1, y: [1, { z: null }] })
    expect(await key('a', ['m'], { y: [1, { z: null }], x: 1 })).toBe(one)
    expect(await key('b', ['m'], { x: 1, y: [1, { z: null }] })).not.toBe(one)
    expect(await key('a', ['m', 'n'], { x: 1, y: [1, { z: null }] })).not.toBe(one)
    expect(await key('a', ['m'], { x: '1', y: [1, { z: null }] })).not.toBe(one)
    expect(one).toMatch(/^[0-9a-f]{64}$/)
  })
})
