import Anthropic from '@anthropic-ai/sdk'
import { liveClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { serve } from '../testing/serve.ts'
import { type WorldOptions, world } from '../testing/world.ts'

// Anthropic's own client, unchanged, over a real socket: relayed to Anthropic, and translated for OpenAI.

type Vendor = NonNullable<WorldOptions['vendor']>
const vendors: Vendor[] = ['anthropic', 'openai']

async function client(vendor: Vendor, key = 'sk-test') {
  const all = world({ clock: liveClock, vendor })
  const anthropic = new Anthropic({ apiKey: key, baseURL: await serve(all.gateway), maxRetries: 0 })
  return { ...all, anthropic }
}

const ask = { model: 'gpt-4.1-mini', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] }
const weather: Anthropic.Tool = { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }
const twoCalls = [
  { name: 'weather', arguments: { city: 'Rome' } },
  { name: 'weather', arguments: { city: 'Oslo' } },
]

describe.each(vendors)('anthropic: messages by %s', (vendor) => {
  it('answers', async () => {
    const { anthropic, twin } = await client(vendor)
    twin.say({ text: 'Hello there' })
    const message = await anthropic.messages.create({ ...ask, system: 'Be kind.' })
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: 'Hello there' }],
    })
    expect(message.usage.input_tokens).toBeGreaterThan(0)
    expect(message._request_id).toMatch(/^req_/)
    expect(twin.asked()[0]).toMatchObject({ system: ['Be kind.'], maxOutputTokens: 100 })
  })

  it('says its version and its wishes to a provider of the same language, and never its key', async () => {
    const { anthropic, twin } = await client(vendor)
    const headers = { 'anthropic-beta': 'context-management-2025-06-27', cookie: 'session=1' }
    await anthropic.messages.create(ask, { headers })
    await anthropic.messages.stream(ask, { headers }).finalMessage()
    for (const { headers: sent } of twin.requests()) {
      const passed = [sent['anthropic-beta'], sent['anthropic-version']]
      if (vendor === 'anthropic') expect(passed).toEqual([headers['anthropic-beta'], expect.stringMatching(/^202\d-/)])
      else expect(passed).toEqual([undefined, undefined])
      expect(JSON.stringify(sent)).not.toMatch(/sk-test|session=1/)
    }
    expect(twin.requests()).toHaveLength(2)
  })

  it('streams by the helper', async () => {
    const { anthropic, twin } = await client(vendor)
    twin.say({ text: 'one two three' })
    const stream = anthropic.messages.stream(ask)
    let text = ''
    stream.on('text', (piece) => (text += piece))
    const message = await stream.finalMessage()
    expect(text).toBe('one two three')
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'one two three' }] })
    expect(message.usage.input_tokens).toBeGreaterThan(0)
  })

  it.each([true, false])('calls tools in parallel and goes on from their results (streamed: %s)', async (streamed) => {
    const { anthropic, twin } = await client(vendor)
    twin.say({ text: 'Let me look.', tools: twoCalls }, { text: 'Warm and cold.' })
    const wish = { ...ask, tools: [weather], tool_choice: { type: 'any' as const } }
    const message = streamed ? await anthropic.messages.stream(wish).finalMessage() : await anthropic.messages.create(wish)
    const calls = message.content.filter((block) => block.type === 'tool_use')
    expect(message.stop_reason).toBe('tool_use')
    expect(calls.map(({ input }) => input)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }])
    const results = calls.map(({ id }, index) => ({ type: 'tool_result' as const, tool_use_id: id, content: `${index * 20} °C` }))
    const messages = [
      ...ask.messages,
      { role: 'assistant' as const, content: message.content },
      { role: 'user' as const, content: results },
    ]
    const last = await anthropic.messages.create({ ...ask, tools: [weather], messages })
    expect(last.content).toMatchObject([{ text: 'Warm and cold.' }])
    expect(twin.asked()[1]?.messages.map(({ role, toolCall }) => toolCall ?? role)).toEqual([
      'user',
      'assistant',
      calls[0]?.id,
      calls[1]?.id,
    ])
  })

  it('answers JSON of a schema', async () => {
    const { anthropic, twin } = await client(vendor)
    twin.say({ text: '{"name":"Ada"}' })
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false }
    const message = await anthropic.messages.create({ ...ask, output_config: { format: { type: 'json_schema', schema } } })
    expect(message.content).toMatchObject([{ text: '{"name":"Ada"}' }])
    expect(twin.asked()[0]?.schema).toMatchObject({ properties: { name: { type: 'string' } } })
  })

  it('keeps thoughts and their seals, there and back', async () => {
    if (vendor === 'openai') return
    const { anthropic, twin } = await client(vendor)
    twin.say({ thinks: 'Hm, let me see.', tools: twoCalls.slice(0, 1) }, { text: 'Warm.' })
    const wish = { ...ask, max_tokens: 4_000, tools: [weather], thinking: { type: 'enabled' as const, budget_tokens: 2_000 } }
    const first = await anthropic.messages.stream(wish).finalMessage()
    const [thought, call] = first.content
    expect(thought).toMatchObject({ type: 'thinking', thinking: 'Hm, let me see.', signature: expect.stringMatching(/./) })
    const results = [{ type: 'tool_result' as const, tool_use_id: call?.type === 'tool_use' ? call.id : '', content: '20 °C' }]
    const messages = [
      ...ask.messages,
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: results },
    ]
    expect((await anthropic.messages.create({ ...wish, messages })).content).toMatchObject([{ text: 'Warm.' }])
    expect(twin.asked()[1]?.messages[1]?.signatures).toEqual([thought?.type === 'thinking' ? thought.signature : ''])
  })

  it('throws where the vendor breaks off', async () => {
    for (const kind of ['cut', 'end', 'error'] as const) {
      const { anthropic, twin } = await client(vendor)
      twin.say({ text: 'one two three four' })
      twin.breakStream({ kind, pieces: 2 })
      await expect(anthropic.messages.stream(ask).finalMessage(), kind).rejects.toThrow(Anthropic.APIError)
    }
  })

  it('lists models', async () => {
    const { anthropic, twin } = await client(vendor)
    const ids: string[] = []
    for await (const { id } of anthropic.models.list()) ids.push(id)
    expect(ids).toContain(`${vendor}:${twin.models.chat}`)
    expect(await anthropic.models.retrieve(twin.models.chat)).toMatchObject({
      type: 'model',
      id: `${vendor}:${twin.models.chat}`,
    })
  })
})

