import { describe, expect, it } from 'vitest'
import { anthropicJourneys, anthropicScene } from './anthropic-journey.ts'
import { anthropicSpec } from './anthropic-spec.ts'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { judge } from './probe.ts'
import { readEvents } from './server-events.ts'
import { unnoticed } from './spoil.ts'

describe.skipIf(!available())('anthropic: adapter and twin against the description', () => {
  const exchanges: Exchange[] = []
  const kinds = new Set<string>()
  const unchecked = new Set<string>()

  it.each(anthropicJourneys)('%s', async (_, journey) => {
    const at = anthropicScene()
    await journey(at)
    exchanges.push(...at.watch.exchanges)
    const findings = at.watch.findings.map(
      ({ side, operation, at: where, says }) => `${operation} ${side}: ${where.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    expect([...new Set(findings)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(3)
    for (const kind of at.watch.operations().checked) kinds.add(kind)
    for (const { operation, side } of at.watch.unchecked) unchecked.add(`${side} ${operation}`)
  })

  it('used every operation of the twin, and nothing passed by unchecked', () => {
    const operations = ['messages_post', 'messages_count_tokens_post', 'models_list', 'models_get']
    expect([...kinds].sort()).toEqual(operations.flatMap((name) => [`answer ${name}`, `request ${name}`]).sort())
    expect([...unchecked]).toEqual([])
    const statuses = new Set(exchanges.map(({ answer }) => answer?.status))
    expect([...statuses].sort()).toEqual([200, 400, 401, 404, 429, 500, 503, 504, 529])
  })

  it('notices whatever is spoiled in this traffic, in every event of a stream too', () => {
    // JSON Schemas of the user's own, and what the model gives its tools: the description says that they are objects.
    const open =
      /^(request messages_post \/body\/(tools\/\*\/input_schema|output_config\/format\/schema)|answer messages_post \/body\/(content\/\*|content_block)\/input)\b/
    const missed = unnoticed(exchanges.flatMap(single), alone())
    expect(missed.filter((place) => !open.test(place))).toEqual([])
    expect(missed.length).toBeLessThan(25)
  })
})

const isStream = (headers: Headers) => headers.get('content-type')?.startsWith('text/event-stream') === true

/** Each event of a stream as an answer of its own. */
function single(exchange: Exchange): readonly Exchange[] {
  const { answer } = exchange
  if (answer === undefined || !isStream(answer.headers)) return [exchange]
  return readEvents(answer.body).data.map((body) => ({ ...exchange, answer: { ...answer, body } }))
}

/** A single event as a stream; what is wrong with the frame of it does not count. */
const alone = () => {
  const spec = anthropicSpec()
  return {
    ...spec,
    answer: (...[request, answer]: Parameters<typeof spec.answer>) => {
      if (!isStream(answer.headers)) return spec.answer(request, answer)
      const name = answer.body.includes('"type":"error"') ? 'error' : 'x'
      const judged = spec.answer(request, { ...answer, body: `event: ${name}\ndata: ${answer.body}\n\n` })
      return { ...judged, findings: judged.findings.filter(({ says }) => !says.startsWith('the stream')) }
    },
  }
}

describe.skipIf(!available())("anthropic: the checker on Anthropic's description", () => {
  const headers = { 'x-api-key': 'x', 'anthropic-version': '2023-06-01' }
  const on = judge(available() ? anthropicSpec() : ({} as never), 'https://api.anthropic.com', headers)
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }
  const stream = (...events: readonly (readonly [name: string, data: object])[]) => {
    const request = { method: 'POST', url: 'https://api.anthropic.com/v1/messages', headers: new Headers(headers), body: '' }
    const text = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
    const answer = { status: 200, headers: new Headers({ 'content-type': 'text/event-stream' }), body: text }
    return anthropicSpec()
      .answer(request, answer)
      .findings.map(({ at, says }) => `${at} ${says}`)
  }
  const stop = ['message_stop', { type: 'message_stop' }] as const
  const block = ['content_block_stop', { type: 'content_block_stop', index: 0 }] as const

  it.each<[string, () => readonly string[], string]>([
    ['an unknown path', () => on.request('POST', '/v1/message', {}), '/path there is no path'],
    ['a list for a request', () => on.request('POST', '/v1/messages', []), '/body must be object'],
    [
      'a missing member',
      () => on.request('POST', '/v1/messages', { ...body, max_tokens: undefined }),
      '/body/max_tokens is required',
    ],
    ['an unknown member', () => on.request('POST', '/v1/messages', { ...body, foo: 1 }), '/body/foo is not described'],
    ['a wrong type', () => on.request('POST', '/v1/messages', { ...body, max_tokens: 'x' }), '/body/max_tokens must be integer'],
    ['an odd role', () => on.request('POST', '/v1/messages', { ...body, messages: [{ role: 'boss', content: 'x' }] }), 'role'],
    ['an error of another shape', () => on.answer('GET', '/v1/models', 401, { message: 'no' }), '/body/error is required'],
    ['a wrong type in an event', () => stream([block[0], { ...block[1], index: '0' }]), '/body/index must be integer'],
    ['an unknown event', () => stream(['foo', { type: 'foo' }]), '/body/type'],
    ['an event of another name', () => stream(['ping', block[1]]), 'calls "content_block_stop" the event "ping"'],
    ['a stream without its beginning', () => stream(stop), 'begins with "message_stop"'],
    ['a stream without its end', () => stream(block), 'ends with "content_block_stop"'],
    ['a block that is closed and was never opened', () => stream(block, stop), 'leaves a block open'],
    ['two ends', () => stream(stop, stop), 'ends twice'],
  ])('finds %s', (_, findings, expected) => expect(findings().join('\n')).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.request('POST', '/v1/messages', body)).toEqual([])
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' }
    expect(stream(['error', error])).toEqual([])
  })
})
