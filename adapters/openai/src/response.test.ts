import { collect } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { all, events, failure, hello, serving } from './test/set-up.ts'

const responses = { api: 'responses' as const }

const told = (...given: readonly object[]) =>
  events(...given.map((one) => `event: ${(one as { type: string }).type}\ndata: ${JSON.stringify(one)}\n\n`))
const begun = { type: 'response.created', response: { id: 'resp_1', model: 'some', status: 'in_progress' } }
const whole = (more: object = {}) => ({ type: 'response.completed', response: { id: 'resp_1', status: 'completed', ...more } })
const delta = (text: string, at = 0) => ({ type: 'response.output_text.delta', output_index: at, delta: text })
const listen = (...given: readonly object[]) =>
  all(
    serving(() => told(...given))
      .compatible(responses)
      .stream({ model: 'some', messages: hello }),
  )

describe('a stream', () => {
  it('of calls that come interleaved keeps them apart, numbered from 0', async () => {
    const item = (at: number, name: string, more: object = {}) => ({
      output_index: at,
      item: { type: 'function_call', call_id: name, name, ...more },
    })
    const written = (at: number, text: string) => ({
      type: 'response.function_call_arguments.delta',
      output_index: at,
      delta: text,
    })
    const pieces = await listen(
      begun,
      { type: 'response.output_item.added', ...item(3, 'a', { arguments: '' }) },
      { type: 'response.output_item.added', ...item(5, 'b', { arguments: '' }) },
      written(5, '{"x"'),
      written(3, '{}'),
      written(5, ':1}'),
      { type: 'response.output_item.done', ...item(3, 'a', { arguments: '{}' }) },
      { type: 'response.output_item.done', ...item(5, 'b', { arguments: '{"x":1}' }) },
      // One that comes whole, and one without arguments.
      { type: 'response.output_item.done', ...item(6, 'c', { arguments: '{"y":2}' }) },
      { type: 'response.output_item.done', ...item(7, 'd', { arguments: '' }) },
      whole(),
    )
    const calls = pieces.flatMap((piece) => (piece.type === 'tool_call' ? [[piece.index, piece.id]] : []))
    expect(calls).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
    ])
    const texts = ['', '', '', '']
    for (const piece of pieces) if (piece.type === 'tool_arguments') texts[piece.index] += piece.text
    expect(texts).toEqual(['{}', '{"x":1}', '{"y":2}', '{}'])
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'tool_calls', rawFinish: 'completed' })
  })

  it('of a server that tells only whole things is read, and nothing is told twice', async () => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'Yes' }] }
    const thoughts = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] }
    const pieces = await listen(
      begun,
      { type: 'response.output_item.done', output_index: 0, item: thoughts },
      { type: 'response.output_item.done', output_index: 1, item: message },
      whole({ output: [thoughts, message] }),
    )
    expect(pieces.map((piece) => ('text' in piece ? piece.text : piece.type))).toEqual(['start', 'Hm', 'Yes', 'finish'])
    const shown = await listen(
      begun,
      delta('Yes'),
      { type: 'response.output_item.done', output_index: 0, item: message },
      whole(),
    )
    expect(shown.map((piece) => ('text' in piece ? piece.text : piece.type))).toEqual(['start', 'Yes', 'finish'])
    const last = await listen(whole({ output: [message], usage: { input_tokens: 2, output_tokens: 1 } }))
    expect(last).toMatchObject([{ type: 'start', id: 'resp_1' }, { text: 'Yes' }, { usage: { input: 2, output: 1 } }])
  })

  it('keeps the parts of a summary apart', async () => {
    const part = (index: number) => ({ type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: index })
    const said = (text: string) => ({ type: 'response.reasoning_summary_text.delta', output_index: 0, delta: text })
    const pieces = await listen(begun, part(0), said('One'), part(1), said('Two'), delta('Yes', 1), whole())
    expect(pieces.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('')).toBe('One\n\nTwo')
  })

  it('says nothing of events that it does not know', async () => {
    const strange = { type: 'response.web_search_call.searching', output_index: 0 }
    const pieces = await listen(
      begun,
      strange,
      { type: 'response.constructor.delta', delta: 'x' },
      { type: 'new' },
      delta('Yes'),
      whole(),
    )
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
  })

  it.each([
    [{ reason: 'max_output_tokens' }, 'length', 'max_output_tokens'],
    [{ reason: 'content_filter' }, 'content_filter', 'content_filter'],
    [{ reason: 'whatever' }, 'other', 'whatever'],
    [null, 'other', 'incomplete'],
  ])('that is not complete says why: %o', async (incomplete_details, finish, rawFinish) => {
    const response = { id: 'resp_1', status: 'incomplete', incomplete_details }
    expect((await listen(begun, delta('Half'), { type: 'response.incomplete', response })).at(-1)).toMatchObject({
      finish,
      rawFinish,
    })
  })

  it.each([
    [{ type: 'error', code: 'server_error', message: 'x', param: null }, 'vendor_error'],
    [{ type: 'error', error: { code: 'rate_limit_exceeded', message: 'x' } }, 'rate_limited'],
    [
      { type: 'response.failed', response: { status: 'failed', error: { code: 'invalid_prompt', message: 'x' } } },
      'content_filter',
    ],
    [
      { type: 'response.failed', response: { status: 'failed', error: { code: 'image_too_small', message: 'x' } } },
      'invalid_input',
    ],
    [{ type: 'response.failed', response: { status: 'failed', error: null } }, 'vendor_error'],
    [{ type: 'response.failed' }, 'vendor_error'],
  ])('that fails is an error: %o', async (event, code) => {
    expect(await failure(listen(begun, event))).toMatchObject({ code, effect: 'none' })
  })

  it('without its last event is cut, whatever it said before', async () => {
    const item = { type: 'message', content: [{ type: 'output_text', text: 'Yes' }] }
    const done = { type: 'response.output_item.done', output_index: 0, item }
    expect(await failure(listen(begun, delta('Yes'), done))).toMatchObject({ code: 'stream_interrupted', effect: 'unknown' })
    expect(await failure(listen(begun))).toMatchObject({ code: 'stream_truncated', effect: 'none' })
  })

  it('ends with its last event: the connection is let go, and nothing behind it counts', async () => {
    const pieces = await listen(begun, delta('Yes'), whole(), delta('No'), { type: 'error', code: 'server_error' })
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
  })
})

describe('an answer at once', () => {
  it.each([
    [{ status: 'failed', error: { code: 'server_error', message: 'x' } }, 'vendor_error'],
    [{ status: 'in_progress', error: null }, 'vendor_error'],
    [{ status: 'queued' }, 'vendor_error'],
  ])('that is none is an error: %o', async (more, code) => {
    const server = serving(() => Response.json({ object: 'response', id: 'resp_1', output: [], ...more }))
    expect(await failure(server.openai(responses).generate({ model: 'gpt-6-luna', messages: hello }))).toMatchObject({
      code,
      effect: 'none',
    })
  })

  it('to a stream is read as well', async () => {
    const output = [
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'Yes' },
          { type: 'refusal', refusal: 'No' },
        ],
      },
    ]
    const server = serving(() => Response.json({ object: 'response', id: 'resp_1', status: 'completed', output }))
    const answer = await collect(server.openai(responses).stream({ model: 'gpt-6-luna', messages: hello }))
    expect(answer).toMatchObject({ text: 'Yes', refusal: 'No', finish: 'refusal' })
  })
})
