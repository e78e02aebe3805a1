import { googleTwin } from '@do/fixtures/google'
import { googleLlm } from '@do/google'
import { collect, type GenerateInput } from '@do/llm'
import { expect, it } from 'vitest'

const twin = googleTwin()

function fresh() {
  twin.reset()
  return googleLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
}

const asking = (more: Partial<GenerateInput> = {}): GenerateInput => ({
  model: twin.models.chat,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
})

const look = { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } }

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

it('answers through the SDK, once, and streams the same', async () => {
  const llm = fresh()
  const script = { thinks: 'Well.', text: 'Grüße, 東京 👩‍👩‍👧‍👦', tools: [{ name: 'look', arguments: { at: 'a' } }] }
  twin.say(script, script)
  twin.wire({ bytes: 3 })
  const whole = await llm.generate(asking({ tools: [look], thinking: 'low' }))
  const streamed = await collect(llm.stream(asking({ tools: [look], thinking: 'low' })))
  expect(whole).toMatchObject({ text: script.text, finish: 'tool_calls', usage: { reasoning: 2 } })
  expect(streamed).toMatchObject({ text: whole.text, finish: whole.finish, usage: whole.usage, cost: whole.cost })
  expect(streamed.toolCalls.map(({ name, arguments: args }) => [name, args])).toEqual([['look', '{"at":"a"}']])
  expect(twin.requests()).toHaveLength(2)
})

it('gives back the signature of a call, which the vendor knows again', async () => {
  const llm = fresh()
  twin.say({ tools: [{ name: 'look', arguments: { at: 'a' } }] })
  const { content, toolCalls } = await llm.generate(asking({ tools: [look] }))
  const toolCall = toolCalls[0]?.id ?? ''
  const messages: GenerateInput['messages'] = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content },
    { role: 'tool', toolCall, content: 'There.' },
  ]
  await llm.generate(asking({ messages, tools: [look] }))
  expect(twin.asked()[1]?.messages[1]?.signatures).toEqual([toolCalls[0]?.signature])
})

it('tells a break from an end there, and tells the vendor when the reader leaves', async () => {
  const llm = fresh()
  twin.say({ text: 'one two three' }, { text: 'one two three' })
  twin.breakStream({ pieces: 2, kind: 'cut' })
  await expect(collect(llm.stream(asking()))).rejects.toMatchObject({ code: 'stream_interrupted', effect: 'unknown' })
  for await (const piece of llm.stream(asking())) if (piece.type === 'text') break
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(twin.generated()[1]).toMatchObject({ left: true, whole: false })
})

it('knows that a refused connection had no effect, and what Google refuses', async () => {
  const llm = fresh()
  twin.faults.always({ kind: 'refuse' })
  await expect(llm.generate(asking())).rejects.toMatchObject({ effect: 'none', fault: 'network' })
  twin.reset()
  twin.refuseNext('context_length')
  await expect(collect(llm.stream(asking()))).rejects.toMatchObject({ code: 'context_length', effect: 'none' })
})

it('embeds, speaks and lists there', async () => {
  const llm = fresh()
  const { embeddings } = await llm.embed({ model: twin.models.embedding, input: ['a', 'b'], dimensions: 8 })
  expect(embeddings.map(({ length }) => length)).toEqual([8, 8])
  const { audio, mediaType } = await llm.speak({ model: twin.models.speech, text: 'Hello', format: 'wav' })
  expect([mediaType, new TextDecoder().decode(audio.subarray(0, 4))]).toEqual(['audio/wav', 'RIFF'])
  expect((await llm.models.list().page()).items.length).toBeGreaterThan(5)
})
