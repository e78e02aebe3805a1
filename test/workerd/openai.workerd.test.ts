import { openaiTwin } from '@do/fixtures/openai'
import { collect } from '@do/llm'
import { openaiCompatibleLlm, openaiLlm } from '@do/openai'
import { expect, it } from 'vitest'

const twin = openaiTwin()
const model = twin.models.chat
const messages = [{ role: 'user' as const, content: 'Hello' }]

function fresh() {
  twin.reset()
  return openaiLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
}

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

it('answers through the SDK, once, whole and in pieces', async () => {
  const provider = fresh()
  twin.say({ text: 'Grüezi 👋' }, { text: 'Grüezi 👋', tools: [{ name: 'time', arguments: { zone: 'CET' } }] })
  twin.wire({ bytes: 3 })
  const tools = [{ name: 'time', parameters: { type: 'object', properties: {} } }]
  expect(await provider.generate({ model, messages })).toMatchObject({ text: 'Grüezi 👋', finish: 'stop' })
  const streamed = await collect(provider.stream({ model, messages, tools }))
  expect(streamed).toMatchObject({ text: 'Grüezi 👋', finish: 'tool_calls', usage: { output: expect.any(Number) } })
  expect(JSON.parse(streamed.toolCalls[0]?.arguments ?? '')).toEqual({ zone: 'CET' })
  expect(twin.requests()).toHaveLength(2)
})

it('relays bytes, and stops the vendor when nobody reads them any more', async () => {
  const provider = fresh()
  const body = { messages, stream: true }
  let last: string | undefined
  for await (const piece of provider.relay({ model, wire: 'openai.chat', body })) last = piece.type
  expect(last).toBe('finish')
  twin.say({ text: 'one two three four five six seven' })
  for await (const piece of provider.relay({ model, wire: 'openai.chat', body })) {
    if (piece.type === 'bytes' && piece.output) break
  }
  expect(twin.generated().map(({ left }) => left)).toEqual([false, true])
})

it('never passes a broken stream off as an end', async () => {
  const provider = fresh()
  twin.say({ text: 'one two three four' })
  twin.breakStream({ kind: 'cut', pieces: 2 })
  await expect(collect(provider.stream({ model, messages }))).rejects.toMatchObject({ code: 'stream_interrupted' })
  for (let i = 0; i < 2; i++) twin.faults.next({ kind: 'refuse' }, { operation: 'chat.completions' })
  await expect(provider.generate({ model, messages })).rejects.toMatchObject({ effect: 'none', fault: 'network' })
})

it('embeds, makes images, speaks and hears', async () => {
  const provider = fresh()
  const { embeddings } = await provider.embed({ model: 'text-embedding-3-small', input: ['a', 'b'] })
  expect(embeddings.map(({ length }) => length)).toEqual([1536, 1536])
  expect((await provider.image({ model: 'gpt-image-1', prompt: 'A cat' })).images[0]?.data.length).toBeGreaterThan(0)
  const { audio } = await provider.speak({ model: 'tts-1', text: 'Good day', format: 'wav' })
  const heard = await provider.transcribe({ model: 'whisper-1', audio, mediaType: 'audio/wav', timestamps: 'words' })
  expect(heard).toMatchObject({ text: 'Good day', language: 'en' })
  expect(twin.requests()).toHaveLength(4)
})

it('reads compatible servers there, too', async () => {
  const ollama = openaiTwin({ dialect: 'ollama' })
  const provider = openaiCompatibleLlm({ name: 'ollama', baseUrl: ollama.baseUrl, ...ollama.credentials, fetch: ollama.fetch })
  ollama.say({
    thinks: 'Hm',
    tools: [
      { name: 'a', arguments: {} },
      { name: 'b', arguments: {} },
    ],
  })
  const tools = ['a', 'b'].map((name) => ({ name, parameters: { type: 'object', properties: {} } }))
  const answer = await collect(provider.stream({ model: ollama.models.thinking as string, messages, tools }))
  expect(answer.toolCalls.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(answer.content[0]).toMatchObject({ type: 'reasoning', text: 'Hm' })
})