describe("anthropic: a model of OpenAI's that thinks in Responses", () => {
  it('gets its seals back as it gave them', async () => {
    const { anthropic, twin } = await client('openai')
    twin.say({ thinks: 'Two towns.', text: 'Look:', tools: twoCalls }, { text: 'Sun.' })
    const wish = { ...ask, model: 'gpt-6-luna', tools: [weather] }
    const first = await anthropic.messages.stream(wish).finalMessage()
    expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use'])
    const results = first.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'sun' }] : [],
    )
    const turns = [
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: results },
    ]
    const next = await anthropic.messages.create({ ...wish, messages: [...wish.messages, ...turns] })
    expect(next.content).toEqual([{ type: 'text', text: 'Sun.' }])
    const [thought] = first.content
    const seal = thought?.type === 'thinking' ? thought.signature.replace('do.openai.', '') : ''
    expect(twin.asked()[1]?.messages[1]?.signatures).toEqual([seal])
    expect(twin.requests().map(({ url }) => new URL(url).pathname)).toEqual(['/v1/responses', '/v1/responses'])
  })
})

describe.each(vendors)('anthropic: errors by %s', (vendor) => {
  it('has the right class for each', async () => {
    const { anthropic, twin } = await client(vendor)
    const meets = async (error: unknown, type: string) =>
      expect(await anthropic.messages.create(ask).catch((thrown: unknown) => thrown)).toEqual(
        expect.objectContaining({ constructor: error, type, requestID: expect.stringMatching(/^req_/) }),
      )
    twin.refuseNext('context_length')
    await meets(Anthropic.BadRequestError, 'invalid_request_error')
    twin.refuseNext('model_not_found')
    await meets(Anthropic.NotFoundError, 'not_found_error')
    twin.refuseNext('insufficient_quota')
    await meets(Anthropic.RateLimitError, 'rate_limit_error')
    twin.refuseNext('overloaded')
    twin.refuseNext('overloaded')
    await meets(Anthropic.OverloadedError, 'overloaded_error')
  })

  it('knows a wrong key and a wrong body', async () => {
    const wrong = await client(vendor, 'sk-wrong')
    await expect(wrong.anthropic.messages.create(ask)).rejects.toThrow(Anthropic.AuthenticationError)
    const { anthropic, twin } = await client(vendor)
    const input_schema = { type: 'nonsense' } as unknown as Anthropic.Tool['input_schema']
    await expect(anthropic.messages.create({ ...ask, tools: [{ name: 'x', input_schema }] })).rejects.toThrow(
      Anthropic.BadRequestError,
    )
    if (vendor === 'openai') await expect(anthropic.messages.create({ ...ask, top_k: 5 } as typeof ask)).rejects.toThrow(/top_k/)
    expect(twin.requests()).toEqual([])
  })
})
