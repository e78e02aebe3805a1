import { afterEach, describe, expect, it, vi } from 'vitest'
import { googleLlm } from './index.ts'
import { failure, piecesOf, setUp } from './test/set-up.ts'

const messages = [{ role: 'user' as const, content: 'Hi' }]

afterEach(() => vi.unstubAllGlobals())

describe('client', () => {
  it('sends everything by the fetch that it is given, and by no other', async () => {
    vi.stubGlobal('fetch', () => {
      throw new Error('The global fetch was used.')
    })
    const { llm, twin, chat } = setUp()
    await llm.generate({ model: chat, messages })
    await piecesOf(llm.stream({ model: chat, messages }))
    await llm.embed({ model: twin.models.embedding, input: ['a'] })
    for await (const _ of llm.models.list()) break
    expect(twin.requests().map(({ operation }) => operation)).toEqual([
      'models.generateContent',
      'models.streamGenerateContent',
      'models.batchEmbedContents',
      'models.list',
    ])
  })

  it('keeps to the base URL that it is given, and sends the key in its header only', async () => {
    const { llm, twin, chat } = setUp({ baseUrl: 'http://127.0.0.1:9/proxy/' })
    await piecesOf(llm.stream({ model: chat, messages }))
    const [request] = twin.requests()
    expect(request?.url).toBe(`http://127.0.0.1:9/proxy/v1beta/models/${chat}:streamGenerateContent?alt=sse`)
    expect(request?.headers['x-goog-api-key']).toBe(twin.credentials.apiKey)
    expect(request?.url + String(request?.body)).not.toContain(twin.credentials.apiKey)
  })

  it('is the SDK own object, on the same way out', async () => {
    const { llm, twin, chat } = setUp()
    const google = await llm.client
    expect(google).toBe(await llm.client)
    twin.say({ text: 'By hand.' })
    expect((await google.models.generateContent({ model: chat, contents: 'Hi' })).text).toBe('By hand.')
    twin.say({ text: 'Piece by piece.' })
    const chunks = await Array.fromAsync(await google.models.generateContentStream({ model: chat, contents: 'Hi' }))
    expect(chunks.map(({ text = '' }) => text).join('')).toBe('Piece by piece.')
    expect(await google.models.countTokens({ model: chat, contents: 'Hi' }).catch(({ status }) => status)).toBe(404)
  })

  it('wants a key, and says where it was wrong', async () => {
    expect(() => googleLlm({ apiKey: '' })).toThrow('apiKey')
    const { llm, twin, chat } = setUp({ apiKey: 'wrong' })
    expect(await failure(llm.generate({ model: chat, messages }))).toMatchObject({ code: 'unauthorized', fault: 'credential' })
    expect(twin.generated()).toHaveLength(0)
  })

  it('names the instance that answers', async () => {
    const { llm, chat } = setUp({ name: 'gemini-eu', aliases: { fast: 'gemini-3.5-flash-lite' } })
    expect(await llm.generate({ model: 'gemini-eu:fast', messages })).toMatchObject({
      provider: 'gemini-eu',
      model: 'gemini-3.5-flash-lite',
    })
    expect((await piecesOf(llm.stream({ model: chat, messages })))[0]).toMatchObject({ provider: 'gemini-eu' })
  })
})
