import { describe, expect, it } from 'vitest'
import { type Message, trimConversation } from './index.ts'

const user = (content: string): Message => ({ role: 'user', content })
const said = (content: string): Message => ({ role: 'assistant', content })
const calls = (...ids: readonly string[]): Message => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_call', id, name: 't', arguments: '{}' })),
})
const result = (toolCall: string, content = 'r'): Message => ({ role: 'tool', toolCall, content })
const system: Message = { role: 'system', content: 'S' }

/** One token each, so that a limit is a number of messages. */
const trim = (messages: readonly Message[], tokens: number) => trimConversation(messages, { tokens, count: () => 1 })

/** No result without its call before it, no call without its results after it, but at the very end. */
function isWhole(messages: readonly Message[]): boolean {
  const open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.toolCall)) return false
      continue
    }
    if (open.size > 0) return false
    if (message.role === 'assistant' && typeof message.content !== 'string') {
      for (const part of message.content) if (part.type === 'tool_call') open.add(part.id)
    }
    if (open.size > 0 && messages.slice(index + 1).every(({ role }) => role === 'tool')) return true
  }
  return true
}

describe('trimConversation', () => {
  it('leaves a short conversation as it is', () => {
    const messages = [system, user('1'), calls('a', 'b'), result('b'), result('a'), said('done')]
    expect(trim(messages, 6)).toEqual(messages)
    expect(trim([], 1)).toEqual([])
  })

  it('drops from the oldest end, keeps the system and begins with the user', () => {
    const messages = [system, user('1'), said('1'), user('2'), said('2'), user('3')]
    expect(trim(messages, 5)).toEqual([system, user('2'), said('2'), user('3')])
    expect(trim(messages, 4)).toEqual([system, user('2'), said('2'), user('3')])
    expect(trim(messages, 3)).toEqual([system, user('3')])
    expect(trim(messages, 2)).toEqual([system, user('3')])
  })

  it('leaves no hole: what is older than the first that does not fit goes too', () => {
    const messages = [user('a'), said('b'), user('long '.repeat(9)), said('c'), user('d')]
    const count = ({ content }: Message) => content.length
    expect(trimConversation(messages, { tokens: 10, count })).toEqual([user('d')])
    expect(trimConversation(messages, { tokens: 47, count })).toEqual(messages.slice(2))
  })

  it('takes calls and results out together', () => {
    const messages = [user('1'), calls('a', 'b'), result('a'), result('b'), said('x'), user('2')]
    expect(trim(messages, 5)).toEqual([user('2')])
    expect(trim(messages, 6)).toEqual(messages)
  })

  it('in a long loop of tools keeps what the user said and the newest steps', () => {
    const step = (id: string) => [calls(id), result(id)]
    const messages = [system, user('1'), said('1'), user('do it'), ...step('a'), ...step('b'), ...step('c')]
    expect(trim(messages, 6)).toEqual([system, user('do it'), ...step('b'), ...step('c')])
    expect(trim(messages, 4)).toEqual([system, user('do it'), ...step('c')])
  })

  it('ids that come again are those of the nearest call before', () => {
    const messages = [
      user('1'),
      calls('call_0'),
      result('call_0', 'first'),
      user('2'),
      calls('call_0'),
      result('call_0', 'second'),
    ]
    expect(trim(messages, 3)).toEqual([user('2'), calls('call_0'), result('call_0', 'second')])
  })

  it('leaves out what was orphaned before, and waits for what is still open', () => {
    const broken = [result('x'), user('1'), calls('a', 'b'), result('a'), user('2'), calls('c', 'd'), result('c')]
    const fixed = [user('1'), calls('a'), result('a'), user('2'), calls('c', 'd'), result('c')]
    expect(trim(broken, 99)).toEqual(fixed)
    expect(trim([user('1'), calls('a'), user('2')], 99)).toEqual([user('1'), user('2')])
    expect(trim([user('1'), calls('a'), result('a', 'first'), result('a', 'again')], 99)).toEqual([
      user('1'),
      calls('a'),
      result('a', 'first'),
    ])
  })

  it('is an error where even that is too long', () => {
    expect(() => trim([system, user('1'), calls('a'), result('a')], 3)).toThrow(
      expect.objectContaining({ code: 'context_length', field: 'messages' }),
    )
  })

  it('counts by an estimate of tokens', () => {
    const messages = [user('a'.repeat(4_000)), said('b'.repeat(400)), user('c'.repeat(400))]
    expect(trimConversation(messages, { tokens: 1_100 })).toEqual([messages[2]])
    expect(trimConversation(messages, { tokens: 1_300 })).toEqual(messages)
  })

  it('never leaves half of a pair, at any limit, in any conversation', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    for (let round = 0; round < 300; round++) {
      const messages: Message[] = random(2) === 0 ? [system] : []
      for (let turn = 0; turn < 1 + random(4); turn++) {
        messages.push(user(`${turn}`))
        for (let step = 0; step < random(4); step++) {
          const ids = Array.from({ length: 1 + random(3) }, (_, index) => `call_${index}`)
          messages.push(calls(...ids), ...ids.map((id) => result(id)))
        }
        if (random(3) > 0) messages.push(said('ok'))
      }
      for (let limit = 1; limit <= messages.length; limit++) {
        let trimmed: Message[]
        try {
          trimmed = trim(messages, limit)
        } catch {
          continue
        }
        expect(trimmed.length).toBeLessThanOrEqual(limit)
        expect(isWhole(trimmed)).toBe(true)
        expect(trimmed.find(({ role }) => role !== 'system')?.role).toBe('user')
        expect(trimmed).toEqual(messages.filter((message) => trimmed.includes(message)))
      }
      expect(trim(messages, messages.length)).toEqual(messages)
    }
  })
})
