import { collect, type GenerateInput, type Generation, type Message } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { answering, candidate, events, failure, setUp } from './test/set-up.ts'

const look = { name: 'look', description: 'Looks', parameters: { type: 'object', properties: { at: { type: 'string' } } } }
const question: Message = { role: 'user', content: 'Look' }
const both = [
  { name: 'look', arguments: { at: 'a' } },
  { name: 'look', arguments: { at: 'b' } },
]

/** The question, the answer with its calls, and their results in this order. */
const continued = ({ content, toolCalls }: Generation, ...order: readonly number[]): Message[] => [
  question,
  { role: 'assistant', content },
  ...order.map((index): Message => ({ role: 'tool', toolCall: toolCalls[index]?.id ?? '', content: `result ${index}` })),
]

describe('tools', () => {
  it('reach Google with their schemas, and every way to choose', async () => {
    const { llm, twin, sent, chat } = setUp()
    const ask = (more: Partial<GenerateInput>) => llm.generate({ model: chat, messages: [question], tools: [look], ...more })
    for (const toolChoice of ['auto', 'none', 'required', { tool: 'look' }] as const) await ask({ toolChoice })
    await ask({})
    await ask({ tools: [{ ...look, strict: true }] })
    expect(sent()[0].tools).toEqual([
      { functionDeclarations: [{ name: 'look', description: 'Looks', parametersJsonSchema: look.parameters }] },
    ])
    expect(sent().map(({ toolConfig }) => toolConfig?.functionCallingConfig)).toEqual([
      { mode: 'AUTO' },
      { mode: 'NONE' },
      { mode: 'ANY' },
      { mode: 'ANY', allowedFunctionNames: ['look'] },
      undefined,
      { mode: 'VALIDATED' },
    ])
    expect(twin.asked().map(({ toolChoice }) => toolChoice)).toEqual([
      'auto',
      'none',
      'required',
      { tool: 'look' },
      undefined,
      'auto',
    ])
  })

  it('keep the ids that Google gives, and take their results back in the order of the calls', async () => {
    const { llm, twin, sent, chat } = setUp()
    twin.say({ text: 'I look.', tools: both })
    const first = await llm.generate({ model: chat, messages: [question], tools: [look] })
    const ids = first.toolCalls.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    await llm.generate({ model: chat, messages: continued(first, 1, 0), tools: [look] })
    const { contents } = sent()[1]
    expect(contents).toHaveLength(3)
    expect(contents[1].parts.map((part: { functionCall?: object }) => part.functionCall)).toEqual([
      undefined,
      { id: ids[0], name: 'look', args: { at: 'a' } },
      { id: ids[1], name: 'look', args: { at: 'b' } },
    ])
    expect(contents[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: ids[0], name: 'look', response: { output: 'result 0' } } },
        { functionResponse: { id: ids[1], name: 'look', response: { output: 'result 1' } } },
      ],
    })
  })

  it('of models that give no ids get some that Google never sees', async () => {
    const { llm, twin, sent } = setUp()
    twin.say({ tools: both })
    const model = 'gemini-2.5-flash'
    const first = await llm.generate({ model, messages: [question], tools: [look] })
    const ids = first.toolCalls.map(({ id }) => id)
    expect(ids.every((id) => /^do-call-[\w-]{22}-[01]$/.test(id) && id.length <= 40)).toBe(true)
    expect(new Set(ids).size).toBe(2)
    await llm.generate({ model, messages: continued(first, 1, 0), tools: [look] })
    expect(JSON.stringify(sent()[1])).not.toContain('do-call-')
    expect(twin.asked()[1]?.messages.map(({ text }) => text)).toEqual(['Look', '', 'result 0', 'result 1'])
  })

  it('have ids of their own even where Google gives two the same, or nothing at all', async () => {
    const call = { functionCall: { id: 'same', name: 'look' } }
    const anonymous = { candidates: [{ content: { parts: [{ functionCall: { name: 'look' } }] }, finishReason: 'STOP' }] }
    const { llm } = answering(candidate([call, call], 'STOP'), anonymous, anonymous)
    const ask = async () => (await llm.generate({ model: 'gemini-3.6-flash', messages: [question], tools: [look] })).toolCalls
    expect((await ask()).map(({ id, arguments: args }) => [id, args])).toEqual([
      ['same', '{}'],
      ['do-call-r3sp0ns3-1', '{}'],
    ])
    expect((await ask())[0]?.id).not.toBe((await ask())[0]?.id)
  })

  it('are known by their names, whole and in a stream', async () => {
    const calls = (name?: string) => candidate([{ functionCall: { name, args: {} } }], 'STOP')
    const ask = { model: 'gemini-3.6-flash', messages: [question], tools: [look] }
    const { llm } = answering(calls('default_api.look'), calls('default_api:look'))
    expect((await llm.generate(ask)).toolCalls[0]?.name).toBe('look')
    expect((await llm.generate(ask)).toolCalls[0]?.name).toBe('look')
    for (const name of ['print(look)', '', undefined]) {
      const odd = answering(calls(name), events(calls(name)), events(calls(name)))
      expect(await failure(odd.llm.generate(ask))).toMatchObject({ code: 'unreadable_answer', fault: 'provider' })
      expect(await failure(collect(odd.llm.stream(ask)))).toMatchObject({ code: 'stream_broken', fault: 'provider' })
    }
  })

  it('belong to the last call of that id, and stay together around what the system says', async () => {
    const { llm, sent, chat } = setUp()
    const call = (id: string, at: string) => ({ type: 'tool_call' as const, id, name: 'look', arguments: JSON.stringify({ at }) })
    const turn = (first: string, second: string): Message[] => [
      { role: 'assistant', content: [call(first, `${first} first`), call(second, `${second} second`)] },
      { role: 'tool', toolCall: second, content: `of ${second}` },
      { role: 'system', content: 'Hurry.' },
      { role: 'tool', toolCall: first, content: `of ${first}` },
    ]
    const { warnings } = await llm.generate({
      model: chat,
      messages: [question, ...turn('a', 'b'), ...turn('b', 'a')],
      tools: [look],
    })
    expect(warnings).toEqual(['system_moved'])
    const results = (index: number) =>
      sent()[0].contents[index].parts.map((part: { functionResponse: { response: object } }) => part.functionResponse.response)
    expect(sent()[0].contents).toHaveLength(5)
    expect(results(2)).toEqual([{ output: 'of a' }, { output: 'of b' }])
    expect(results(4)).toEqual([{ output: 'of b' }, { output: 'of a' }])
  })

  it('say that they failed, and show pictures where the model takes them', async () => {
    const { llm, twin, sent, chat } = setUp()
    const results = (model: string): GenerateInput => ({
      model,
      tools: [look],
      messages: [
        question,
        { role: 'assistant', content: [{ type: 'tool_call', id: 'theirs', name: 'look', arguments: '' }] },
        {
          role: 'tool',
          toolCall: 'theirs',
          isError: true,
          content: [
            { type: 'text', text: 'Too ' },
            { type: 'image', data: new Uint8Array([1]), mediaType: 'image/png' },
            { type: 'text', text: 'dark' },
          ],
        },
      ],
    })
    await llm.generate(results(chat))
    expect(sent()[0].contents[2].parts).toEqual([
      {
        functionResponse: {
          id: 'theirs',
          name: 'look',
          response: { error: 'Too dark' },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'AQ==' } }],
        },
      },
    ])
    const error = await failure(llm.generate(results('gemini-2.5-flash')))
    expect(error).toMatchObject({ code: 'unsupported', field: 'messages.2.content.1', elsewhere: true })
    expect(twin.requests()).toHaveLength(1)
  })

  it('are refused where a result has no call, or a call no object', async () => {
    const { llm, twin, chat } = setUp()
    const ask = (...messages: Message[]) => failure(llm.generate({ model: chat, messages, tools: [look] }))
    expect(await ask(question, { role: 'tool', toolCall: 'x', content: 'y' })).toMatchObject({ field: 'messages.1.toolCall' })
    for (const text of ['{"at":', '[1]', '"x"', 'null']) {
      const call = { type: 'tool_call' as const, id: 'x', name: 'look', arguments: text }
      const error = await ask(question, { role: 'assistant', content: [call] }, { role: 'tool', toolCall: 'x', content: 'y' })
      expect(error).toMatchObject({ code: 'invalid_input', field: 'messages.1.content.0.arguments', effect: 'none' })
    }
    expect(twin.requests()).toHaveLength(0)
  })
})
