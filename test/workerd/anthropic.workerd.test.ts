import { anthropicLlm } from '@do/anthropic'
import { anthropicTwin } from '@do/fixtures/anthropic'
import type { GenerateInput, GenerationEvent } from '@do/llm'
import { expect, it } from 'vitest'

const twin = anthropicTwin()

function fresh() {
  twin.reset()
  return anthropicLlm({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
}

const hello: GenerateInput = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello 👋 from workerd' }] }

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

it('answers through the SDK, once, with usage and cost', async () => {
  const llm = fresh()
  expect(await llm.generate(hello)).toMatchObject({
    text: 'Hello 👋 from workerd',
    finish: 'stop',
    usage: { input: 6, output: 6 },
    cost: { microUsd: 108 },
  })
  expect(twin.requests()).toHaveLength(1)
})

it('streams there, however the bytes are cut', async () => {
  const llm = fresh()
  twin.wire({ bytes: 3, crlf: true, keepAlives: true })
  twin.say({ thinks: 'Hm 🤔', text: 'Yes 👍 indeed', tools: [{ name: 'f', arguments: { a: 'ü' } }] })
  const tools = [{ name: 'f', parameters: { type: 'object', properties: {} } }]
  const events: GenerationEvent[] = []
  for await (const event of llm.stream({ ...hello, tools, thinking: 'low' })) events.push(event)
  const all = (type: 'text' | 'reasoning' | 'tool_arguments') =>
    events.map((event) => (event.type === type ? event.text : '')).join('')
  expect([all('reasoning'), all('text'), all('tool_arguments')]).toEqual(['Hm 🤔', 'Yes 👍 indeed', '{"a":"ü"}'])
  expect(events.at(-1)).toMatchObject({ type: 'finish', finish: 'tool_calls' })
})

it('breaks typed there, and never passes a break off as an end', async () => {
  const llm = fresh()
  twin.breakStream({ kind: 'cut', pieces: 1 })
  const read = async () => {
    for await (const _ of llm.stream(hello));
  }
  await expect(read()).rejects.toMatchObject({ code: 'stream_interrupted', effect: 'unknown' })
  twin.faults.next({ kind: 'refuse' }, { operation: 'messages.create' })
  twin.faults.next({ kind: 'refuse' }, { operation: 'messages.create' })
  await expect(llm.generate(hello)).rejects.toMatchObject({ effect: 'none', fault: 'network' })
})

it('tells the vendor there that the reader has left', async () => {
  const llm = fresh()
  for await (const event of llm.stream(hello)) if (event.type === 'text') break
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(twin.generated()).toMatchObject([{ left: true, whole: false }])
})

it('relays bytes there', async () => {
  const llm = fresh()
  const body = { stream: true, max_tokens: 99, messages: [{ role: 'user', content: 'Hi 👋' }] }
  const decoder = new TextDecoder()
  let text = ''
  for await (const event of llm.relay({ model: 'claude-sonnet-4-6', wire: 'anthropic.messages', body })) {
    if (event.type === 'bytes') text += decoder.decode(event.data, { stream: true })
  }
  expect(text).toMatch(/^event: message_start\n/)
  expect(text).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/)
})
