import { describe, expect, it } from 'vitest'
import { dullUntil } from './dull.ts'

const until = (text: string) => dullUntil(new TextEncoder().encode(text))

const dull = (text: string) => until(text) === new TextEncoder().encode(text).length

describe('a chunk that tells nothing', () => {
  it.each([
    'data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}],"usage":null}\n\n',
    'data: {"choices":[{"delta":{"content":"x"},"finish_reason" : null}],"usage":  null}\r\n\r\n',
    'data:{"a":"👋"}\n\ndata: {"b":1}\n\n',
    'data: {"content":"\\"finish_reason\\":\\"stop\\" and \\"error\\":1 and [DONE] and \\n\\n"}\n\n',
    'data: {"content":"}"}\n\n',
    '',
  ])('%j', (text) => expect(dull(text)).toBe(true))

  it.each([
    'data: {"choices":[{"finish_reason":"stop"}]}\n\n',
    'data: {"choices":[{"finish_reason": "stop"}]}\n\n',
    'data: {"a":1}\n\ndata: {"usage":{"total_tokens":1}}\n\n',
    'data: {"error":{"message":"x"}}\n\n',
    'data: {"error":"x"}\n\n',
    'data: [DONE]\n\n',
    ': comment\n\n',
    'event: error\ndata: {"message":"x"}\n\n',
    'data: {"this is": not json\n\n',
    'data: {"half":"of it',
    'data: {"a":1}\n',
    'data: {"a":1}\ndata: {"b":1}\n\n',
    'data: 7\n\n',
    'data: {"usage":',
    'data: {"err',
    'data',
  ])('is not %j', (text) => expect(dull(text)).toBe(false))

  it('ends before the first event that tells something', () => {
    const event = 'data: {"a":1}\n\n'
    expect(until(`${event}${event}data: {"usage":{"total_tokens":1}}\n\n${event}`)).toBe(2 * event.length)
    expect(until(`${event}data: [DONE]\n\n`)).toBe(event.length)
    expect(until(`${event}data: {"half":`)).toBe(event.length)
    expect(until('data: [DONE]\n\n')).toBe(0)
  })
})
