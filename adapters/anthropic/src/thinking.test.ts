import { type AssistantPart, collect, type Message } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { failure, hello, read, setup } from './test/setup.ts'

const tool = { name: 'weather', parameters: { type: 'object' as const, properties: {} } }
const call = { name: 'weather', arguments: {} }

/** The first answer and what was said of it, as the next request brings them back. */
const goingOn = (content: readonly AssistantPart[]): Message[] => {
  const calls = content.filter((part) => part.type === 'tool_call')
  return [
    { role: 'user', content: 'Weather?' },
    { role: 'assistant', content: [...content] },
    ...calls.map(({ id }): Message => ({ role: 'tool', toolCall: id, content: 'Sun' })),
  ]
}

describe('levels of thinking', () => {
  it.each([
    ['claude-opus-5-5', 'low', { type: 'adaptive', display: 'summarized' }, 'low'],
    ['claude-sonnet-4-6', 'high', { type: 'adaptive', display: 'summarized' }, 'high'],
    ['claude-haiku-4-5', 'low', { type: 'enabled', budget_tokens: 2_048 }, undefined],
    ['claude-haiku-4-5', 'medium', { type: 'enabled', budget_tokens: 8_192 }, undefined],
    ['claude-opus-4-5', 'high', { type: 'enabled', budget_tokens: 16_000 }, undefined],
    ['claude-sonnet-4-6', 'off', { type: 'disabled' }, undefined],
    ['claude-haiku-5-5', 'off', { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', 'off', { type: 'between_tools' }, undefined],
  ] as const)('%s, %s', async (model, level, thinking, effort) => {
    const { llm, sent } = setup()
    await llm.generate(hello({ model, thinking: level }))
    expect(sent().thinking).toEqual(thinking)
    expect(sent().output_config).toEqual(effort === undefined ? undefined : { effort })
  })

  it('says nothing where nobody asks, but for a model that would think and must use a tool', async () => {
    const { llm, sent } = setup()
    await llm.generate(hello({ model: 'claude-opus-5-5' }))
    expect(sent()).not.toHaveProperty('thinking')
    await llm.generate(hello({ model: 'claude-haiku-5-5', tools: [tool], toolChoice: 'required' }))
    expect(sent().thinking).toEqual({ type: 'disabled' })
  })

  it('keeps room for the answer', async () => {
    const { llm, sent } = setup()
    await llm.generate(hello({ model: 'claude-haiku-4-5', thinking: 'high', maxOutputTokens: 5_000 }))
    expect(sent()).toMatchObject({ max_tokens: 5_000, thinking: { budget_tokens: 2_500 } })
    const short = hello({ model: 'claude-haiku-4-5', thinking: 'low', maxOutputTokens: 2_000 })
    expect(await failure(llm.generate(short))).toMatchObject({ code: 'invalid_input', field: 'maxOutputTokens' })
  })

  it('refuses a level that the model does not have', async () => {
    const { llm, twin } = setup()
    expect(await failure(llm.generate(hello({ model: 'claude-opus-5-5', thinking: 'off' })))).toMatchObject({
      code: 'unsupported',
      field: 'thinking',
      elsewhere: true,
    })
    expect(await failure(llm.generate(hello({ model: 'claude-3-5-haiku-latest', thinking: 'low' })))).toMatchObject({
      code: 'unsupported',
      field: 'thinking',
    })
    expect(twin.requests()).toHaveLength(0)
  })

  it('leaves the temperature out, and says so', async () => {
    const { llm, sent } = setup()
    expect((await llm.generate(hello({ thinking: 'low', temperature: 0.2 }))).warnings).toEqual(['temperature_ignored'])
    expect(sent()).not.toHaveProperty('temperature')
  })
})

describe('sealed thoughts', () => {
  it('come with their seal, and go back unchanged', async () => {
    const { llm, twin } = setup()
    twin.say({ thinks: 'I need the weather.', tools: [call] })
    const first = await llm.generate(hello({ model: 'claude-haiku-4-5', thinking: 'low', tools: [tool] }))
    expect(first.content[0]).toMatchObject({ type: 'reasoning', text: 'I need the weather.', signedBy: 'anthropic' })
    expect(first.usage?.reasoning).toBe(5)
    await llm.generate(hello({ model: 'claude-haiku-4-5', thinking: 'low', tools: [tool], messages: goingOn(first.content) }))
    const { signature } = first.content[0] as { signature: string }
    expect(twin.asked()[1]?.messages[1]?.signatures).toEqual([signature])
  })

  it('come though nothing is shown of them', async () => {
    const { llm, twin } = setup()
    twin.say({ thinks: 'Secretly.', text: 'Yes.' })
    const events = await read(llm.stream(hello({ model: 'claude-opus-5-5' })))
    expect(events.some((event) => event.type === 'reasoning' && event.text !== '')).toBe(false)
    const seal = events.find((event) => event.type === 'signature')
    expect(seal).toMatchObject({ signedBy: 'anthropic', signature: expect.any(String) })
    const content: AssistantPart[] = [
      { type: 'reasoning', text: '', signature: seal?.type === 'signature' ? (seal.signature ?? '') : '', signedBy: 'anthropic' },
      { type: 'text', text: 'Yes.' },
    ]
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content },
      { role: 'user', content: 'b' },
    ]
    expect(await llm.generate(hello({ model: 'claude-opus-5-5', messages }))).toMatchObject({ finish: 'stop' })
  })

  it('that are sealed up go back as they came', async () => {
    const { llm, twin, sent } = setup()
    const hidden = 'Weather? ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E'
    const first: Message = { role: 'user', content: hidden }
    const said = { thinks: 'Secretly.', tools: [call] }
    twin.say(said, said)
    const input = hello({ model: 'claude-haiku-4-5', thinking: 'low', tools: [tool], messages: [first] })
    const { content } = await llm.generate(input)
    const [seal] = content
    expect(seal).toEqual({ type: 'reasoning', text: '', redacted: expect.any(String), signedBy: 'anthropic' })
    expect((await collect(llm.stream(input))).content[0]).toEqual(seal)
    await llm.generate({ ...input, messages: [first, ...goingOn(content).slice(1)] })
    expect((sent().messages as { content: object[] }[])[1]?.content[0]).toEqual({
      type: 'redacted_thinking',
      data: seal?.type === 'reasoning' ? seal.redacted : '',
    })
    expect(twin.generated()).toHaveLength(3)
  })

  it('that were changed are refused by name', async () => {
    const { llm, twin } = setup()
    twin.say({ thinks: 'I need the weather.', tools: [call] })
    const first = await llm.generate(hello({ model: 'claude-haiku-4-5', thinking: 'low', tools: [tool] }))
    const content = first.content.map((part) => (part.type === 'reasoning' ? { ...part, text: 'I need nothing.' } : part))
    expect(await failure(llm.generate(hello({ tools: [tool], messages: goingOn(content) })))).toMatchObject({
      code: 'invalid_signature',
      field: 'messages',
      elsewhere: true,
    })
  })

  it('of others are left out, and that is said', async () => {
    const { llm, sent } = setup()
    const content: AssistantPart[] = [
      { type: 'reasoning', text: 'Hm', signature: 'x', signedBy: 'google' },
      { type: 'reasoning', text: 'Hm, unsigned' },
      { type: 'tool_call', id: 'c1', name: 'weather', arguments: '{}', signature: 'y', signedBy: 'google' },
    ]
    const answer = await llm.generate(hello({ tools: [tool], messages: goingOn(content) }))
    expect(answer.warnings).toEqual(['signed_reasoning_dropped', 'unsigned_reasoning_dropped'])
    expect((sent().messages as { content: object[] }[])[1]?.content).toEqual([
      { type: 'tool_use', id: 'c1', name: 'weather', input: {} },
    ])
  })

  it('are missing before calls that another model made: then a model with a budget does not think, and says so', async () => {
    const { llm, sent } = setup()
    const content: AssistantPart[] = [{ type: 'tool_call', id: 'c1', name: 'weather', arguments: '{}' }]
    const input = hello({ model: 'claude-haiku-4-5', thinking: 'high', tools: [tool], messages: goingOn(content) })
    expect((await llm.generate(input)).warnings).toEqual(['thinking_ignored'])
    expect(sent()).not.toHaveProperty('thinking')
  })
})
