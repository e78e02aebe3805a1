import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { liveClock } from '@do/provider'
import { APICallError, embed, generateText, jsonSchema, Output, streamText, tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { serve } from '../testing/serve.ts'
import { type WorldOptions, world } from '../testing/world.ts'

// Vercel's AI SDK, unchanged, over a real socket: against a provider that relays, and against one that is translated.

async function client(translated: boolean, options: WorldOptions = {}, apiKey = 'sk-test') {
  const all = world({ clock: liveClock, ...options, vendor: translated ? 'anthropic' : 'openai' })
  const at = await serve(all.gateway)
  const provider = createOpenAICompatible({
    name: 'gateway',
    apiKey,
    baseURL: `${at}/v1`,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
  return { ...all, provider, model: provider('gpt-4.1-mini') }
}

const weather = tool({
  description: 'The weather of a city',
  inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
})
const twoCalls = [
  { name: 'weather', arguments: { city: 'Rome' } },
  { name: 'weather', arguments: { city: 'Oslo' } },
]

describe.each([
  ['relayed to OpenAI', false],
  ['translated for Anthropic', true],
])('ai: %s', (_, translated) => {
  it('generates text', async () => {
    const { model, twin } = await client(translated)
    twin.say({ text: 'Hello there' })
    const { text, finishReason, usage } = await generateText({ model, prompt: 'Hi', maxRetries: 0 })
    expect([text, finishReason]).toEqual(['Hello there', 'stop'])
    expect(usage.totalTokens).toBeGreaterThan(0)
  })

  it('streams text with parallel tools and usage', async () => {
    const { model, twin } = await client(translated)
    twin.say({ text: 'Let me look.', tools: twoCalls })
    const result = streamText({ model, prompt: 'Weather?', tools: { weather }, maxRetries: 0 })
    expect(await result.text).toBe('Let me look.')
    expect((await result.toolCalls).map(({ input }) => input)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }])
    expect(await result.finishReason).toBe('tool-calls')
    expect((await result.usage).totalTokens).toBeGreaterThan(0)
  })

  it('makes an object of a schema', async () => {
    const { model, twin } = await client(translated)
    twin.say({ text: '{"name":"Ada"}' })
    const schema = jsonSchema<{ name: string }>({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    })
    const { output } = await generateText({ model, prompt: 'Who?', output: Output.object({ schema }), maxRetries: 0 })
    expect(output).toEqual({ name: 'Ada' })
    expect(twin.asked()[0]?.schema).toBeDefined()
  })

  it('tells a break from an end', async () => {
    const { model, twin } = await client(translated)
    twin.say({ text: 'one two three four' })
    twin.breakStream({ kind: 'cut', pieces: 2 })
    const errors: unknown[] = []
    const result = streamText({ model, prompt: 'Hi', maxRetries: 0, onError: ({ error }) => void errors.push(error) })
    const parts: string[] = []
    for await (const { type } of result.fullStream) parts.push(type)
    expect(parts).toContain('error')
    expect(errors).toHaveLength(1)
  })

  it('knows which errors to repeat', async () => {
    const { model, twin } = await client(translated)
    const failed = () => generateText({ model, prompt: 'Hi', maxRetries: 0 }).catch((error: unknown) => error as APICallError)
    twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 3 })
    expect(await failed()).toMatchObject({ statusCode: 429, isRetryable: true })
    twin.faults.clear()
    twin.refuseNext('context_length')
    expect(await failed()).toMatchObject({ statusCode: 400, isRetryable: false })
    const wrong = await client(translated, {}, 'sk-wrong')
    const refused = await generateText({ model: wrong.model, prompt: 'Hi', maxRetries: 0 }).catch((error: unknown) => error)
    expect(APICallError.isInstance(refused) && refused.isRetryable).toBe(false)
  })
})

it('ai: embeds', async () => {
  const { provider, twin } = await client(false)
  const { embedding, usage } = await embed({ model: provider.embeddingModel(twin.models.embedding as string), value: 'a cat' })
  expect(embedding.length).toBeGreaterThan(100)
  expect(usage.tokens).toBeGreaterThan(0)
})
