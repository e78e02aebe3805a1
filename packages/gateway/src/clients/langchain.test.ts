import { liveClock } from '@do/provider'
import { HumanMessage } from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { describe, expect, it } from 'vitest'
import { serve } from '../testing/serve.ts'
import { world } from '../testing/world.ts'

// LangChain's client, unchanged, over a real socket.

async function client(translated: boolean, apiKey = 'sk-test') {
  const all = world({ clock: liveClock, vendor: translated ? 'anthropic' : 'openai' })
  const configuration = { baseURL: `${await serve(all.gateway)}/v1` }
  const chat = new ChatOpenAI({ model: 'gpt-4.1-mini', apiKey, configuration, maxRetries: 0 })
  return { ...all, chat, configuration }
}

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

describe.each([
  ['relayed to OpenAI', false],
  ['translated for Anthropic', true],
])('langchain: %s', (_, translated) => {
  it('answers and streams', async () => {
    const { chat, twin } = await client(translated)
    twin.say({ text: 'Hello there' }, { text: 'one two three' })
    expect((await chat.invoke([new HumanMessage('Hi')])).text).toBe('Hello there')
    let text = ''
    for await (const chunk of await chat.stream('Hi')) text += chunk.text
    expect(text).toBe('one two three')
  })

  it('calls tools in parallel, streamed', async () => {
    const { chat, twin } = await client(translated)
    twin.say({
      tools: [
        { name: 'weather', arguments: { city: 'Rome' } },
        { name: 'weather', arguments: { city: 'Oslo' } },
      ],
    })
    const chunks = []
    for await (const chunk of await chat.bindTools([weather]).stream('Weather?')) chunks.push(chunk)
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk))
    expect(whole.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }])
  })

  it('answers JSON of a schema', async () => {
    const { chat, twin } = await client(translated)
    twin.say({ text: '{"name":"Ada"}' })
    const schema = {
      title: 'person',
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    }
    expect(await chat.withStructuredOutput(schema, { method: 'jsonSchema' }).invoke('Who?')).toEqual({ name: 'Ada' })
  })

  it('throws for errors and breaks', async () => {
    const wrong = await client(translated, 'sk-wrong')
    await expect(wrong.chat.invoke('Hi')).rejects.toMatchObject({ lc_error_code: 'MODEL_AUTHENTICATION' })
    const { chat, twin } = await client(translated)
    twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 3 })
    await expect(chat.invoke('Hi')).rejects.toMatchObject({ lc_error_code: 'MODEL_RATE_LIMIT' })
    twin.faults.clear()
    twin.say({ text: 'one two three four' })
    twin.breakStream({ kind: 'end', pieces: 2 })
    const read = async () => {
      for await (const _ of await chat.stream('Hi'));
    }
    await expect(read()).rejects.toThrow()
  })
})

it('langchain: embeds', async () => {
  const { configuration, twin } = await client(false)
  const embeddings = new OpenAIEmbeddings({ model: twin.models.embedding as string, apiKey: 'sk-test', configuration })
  expect((await embeddings.embedDocuments(['a cat', 'a dog'])).map(({ length }) => length)).toEqual([1536, 1536])
})
