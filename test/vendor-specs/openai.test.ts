import { describe, expect, it } from 'vitest'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { openaiJourneys, openaiScene, responsesJourneys } from './openai-journey.ts'
import { readParts } from './openai-multipart.ts'
import { asJson, openaiEvents, openaiSpec } from './openai-spec.ts'
import { judge } from './probe.ts'
import { readEvents } from './server-events.ts'
import { unnoticed } from './spoil.ts'

describe.skipIf(!available())('openai: adapter and twin against the description', () => {
  const exchanges: Exchange[] = []
  const kinds = new Set<string>()
  const unchecked = new Set<string>()

  const journeys = [
    ...openaiJourneys.map(([name, journey]) => [name, journey, {}] as const),
    ...responsesJourneys.map(
      ([name, journey]) => [`Responses: ${name}`, journey, { api: 'responses', thoughts: 'auto' }] as const,
    ),
  ]

  it.each(journeys)('%s', async (_, journey, options) => {
    const at = openaiScene(options)
    await journey(at)
    exchanges.push(...at.watch.exchanges)
    const findings = at.watch.findings.map(
      ({ side, operation, at: where, says }) => `${operation} ${side}: ${where.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    expect([...new Set(findings)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(4)
    for (const kind of at.watch.operations().checked) kinds.add(kind)
    for (const { operation, side } of at.watch.unchecked) unchecked.add(`${side} ${operation}`)
  })

  it('used every operation of the twin, and only sound passed by unchecked', () => {
    const operations = [
      'createChatCompletion',
      'createResponse',
      'createEmbedding',
      'createImage',
      'createSpeech',
      'createTranscription',
    ]
    const sides = [...operations, 'listModels', 'retrieveModel'].flatMap((name) => [`answer ${name}`, `request ${name}`])
    expect([...kinds].sort()).toEqual(sides.sort())
    expect([...unchecked]).toEqual(['answer createSpeech'])
    const statuses = new Set(exchanges.map(({ answer }) => answer?.status))
    expect([...statuses].sort()).toEqual([200, 400, 401, 404, 429, 500, 503])
  })

  it('notices whatever is spoiled in this traffic, in every chunk of a stream too', () => {
    // JSON Schemas of the user's own: the description says that they are objects.
    const open =
      /^(request createChatCompletion|(request|answer) createResponse) \/body(\/response)?\/(tools\/\*\/(function\/)?parameters|(response_format\/json_schema|text\/format)\/schema)\b/
    const missed = unnoticed(exchanges.flatMap(single), wrapping())
    expect(missed.filter((place) => !open.test(place))).toEqual([])
    const ofResponses = missed.filter((place) => place.includes('createResponse'))
    expect(missed.length - ofResponses.length).toBeLessThan(25)
    // Answers say the schemas of the request once more.
    expect(ofResponses.length).toBeLessThan(65)
  })
})

const isStream = (headers: Headers) => headers.get('content-type')?.startsWith('text/event-stream') === true

/** Each event of a stream as an answer of its own, and a form in parts as the JSON it stands for. */
function single(exchange: Exchange): readonly Exchange[] {
  const { request, answer, operation } = exchange
  const isForm = request.headers.get('content-type')?.startsWith('multipart/') === true
  const sent = isForm ? { ...request, headers: asJson(request.headers), body: JSON.stringify(readParts(request)) } : request
  if (answer === undefined || !isStream(answer.headers)) return [{ ...exchange, request: sent }]
  const events = readEvents(answer.body).data.filter((data) => data !== '[DONE]')
  return events.map((body) => ({ operation, request: sent, answer: { ...answer, body } }))
}

/** Puts a single event back into a stream before it is judged. */
const wrapping = () => ({
  ...openaiSpec(),
  answer: (...[request, answer]: Parameters<ReturnType<typeof openaiSpec>['answer']>) => {
    if (!isStream(answer.headers)) return openaiSpec().answer(request, answer)
    if (request.url.endsWith('/responses')) return openaiEvents().answer(request, answer)
    const end = answer.body.startsWith('{"error":') ? '' : 'data: [DONE]\n\n'
    return openaiSpec().answer(request, { ...answer, body: `data: ${answer.body}\n\n${end}` })
  },
})

describe.skipIf(!available())("openai: the checker on OpenAI's description", () => {
  const on = judge(available() ? openaiSpec() : ({} as never), 'https://api.openai.com/v1', { authorization: 'Bearer x' })
  const messages = [{ role: 'user', content: 'x' }]
  const stream = (...events: readonly string[]) => {
    const request = { method: 'POST', url: 'https://api.openai.com/v1/chat/completions', headers: new Headers(), body: '' }
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const body = events.map((event) => `${event}\n\n`).join('')
    return openaiSpec()
      .answer(request, { status: 200, headers, body })
      .findings.map(({ at, says }) => `${at} ${says}`)
  }
  const responding = (...told: readonly (readonly [name: string, data: object])[]) => {
    const request = { method: 'POST', url: 'https://api.openai.com/v1/responses', headers: new Headers(), body: '' }
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const body = told.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
    return openaiSpec()
      .answer(request, { status: 200, headers, body })
      .findings.map(({ at, says }) => `${at} ${says}`)
  }
  const spoken = (number: number, more: object = {}) => {
    const at = { output_index: 0, content_index: 0, item_id: 'msg_1', logprobs: [] }
    return { type: 'response.output_text.delta', sequence_number: number, delta: 'x', ...at, ...more }
  }
  const broken = (number: number) => ({ type: 'error', code: null, message: 'no', param: null, sequence_number: number })
  const chunk = (more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], ...more })}`
  const end = 'data: [DONE]'

  it.each<[string, () => readonly string[], string]>([
    ['an unknown path', () => on.request('POST', '/chat', {}), '/path there is no path'],
    ['a list for a request', () => on.request('POST', '/chat/completions', []), '/body must be object'],
    ['a missing member', () => on.request('POST', '/chat/completions', { model: 'm' }), '/body/messages is required'],
    ['an unknown member', () => on.request('POST', '/chat/completions', { model: 'm', messages, foo: 1 }), '/body/foo is not'],
    [
      'a wrong value',
      () => on.request('POST', '/chat/completions', { model: 'm', messages, temperature: 3 }),
      '/body/temperature',
    ],
    [
      'an odd role',
      () => on.request('POST', '/chat/completions', { model: 'm', messages: [{ role: 'boss', content: 'x' }] }),
      'role',
    ],
    ['an error of another shape', () => on.answer('GET', '/models', 401, { message: 'no' }), '/body/error is required'],
    ['a wrong type in a chunk', () => stream(chunk({ created: '1' }), end), '/body/created must be integer'],
    ['an unknown member of a chunk', () => stream(chunk({ foo: 1 }), end), '/body/foo is not described'],
    [
      'an unknown reason to end',
      () => stream(chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'x' }] }), end),
      'finish_reason',
    ],
    ['a stream without its end mark', () => stream(chunk()), 'the end mark 0 times'],
    ['words after the end mark', () => stream(end, chunk()), 'or not at its end'],
    ['a line that is none of a stream', () => stream(chunk(), 'oops', end), 'has the line "oops"'],
    ['a chunk that is no JSON', () => stream('data: {', end), '/body is not JSON'],
    ['a stream of nothing', () => stream(), 'has no event'],
    [
      'an event of Responses under another name',
      () => responding(['delta', spoken(0)], ['error', broken(1)]),
      'calls an event "delta"',
    ],
    [
      'an event of Responses with the wrong number',
      () => responding(['response.output_text.delta', spoken(4)], ['error', broken(1)]),
      'at 0 the number 4',
    ],
    [
      'Responses that do not end',
      () => responding(['response.output_text.delta', spoken(0)]),
      'has "response.output_text.delta" at 0 of 1',
    ],
    [
      'Responses that go on after their end',
      () => responding(['error', broken(0)], ['response.output_text.delta', spoken(1)]),
      'has "error" at 0 of 2',
    ],
    [
      'an unknown member of an event of Responses',
      () => responding(['response.output_text.delta', spoken(0, { foo: 1 })], ['error', broken(1)]),
      '/body/foo is not described',
    ],
    ['a seed in Responses', () => on.request('POST', '/responses', { model: 'm', input: 'x', seed: 1 }), '/body/seed is not'],
    ['too few tokens for Responses', () => on.request('POST', '/responses', { max_output_tokens: 5 }), 'max_output_tokens'],
  ])('finds %s', (_, findings, expected) => expect(findings().join('\n')).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.request('POST', '/chat/completions', { model: 'm', messages })).toEqual([])
    expect(stream(': keep-alive', chunk(), chunk({ usage: null }), end)).toEqual([])
    expect(on.request('POST', '/responses', { model: 'm', input: 'x', store: false })).toEqual([])
    expect(responding(['response.output_text.delta', spoken(0)], ['error', broken(1)])).toEqual([])
    expect(stream('data: {"error":{"message":"no","type":"server_error","param":null,"code":null}}')).toEqual([])
  })
})
