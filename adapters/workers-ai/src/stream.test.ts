import { describe, expect, it } from 'vitest'
import { all, delta, done, events, failure, hello, llama, pieced, serving, setUp, textOf, wrapped } from './test/set-up.ts'

const input = { model: '@cf/openai/gpt-oss-120b', messages: hello }
const heard = (...parts: readonly (string | object)[]) => all(serving(() => events(...parts)).provider.stream(input))
const put = (...parts: readonly (string | object)[]) => pieced(serving(() => events(...parts)).provider, input)
const call = (index: number | undefined, more: object) =>
  delta({ tool_calls: [{ ...(index === undefined ? {} : { index }), ...more }] })

describe('streams', () => {
  it('turn numbers, and nothing at all, into text', async () => {
    const pieces = await heard(
      delta({ content: '' }),
      delta({ content: 4 }),
      delta({ content: 2 }),
      delta({ content: null }),
      delta({}, 'stop'),
      done,
    )
    expect(textOf(pieces)).toBe('42')
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'finish'])
  })

  it('show thoughts under both of their names', async () => {
    const { content } = await put(
      delta({ reasoning_content: 'Hm' }),
      delta({ reasoning: '…' }),
      delta({ content: 'Yes' }),
      delta({}, 'stop'),
      done,
    )
    expect(content).toEqual([
      { type: 'reasoning', text: 'Hm…' },
      { type: 'text', text: 'Yes' },
    ])
  })

  it('count calls that all say they are the first', async () => {
    const one = call(0, { id: 'a', function: { name: 'x', arguments: '{"n":1}' } })
    const two = call(0, { id: 'b', function: { name: 'y', arguments: '{"n":2}' } })
    const { toolCalls, finish } = await put(one, two, delta({}, 'stop'), done)
    expect(toolCalls.map(({ id, name, arguments: given }) => [id, name, given])).toEqual([
      ['a', 'x', '{"n":1}'],
      ['b', 'y', '{"n":2}'],
    ])
    expect(finish).toBe('tool_calls')
  })

  it('keep calls apart that come in between each other, and pass over the empty piece at their end', async () => {
    const { toolCalls } = await put(
      call(0, { id: 'a', type: 'function', function: { name: 'x', arguments: '' } }),
      call(3, { id: 'b', type: 'function', function: { name: 'y', arguments: '' } }),
      call(3, { function: { arguments: '{"n"' } }),
      call(0, { function: { arguments: '{"m"' } }),
      call(3, { function: { arguments: ':2}' } }),
      call(0, { function: { arguments: ':1}' } }),
      call(0, { id: null, type: null, function: { name: null, arguments: '' } }),
      call(3, { id: null, type: null, function: { name: null, arguments: '' } }),
      delta({}, 'tool_calls'),
      done,
    )
    expect(toolCalls.map((one) => one.arguments)).toEqual(['{"m":1}', '{"n":2}'])
  })

  it('tell two calls apart that have one id', async () => {
    const { toolCalls } = await put(
      call(0, { id: 'same', function: { name: 'x', arguments: '{}' } }),
      call(1, { id: 'same', function: { name: 'y', arguments: '{}' } }),
      delta({}, 'tool_calls'),
      done,
    )
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2)
  })

  it('keep a refusal apart from the text', async () => {
    expect(await put(delta({ refusal: 'No.' }), delta({}, 'stop'), done)).toMatchObject({
      refusal: 'No.',
      text: '',
      finish: 'refusal',
    })
  })

  it('count only the last report of tokens', async () => {
    const usage = (prompt: number, output: number) => ({
      choices: [],
      usage: { prompt_tokens: prompt, completion_tokens: output },
    })
    const { usage: counted } = await put(delta({ content: 'a' }), usage(9, 1), delta({}, 'stop'), usage(9, 2), usage(0, 0), done)
    expect(counted).toEqual({ input: 9, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 })
  })

  it('are whole with a reason, and without the end mark', async () => {
    expect(await put(delta({ content: 'a' }), delta({}, 'length'))).toMatchObject({ finish: 'length', rawFinish: 'length' })
  })

  it('are not whole with the end mark alone, unless the model gives no reasons', async () => {
    const error = await failure(put(delta({ content: 'a' }), done))
    expect(error).toMatchObject({ code: 'stream_interrupted' })
    const old = serving(() => events({ response: 'a' }, done)).provider
    expect(await pieced(old, { ...input, model: llama })).toMatchObject({ text: 'a', finish: 'stop' })
    const nothing = serving(() => events(done)).provider
    expect(await failure(pieced(nothing, { ...input, model: llama }))).toMatchObject({ code: 'stream_truncated' })
  })

  it.each([
    [
      'as an envelope',
      { errors: [{ code: 3040, message: 'AiError: Capacity temporarily exceeded' }], success: false },
      'overloaded',
    ],
    ['as OpenAI writes it', { error: { message: 'AiError: 5021: too long', code: 5021 } }, 'context_length'],
    ['in words alone', { error: "This model's maximum context length is 131072 tokens." }, 'context_length'],
    ['that nobody knows', { error: { message: 'Secret prompt', code: 4711 } }, 'vendor_error'],
  ])('tell of an error within %s', async (_, piece, code) => {
    const error = await failure(put(piece))
    expect(error).toMatchObject({ code, effect: 'none' })
    expect(JSON.stringify(error)).not.toContain('Secret')
    expect((await failure(put(delta({ content: 'a' }), piece))).message).toContain(`(${code})`)
  })

  it('take an answer that comes at once although it was to come in pieces', async () => {
    const { twin, rest } = setUp({}, { answersAtOnce: ['@cf/openai/gpt-oss-120b'] })
    twin.say({ thinks: 'Hm.', text: 'All of it.', tools: [{ name: 'x', arguments: { n: 1 } }] })
    const pieces = await all(rest.stream(input))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'reasoning', 'text', 'tool_call', 'tool_arguments', 'finish'])
    expect(pieces.at(-1)).toMatchObject({ finish: 'tool_calls', usage: { output: expect.any(Number) } })
  })

  it('do not take an empty answer for one', async () => {
    const { provider } = serving(() => wrapped({}))
    expect(await failure(all(provider.stream(input)))).toMatchObject({ effect: 'none', fault: 'provider' })
    expect(await failure(provider.generate(input))).toMatchObject({ code: 'unreadable_answer' })
  })

  it('are read to the last letter however bytes are cut', async () => {
    const text = 'Grüße 東京 👩‍🚀 "quoted" \\ done'
    for (const bytes of [1, 2, 3, 5]) {
      for (const crlf of [false, true]) {
        const { twin, rest, inWorker, model } = setUp()
        twin.wire({ bytes, crlf, keepAlives: true })
        twin.say({ text }, { text }, { text })
        for (const [provider, name] of [
          [rest, model],
          [rest, llama],
          [inWorker(), model],
        ] as const) {
          expect((await pieced(provider, { model: name, messages: hello })).text).toBe(text)
        }
      }
    }
  })

  it('close the connection of a reader who leaves while the vendor is silent', async () => {
    let closed = false
    const silent = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          start: (controller) =>
            controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(delta({ content: 'a' }))}\n\n`)),
          cancel: () => {
            closed = true
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      )
    const stop = new AbortController()
    for (const provider of [serving(silent).provider, serving(silent).inWorker]) {
      closed = false
      const reading = provider.stream(input, { signal: stop.signal })[Symbol.asyncIterator]()
      await reading.next()
      await reading.next()
      const next = reading.next().catch((error: unknown) => error)
      await reading.return?.()
      await next
      expect(closed).toBe(true)
    }
  })

  it('leave the connection whole after the end mark, unless more and more comes behind it', async () => {
    let closed = false
    const behind = (chunks: number) => {
      let left = chunks
      const encoder = new TextEncoder()
      const start = [JSON.stringify(delta({ content: 'a' })), JSON.stringify(delta({}, 'stop')), '[DONE]']
      return new Response(
        new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(encoder.encode(start.map((data) => `data: ${data}\n\n`).join(''))),
          pull: (controller) => (left-- > 0 ? controller.enqueue(encoder.encode('\n')) : controller.close()),
          cancel: () => {
            closed = true
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      )
    }
    for (const [chunks, isClosed] of [
      [3, false],
      [10_000, true],
    ] as const) {
      closed = false
      expect((await pieced(serving(() => behind(chunks)).provider, input)).text).toBe('a')
      await new Promise((resolve) => setTimeout(resolve, 0))
      expect(closed).toBe(isClosed)
    }
  })
})
