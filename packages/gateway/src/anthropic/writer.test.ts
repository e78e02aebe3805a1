import type { GenerationEvent } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { messageWriter } from './writer.ts'

type Written = { type: string; index?: number; content_block?: { type: string; id?: string }; delta?: Record<string, unknown> }

function written(...events: GenerationEvent[]): Written[] {
  const writer = messageWriter({}, { requestId: 'req_1', now: 0 })
  const start: GenerationEvent = { type: 'start', id: 'msg_1', provider: 'a', model: 'm' }
  const finish: GenerationEvent = { type: 'finish', finish: 'tool_calls' }
  const text = [start, ...events, finish].map((event) => writer.write(event)).join('')
  return text
    .trimEnd()
    .split('\n\n')
    .map((event) => {
      const [name, data] = event.split('\n') as [string, string]
      const parsed = JSON.parse(data.slice('data: '.length)) as Written
      expect(name).toBe(`event: ${parsed.type}`)
      return parsed
    })
}

const tool = (index: number): GenerationEvent => ({ type: 'tool_call', index, id: `call_${index}`, name: 'weather' })
const args = (index: number, text: string): GenerationEvent => ({ type: 'tool_arguments', index, text })

/** What a client makes of it, which takes one block at a time. */
function blocks(events: readonly Written[]) {
  const made: { type: string; id?: string | undefined; content: string }[] = []
  let open: number | undefined
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') {
      expect(open).toBeUndefined()
      expect(index).toBe(made.length)
      open = index
      made.push({ type: content_block?.type as string, id: content_block?.id, content: '' })
    }
    if (type === 'content_block_delta') {
      expect(index).toBe(open)
      const last = made.at(-1) as { content: string }
      last.content += String(delta?.text ?? delta?.partial_json ?? delta?.thinking ?? `[${delta?.signature}]`)
    }
    if (type === 'content_block_stop') {
      expect(index).toBe(open)
      open = undefined
    }
  }
  expect(open).toBeUndefined()
  return made.map(({ type, content }) => `${type} ${content}`)
}

describe('messageWriter', () => {
  it('begins and ends as a message does', () => {
    const events = written({ type: 'text', text: 'Hi' })
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it('opens one block at a time: thoughts with their seal, text, tools', () => {
    const events = written(
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', text: 'm.' },
      { type: 'signature', signature: 'seal', signedBy: 'anthropic' },
      { type: 'signature', redacted: 'hidden', signedBy: 'anthropic' },
      { type: 'text', text: '' },
      { type: 'text', text: 'So' },
      tool(0),
      args(0, '{"a":'),
      args(0, '1}'),
      tool(1),
      args(1, '{}'),
    )
    expect(blocks(events)).toEqual(['thinking Hmm.[seal]', 'redacted_thinking ', 'text So', 'tool_use {"a":1}', 'tool_use {}'])
  })

  it('puts interleaved tools one after the other, each as soon as the one before is whole', () => {
    const events = written(
      tool(0),
      tool(1),
      args(1, '{"b"'),
      args(0, '{"a":'),
      args(1, ':2}'),
      tool(2),
      args(0, '1}'),
      args(2, '{}'),
    )
    expect(blocks(events)).toEqual(['tool_use {"a":1}', 'tool_use {"b":2}', 'tool_use {}'])
  })

  it('writes what never became whole, too', () => {
    expect(blocks(written(tool(0), args(0, '{"a":'), tool(1), args(1, '{"b":2}')))).toEqual([
      'tool_use {"a":',
      'tool_use {"b":2}',
    ])
    expect(blocks(written(tool(0), tool(1)))).toEqual(['tool_use ', 'tool_use '])
  })

  it("marks another vendor's seal, so that it is known when it comes back", () => {
    const events = written({ type: 'reasoning', text: 'x' }, { type: 'signature', signature: 's', signedBy: 'google' })
    expect(blocks(events)).toEqual(['thinking x[do.google.s]'])
  })
})
