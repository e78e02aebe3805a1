import { type AssistantPart, collect, type GenerateInput, type Message } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { answering, candidate, events, failure, setUp } from './test/set-up.ts'

const look = { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } }
const question: Message = { role: 'user', content: 'Look' }
const model = 'gemini-3.6-flash'
const asking = (content?: readonly AssistantPart[]): GenerateInput => ({
  model,
  messages:
    content === undefined
      ? [question]
      : [question, { role: 'assistant', content: [...content] }, { role: 'user', content: 'On' }],
})

/** What Google said, whole or in chunks, and what it gets back of it. */
async function roundTrip(...answers: readonly (object | string)[]) {
  const { llm, bodies } = answering(...answers, candidate([{ text: 'ok' }], 'STOP'))
  const [first] = answers
  const answer = typeof first === 'string' ? await collect(llm.stream(asking())) : await llm.generate(asking())
  await llm.generate(asking(answer.content))
  const { contents } = bodies[1] as { contents: { parts: object[] }[] }
  return { content: answer.content, back: contents[1]?.parts }
}

describe('signatures', () => {
  it('go back onto the text that they came with', async () => {
    const parts = [{ text: 'Sealed.', thoughtSignature: 'c2VhbA==' }]
    const { content, back } = await roundTrip(candidate(parts, 'STOP'))
    expect(content).toEqual([
      { type: 'text', text: 'Sealed.' },
      { type: 'reasoning', text: '', redacted: 'c2VhbA==', signedBy: 'google' },
    ])
    expect(back).toEqual(parts)
  })

  it('go back in a part of their own where they came in one, as streams bring them', async () => {
    const chunks = events(
      candidate([{ text: 'Sea' }]),
      candidate([{ text: 'led.' }]),
      candidate([{ text: '', thoughtSignature: 'c2VhbA==' }], 'STOP'),
    )
    const { content, back } = await roundTrip(chunks)
    expect(content.map(({ type }) => type)).toEqual(['text', 'reasoning'])
    expect(back).toEqual([{ text: 'Sealed.' }, { text: '', thoughtSignature: 'c2VhbA==' }])
  })

  it('go back with the thoughts that they seal; a summary without one is not sent', async () => {
    const sealed = { text: 'Hmm.', thought: true, thoughtSignature: 'dGhvdWdodA==' }
    const { content, back } = await roundTrip(candidate([{ text: 'First.', thought: true }, sealed, { text: 'Yes.' }], 'STOP'))
    expect(content.map(({ type }) => type)).toEqual(['reasoning', 'text'])
    expect(back).toEqual([{ ...sealed, text: 'First.Hmm.' }, { text: 'Yes.' }])
    const plain = await roundTrip(candidate([{ text: 'Hmm.', thought: true }, { text: 'Yes.' }], 'STOP'))
    expect(plain.content[0]).toEqual({ type: 'reasoning', text: 'Hmm.' })
    expect(plain.back).toEqual([{ text: 'Yes.' }])
  })

  it('that stand behind thoughts alone are not taken for theirs', async () => {
    const parts = [
      { text: 'Hmm.', thought: true },
      { text: '', thoughtSignature: 'c2VhbA==' },
    ]
    const { back } = await roundTrip(candidate(parts, 'STOP'))
    expect(back).toEqual([parts[1]])
  })

  it('of calls are kept by call, and known again by the vendor', async () => {
    const { llm, twin, chat } = setUp()
    const tools = [look]
    const calls = [
      { name: 'look', arguments: { at: 'a' } },
      { name: 'look', arguments: { at: 'b' } },
    ]
    twin.say({ thinks: 'Both.', tools: calls })
    const first = await llm.generate({ model: chat, messages: [question], tools, thinking: 'high' })
    const [a, b] = first.toolCalls
    expect(a).toMatchObject({ signedBy: 'google' })
    expect(b?.signature).toBeUndefined()
    const messages = (call: typeof a): Message[] => [
      question,
      {
        role: 'assistant',
        content: first.content.map((part) => (part.type === 'tool_call' && part.id === call?.id ? call : part)),
      },
      { role: 'tool', toolCall: a?.id ?? '', content: '1' },
      { role: 'tool', toolCall: b?.id ?? '', content: '2' },
    ]
    await llm.generate({ model: chat, messages: messages(a), tools, signed: 'stay' })
    expect(twin.asked()[1]?.messages[1]?.signatures).toEqual([a?.signature])
    const forged = a && { ...a, arguments: '{"at":"elsewhere"}' }
    const error = await failure(llm.generate({ model: chat, messages: messages(forged), tools }))
    expect(error).toMatchObject({ code: 'invalid_signature', fault: 'caller', effect: 'none' })
  })

  it('that calls of others do not have are waived in the way that Google documents, where it insists on them', async () => {
    const { llm, twin, sent, chat } = setUp()
    const call = (id: string): AssistantPart => ({
      type: 'tool_call',
      id,
      name: 'look',
      arguments: '{}',
      signature: 'theirs',
      signedBy: 'anthropic',
    })
    const messages: Message[] = [
      question,
      { role: 'assistant', content: [call('x'), call('y')] },
      { role: 'tool', toolCall: 'x', content: '1' },
      { role: 'tool', toolCall: 'y', content: '2' },
    ]
    const answer = await llm.generate({ model: chat, messages, tools: [look] })
    expect(answer.warnings).toEqual(['signed_reasoning_dropped'])
    await llm.generate({ model: 'gemini-2.5-flash', messages, tools: [look] })
    const signatures = sent().map(({ contents }) =>
      contents[1].parts.map((part: { thoughtSignature?: string }) => part.thoughtSignature),
    )
    expect(signatures).toEqual([
      ['skip_thought_signature_validator', undefined],
      [undefined, undefined],
    ])
    expect(JSON.stringify(sent())).not.toContain('theirs')
    expect(twin.generated()).toHaveLength(2)
  })
})
