import { collect, type GenerateInput, type PriceTable } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { answering, candidate, essence, failure, piecesOf, setUp } from './test/set-up.ts'

const user = (content: string) => [{ role: 'user' as const, content }]
const look = { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } }

const prices: PriceTable = {
  date: '2026-11-01',
  models: { google: { 'gemini-3.6-flash': { kind: 'chat', input: 1_000_000, cacheRead: 100_000, output: 2_000_000 } } },
}

describe('generate', () => {
  it('answers in one request, with usage, cost and the word of the vendor', async () => {
    const { llm, twin, chat } = setUp({ prices })
    twin.say({ text: 'Hello there.' })
    const answer = await llm.generate({ model: chat, messages: [{ role: 'system', content: 'Be brief.' }, ...user('Hi')] })
    expect(answer).toMatchObject({ text: 'Hello there.', finish: 'stop', rawFinish: 'STOP', provider: 'google', model: chat })
    expect(answer.id).toMatch(/^[\w-]{22}$/)
    expect(answer.usage).toEqual({ input: 3, cacheRead: 0, cacheWrite: 0, output: 3, reasoning: 0 })
    expect(answer.cost).toEqual({ microUsd: 9, prices: '2026-11-01' })
    expect(twin.requests()).toHaveLength(1)
  })

  it('sends what was asked for and nothing else', async () => {
    const { llm, sent, chat } = setUp()
    await llm.generate({ model: chat, messages: user('Hi') })
    await llm.generate({
      model: `google:${chat}`,
      messages: [{ role: 'system', content: [{ type: 'text', text: 'A' }] }, ...user('Hi'), { role: 'system', content: 'B' }],
      temperature: 0,
      topP: 0.5,
      maxOutputTokens: 9,
      stop: ['X'],
      seed: 0,
    })
    expect(sent()).toEqual([
      { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], generationConfig: {} },
      {
        contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
        systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
        generationConfig: { temperature: 0, topP: 0.5, maxOutputTokens: 9, stopSequences: ['X'], seed: 0 },
      },
    ])
  })

  it('knows what a version of a model costs, and nothing of a model that stands in for it', async () => {
    const served = (modelVersion: string) => ({
      ...candidate([{ text: 'a' }], 'STOP'),
      modelVersion,
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
    })
    const versions = ['gemini-3.6-flash-001', 'gemini-3.6-flash-preview-05-2026', 'gemini-3.6-flash-lite', 'gemini-3.7-flash']
    const { llm } = answering(...versions.map(served))
    const costs: (number | undefined)[] = []
    for (const _ of versions)
      costs.push((await llm.generate({ model: 'models/gemini-3.6-flash', messages: user('Hi') })).cost?.microUsd)
    // 0.75 and 3.75 USD for a million; 3.7 costs the same, the lite one is not in the table.
    expect(costs).toEqual([5, 5, undefined, 5])
  })

  it('counts cached tokens, thoughts and sound once', async () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 10,
      thoughtsTokenCount: 7,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 20 }],
    }
    const { llm } = answering({ ...candidate([{ text: 'a' }], 'STOP'), usageMetadata })
    const { usage } = await llm.generate({ model: 'gemini-3.6-flash', messages: user('Hi') })
    expect(usage).toEqual({ input: 45, cacheRead: 60, cacheWrite: 0, output: 17, reasoning: 7, audioInput: 10 })
  })

  it('streams what it generates, put together', async () => {
    const tools = [look]
    const both = [
      { name: 'look', arguments: { at: 'a' } },
      { name: 'look', arguments: { at: 'b' } },
    ]
    const script = [
      { text: 'Two words, then more of them.' },
      { thinks: 'Let me see.', text: 'Seen.', cacheRead: 2 },
      { text: 'I look it up.', tools: both },
      { text: 'Cut', finish: 'length' as const },
      { finish: 'content_filter' as const },
      { text: 'x', finish: 'unheard' as const },
      { refuses: 'I will not.' },
      { text: '' },
    ]
    for (const say of script) {
      const { llm, twin, chat } = setUp()
      const input: GenerateInput = { model: chat, messages: user('Go'), tools, thinking: 'low' }
      twin.say(say, say)
      const whole = await llm.generate(input)
      expect(essence(await collect(llm.stream(input)))).toEqual(essence(whole))
    }
  })

  it('tells by its finish how it ended', async () => {
    const expected = {
      STOP: 'stop',
      MAX_TOKENS: 'length',
      CONTINUATION: 'length',
      SAFETY: 'content_filter',
      RECITATION: 'content_filter',
      PROHIBITED_CONTENT: 'content_filter',
      BLOCKLIST: 'content_filter',
      SPII: 'content_filter',
      IMAGE_SAFETY: 'content_filter',
      MALFORMED_FUNCTION_CALL: 'other',
      UNEXPECTED_TOOL_CALL: 'other',
      LANGUAGE: 'other',
      OTHER: 'other',
      toString: 'other',
    }
    for (const [reason, finish] of Object.entries(expected)) {
      const { llm } = answering(candidate([{ text: 'a' }], reason))
      const answer = await llm.generate({ model: 'gemini-3.6-flash', messages: user('Hi') })
      expect(answer).toMatchObject({ finish, rawFinish: reason })
    }
  })

  it('waits for tools only where it was done and calls some', async () => {
    const call = { functionCall: { name: 'look', args: {} } }
    const { llm } = answering(candidate([call], 'STOP'), candidate([call], 'MAX_TOKENS'))
    const ask = () => llm.generate({ model: 'gemini-3.6-flash', messages: user('Hi'), tools: [look] })
    expect(await ask()).toMatchObject({ finish: 'tool_calls', rawFinish: 'STOP' })
    expect(await ask()).toMatchObject({ finish: 'length' })
  })

  it('takes an answer that does not say that it is done for none', async () => {
    const { llm } = answering(candidate([{ text: 'Half an ans' }]), candidate([{ text: 'Half an ans' }]))
    const error = await failure(llm.generate({ model: 'gemini-3.6-flash', messages: user('Hi') }))
    expect(error).toMatchObject({ code: 'unreadable_answer', fault: 'provider', effect: 'none' })
  })

  it('keeps text that is no text, and says what it dropped', async () => {
    const { llm } = answering(candidate([{ text: 42 }, { inlineData: { mimeType: 'image/png', data: '' } }], 'STOP'))
    const answer = await llm.generate({ model: 'gemini-3.6-flash', messages: user('Hi') })
    expect(answer).toMatchObject({ text: '42', warnings: ['part_dropped'] })
  })

  it('answers JSON of a schema, with name and description where Google has a place for them', async () => {
    const { llm, twin, sent, chat } = setUp()
    const schema = { type: 'object', properties: { kind: { const: 'city' } }, required: ['kind'], additionalProperties: false }
    twin.say({ text: '{"kind":"city"}' }, { text: '[1]' })
    const output = { schema, name: 'place', description: 'Where it is' }
    expect((await llm.generate({ model: chat, messages: user('Hi'), output })).object).toEqual({ kind: 'city' })
    expect((await llm.generate({ model: chat, messages: user('Hi'), output: 'json' })).object).toEqual([1])
    expect(sent().map(({ generationConfig }) => generationConfig)).toEqual([
      {
        responseMimeType: 'application/json',
        responseJsonSchema: {
          title: 'place',
          description: 'Where it is',
          ...schema,
          properties: { kind: { enum: ['city'] } },
        },
      },
      { responseMimeType: 'application/json' },
    ])
  })

  it('sends bytes inline and URLs as such', async () => {
    const { llm, sent, chat } = setUp()
    const bytes = new Uint8Array([1, 2, 3])
    await llm.generate({
      model: chat,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', data: bytes, mediaType: 'image/png', detail: 'low' },
            { type: 'image', url: 'https://example.com/a.JPG?x=1' },
            { type: 'image', url: 'https://example.com/picture.constructor' },
            { type: 'file', data: bytes, mediaType: 'application/pdf', name: 'a.pdf' },
            { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
            { type: 'audio', data: bytes, mediaType: 'audio/wav' },
          ],
        },
      ],
    })
    expect(sent()[0].contents[0].parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AQID' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://example.com/a.JPG?x=1' } },
      { fileData: { fileUri: 'https://example.com/picture.constructor' } },
      { inlineData: { mimeType: 'application/pdf', data: 'AQID' } },
      { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AQID' } },
    ])
  })

  it('says what was asked and is not kept', async () => {
    const { llm, sent, chat } = setUp()
    const sampling = { temperature: 0.5, topP: 0.5, presencePenalty: 1, frequencyPenalty: 1, user: 'u1' }
    const { warnings } = await llm.generate({
      model: chat,
      messages: [{ role: 'user', name: 'Ada', content: 'Hi' }],
      ...sampling,
    })
    expect(warnings).toEqual([
      'temperature_ignored',
      'top_p_ignored',
      'presence_penalty_ignored',
      'frequency_penalty_ignored',
      'name_ignored',
      'user_ignored',
    ])
    const system = { role: 'system' as const, content: 'Be brief.' }
    const moved = await llm.generate({ model: chat, messages: [...user('Hi'), system] })
    expect(moved.warnings).toEqual(['system_moved'])
    const older = await llm.generate({
      model: 'gemini-2.5-flash',
      messages: user('Hi'),
      presencePenalty: 1,
      frequencyPenalty: -1,
    })
    expect(older.warnings).toBeUndefined()
    expect(sent().at(-1).generationConfig).toEqual({ presencePenalty: 1, frequencyPenalty: -1 })
  })

  it('refuses before it sends', async () => {
    const { llm, twin, chat } = setUp()
    const refused = async (more: Partial<GenerateInput>) => {
      const { code, field, elsewhere } = await failure(llm.generate({ model: chat, messages: user('Hi'), ...more }))
      return { code, field, elsewhere }
    }
    expect(await refused({ model: 'a/../b' })).toEqual({ code: 'model_not_found', field: 'model', elsewhere: true })
    expect(await refused({ model: 'meta/llama:8b' })).toMatchObject({ code: 'model_not_found', elsewhere: true })
    expect(await refused({ model: 'x?key=1' })).toMatchObject({ code: 'model_not_found' })
    expect(await refused({ messages: [{ role: 'system', content: 'x' }] })).toMatchObject({
      code: 'invalid_input',
      field: 'messages',
    })
    expect(await refused({ tools: [look], parallelTools: false })).toMatchObject({ code: 'unsupported', field: 'parallelTools' })
    expect(await refused({ model: 'gemini-2.5-flash', tools: [look], output: 'json' })).toMatchObject({
      code: 'unsupported',
      field: 'output',
    })
    const loose = { type: 'object', properties: { a: { not: { type: 'string' } } } }
    expect(await refused({ output: { schema: loose } })).toMatchObject({
      code: 'invalid_schema',
      field: 'output.schema.properties.a.not',
    })
    const tools = [{ name: 'x', parameters: { type: 'object', allOf: [{ type: 'object' }] } }]
    expect(await refused({ tools })).toMatchObject({ code: 'invalid_schema', field: 'tools.0.parameters.allOf', elsewhere: true })
    expect(twin.requests()).toHaveLength(0)
  })

  it('streams word by word, and ends with the finish', async () => {
    const { llm, twin, chat } = setUp()
    twin.say({ text: 'one two three' })
    const pieces = await piecesOf(llm.stream({ model: chat, messages: user('Count') }))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'text', 'finish'])
    expect(pieces.at(-1)).toMatchObject({ finish: 'stop', usage: { input: 2, output: 4 } })
  })
})
