import type { RelayEvent, RelayInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { all, answer, chunk, done, events, failure, serving, setUp, setUpCompatible } from './test/set-up.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const wire = 'openai.chat'
const text = (pieces: readonly RelayEvent[]) =>
  new TextDecoder().decode(Uint8Array.from(pieces.flatMap((piece) => (piece.type === 'bytes' ? [...piece.data] : []))))
const relayed = async (answers: Response, body: RelayInput['body'] = { stream: true }) => {
  const server = serving(() => answers)
  const pieces = await all(server.compatible().relay({ model: 'm', wire, body }))
  return { pieces, text: text(pieces), server }
}

describe('a relayed stream', () => {
  it('goes on byte by byte, with only the model and the wish for usage set', async () => {
    const { twin, provider, bodies, model } = setUp({ aliases: { fast: 'gpt-4.1-mini' } })
    twin.say({ text: 'Good day 👋' }, { text: 'Good day 👋' })
    const body = { model: 'fast', messages, stream: true, temperature: 0.3, x: undefined }
    const pieces = await all(provider.relay({ model: 'fast', wire, body }))
    expect(bodies()[0]).toEqual({ model, messages, stream: true, temperature: 0.3, stream_options: { include_usage: true } })
    expect(pieces[0]).toMatchObject({
      type: 'start',
      provider: 'openai',
      model,
      contentType: expect.stringContaining('event-stream'),
    })
    expect(pieces[0]).toMatchObject({ headers: { 'x-ratelimit-limit-requests': '10000', 'x-request-id': expect.any(String) } })
    expect(pieces.at(-1)).toMatchObject({
      type: 'finish',
      finish: 'stop',
      usage: { output: expect.any(Number) },
      cost: { prices: expect.anything() },
    })
    const shown = text(pieces)
    expect(shown.endsWith('data: [DONE]\n\n')).toBe(true)
    // The client did not ask for usage.
    expect(shown).not.toContain('"choices":[]')
    expect(shown.match(/"content":"/g)?.length).toBeGreaterThan(2)
  })

  it('keeps the chunk with usage for a client that asked for it', async () => {
    const { provider, bodies, model } = setUp()
    const options = { include_usage: true, include_obfuscation: false }
    const pieces = await all(provider.relay({ model, wire, body: { messages, stream: true, stream_options: options } }))
    expect(bodies()[0]?.stream_options).toEqual(options)
    expect(text(pieces)).toContain('"choices":[],"usage":{')
  })

  it.each(['\n\n', '\r\n\r\n'])('loses nothing but the usage, also where all came at once (%j)', async (end) => {
    const event = (data: object) => `data: ${JSON.stringify(data)}${end}`
    const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }
    const said = `${event(chunk({ content: 'é👋' }))}: wait${end}${event(chunk({}, 'stop'))}`
    const { text: got, pieces } = await relayed(events(`${said}${event({ choices: [], usage })}data: [DONE]${end}`))
    expect(got).toBe(`${said}data: [DONE]${end}`)
    expect(pieces.at(-1)).toMatchObject({ usage: { input: 3, output: 1 } })
  })

  it('is the same bytes that the vendor sent, whatever they hold', async () => {
    const odd = `: hi\n\ndata: ${JSON.stringify(chunk({ role: 'assistant', content: '' }))}\n\ndata: ${JSON.stringify(chunk({ content: 'Say "finish_reason":"stop" and [DONE] 👋 \u2028' }))}\r\n\r\n`
    const more = [chunk({ content: '"usage":{"a":1}' }), chunk({}, 'stop'), done]
    const { text: got } = await relayed(events(odd, ...more))
    expect(got).toBe(await events(odd, ...more).text())
  })

  it.each([1, 2, 3, 5, 11])('holds whole events however the network cut them (%i bytes)', async (bytes) => {
    const { twin, provider, model } = setUp()
    twin.wire({ bytes })
    twin.say({ text: 'Grüezi 👋🏽' })
    const pieces = await all(provider.relay({ model, wire, body: { messages, stream: true } }))
    for (const piece of pieces) {
      if (piece.type === 'bytes') expect(new TextDecoder().decode(piece.data)).toMatch(/^data: .*\n\n$/s)
    }
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
  })

  it('says of each chunk whether output has begun', async () => {
    const { pieces } = await relayed(
      events(
        ': wait\n\n',
        chunk({ role: 'assistant', content: '', refusal: null, tool_calls: [] }),
        chunk({ reasoning: 'Hm' }),
        chunk({ content: 'Yes' }),
        chunk({}, 'stop'),
        done,
      ),
    )
    expect(pieces.flatMap((piece) => (piece.type === 'bytes' ? [piece.output] : []))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ])
  })

  it.each([['error'], ['cut'], ['end'], ['malformed'], ['stall']] as const)(
    'that breaks in the middle (%s) is never an end',
    async (kind) => {
      const { twin, provider, model } = setUp()
      twin.say({ text: 'one two three four' })
      twin.breakStream({ kind, pieces: 2 })
      const pieces: RelayEvent[] = []
      const read = async () => {
        for await (const piece of provider.relay({ model, wire, body: { messages, stream: true } })) pieces.push(piece)
      }
      expect(await failure(read())).toMatchObject({ code: 'stream_interrupted', effect: 'unknown' })
      expect(text(pieces)).toContain('two')
      expect(text(pieces)).not.toContain('[DONE]')
      expect(pieces.some(({ type }) => type === 'finish')).toBe(false)
    },
  )

  it.each([
    ['error', 'vendor_error'],
    ['end', 'stream_truncated'],
    ['malformed', 'stream_broken'],
  ] as const)('that breaks before its first output (%s) can still be asked for elsewhere', async (kind, code) => {
    const { twin, provider, model } = setUp()
    for (let i = 0; i < 2; i++) twin.breakStream({ kind, pieces: 0 })
    const error = await failure(all(provider.relay({ model, wire, body: { messages, stream: true } })))
    expect(error).toMatchObject({ code, effect: 'none', fault: 'provider' })
  })

  it.each([{}, { choices: [] }, { choices: null }])(
    'is no answer without a choice, so that others are asked: %j',
    async (body) => {
      const server = serving(() => Response.json(body))
      const error = await failure(all(server.compatible().relay({ model: 'm', wire, body: { messages } })))
      expect(error).toMatchObject({ fault: 'provider', effect: 'none' })
    },
  )

  it('is not whole for an end mark alone, which the client does not get to see', async () => {
    const pieces: RelayEvent[] = []
    const server = serving(() => events(chunk({ content: 'Half' }), done))
    const read = async () => {
      for await (const piece of server.compatible().relay({ model: 'm', wire, body: { stream: true } })) pieces.push(piece)
    }
    expect(await failure(read())).toMatchObject({ code: 'stream_interrupted' })
    expect(text(pieces)).not.toContain('[DONE]')
  })

  it('is whole without an end mark where the vendor said why it ended, of every choice', async () => {
    expect((await relayed(events(chunk({ content: 'Yes' }), chunk({}, 'length')))).pieces.at(-1)).toMatchObject({
      finish: 'length',
    })
    const two = serving(() => events(chunk({ content: 'Yes' }), chunk({}, 'stop')))
    expect(await failure(all(two.compatible().relay({ model: 'm', wire, body: { stream: true, n: 2 } })))).toMatchObject({
      code: 'stream_interrupted',
    })
  })

  it('reads the error of the vendor within the stream', async () => {
    const server = serving(() => events({ error: { message: 'Rate limit', code: 429 } }))
    expect(await failure(all(server.compatible().relay({ model: 'm', wire, body: { stream: true } })))).toMatchObject({
      code: 'rate_limited',
      fault: 'quota',
    })
    const { twin, provider, model } = setUpCompatible({}, { dialect: 'openrouter' })
    for (let i = 0; i < 2; i++) twin.breakStream({ kind: 'error', pieces: 0 })
    expect(await failure(all(provider.relay({ model, wire, body: { messages, stream: true } })))).toMatchObject({
      code: 'vendor_error',
    })
  })

  it('is stopped at the vendor when nobody reads any more', async () => {
    const { twin, provider, model } = setUp()
    twin.say({ text: 'one two three four five six seven' })
    for await (const piece of provider.relay({ model, wire, body: { messages, stream: true } })) {
      if (piece.type === 'bytes' && piece.output) break
    }
    expect(twin.generated()).toMatchObject([{ left: true, whole: false }])
  })

  it('is read to its very end behind the end mark, so that the connection serves again', async () => {
    const { twin, provider, model } = setUp()
    await all(provider.relay({ model, wire, body: { messages, stream: true } }))
    expect(twin.generated()).toMatchObject([{ left: false, whole: true }])
  })
})

describe('a relayed answer in one piece', () => {
  it('is one piece, and is counted', async () => {
    const { provider, bodies, model } = setUp()
    const pieces = await all(provider.relay({ model, wire, body: { messages, n: 2 } }))
    expect(bodies()[0]).toEqual({ model, messages, n: 2 })
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'bytes', 'finish'])
    expect(JSON.parse(text(pieces))).toMatchObject({ choices: [{ index: 0 }, { index: 1 }] })
    expect(pieces[2]).toMatchObject({ finish: 'stop', usage: { output: expect.any(Number) } })
  })

  it('is taken for a stream that was asked for, too', async () => {
    const { pieces } = await relayed(Response.json(answer({ content: 'Yes' })))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'bytes', 'finish'])
  })

  it('that is an error in disguise is one', async () => {
    const server = serving(() => Response.json({ error: { message: 'No.', code: 'context_length_exceeded' } }))
    expect(await failure(all(server.compatible().relay({ model: 'm', wire, body: {} })))).toMatchObject({
      code: 'context_length',
    })
  })

  it('refuses in the vendor’s words for fields, with its time to wait', async () => {
    const { provider, model } = setUp()
    const body = { messages, stream_options: { include_usage: true } }
    expect(await failure(all(provider.relay({ model, wire, body })))).toMatchObject({
      code: 'invalid_input',
      field: 'stream_options',
      status: 400,
    })
    const odd = { messages, stream: true, stream_options: 'all' }
    expect(await failure(all(provider.relay({ model, wire, body: odd })))).toMatchObject({ field: 'stream_options' })
    const { provider: limited, model: same } = setUp({}, { requestsPerMinute: 1 })
    await all(limited.relay({ model: same, wire, body: { messages } }))
    const error = await failure(all(limited.relay({ model: same, wire, body: { messages } })))
    expect(error).toMatchObject({ code: 'rate_limited', vendorCode: 'rate_limit_exceeded' })
    expect(error.retryAfterMs).toBeGreaterThan(0)
  })

  it('passes headers of the vendor’s own on, never another credential', async () => {
    const server = serving(() => Response.json(answer({ content: 'Yes' })))
    const headers = { Authorization: 'Bearer theirs', 'Api-Key': 'theirs', cookie: 'a=b', 'OpenAI-Beta': 'x=1' }
    await all(server.openai({ organization: 'org-1', project: 'proj-1' }).relay({ model: 'm', wire, body: {}, headers }))
    const sent = server.seen[0]?.request
    expect(sent?.url).toBe('https://api.openai.com/v1/chat/completions')
    expect(Object.fromEntries(sent?.headers ?? [])).toMatchObject({
      authorization: 'Bearer sk-test',
      'openai-beta': 'x=1',
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
      'content-type': 'application/json',
    })
    for (const name of ['api-key', 'cookie']) expect(sent?.headers.has(name)).toBe(false)
  })
})
