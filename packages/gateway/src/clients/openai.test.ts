import { openaiTwin } from '@do/fixtures/openai'
import type { Llm } from '@do/llm'
import { openaiCompatibleLlm, openaiLlm } from '@do/openai'
import { liveClock } from '@do/provider'
import OpenAI, { toFile } from 'openai'
import { makeParseableResponseFormat } from 'openai/lib/parser'
import { describe, expect, it } from 'vitest'
import { serve } from '../testing/serve.ts'
import { said, type WorldOptions, world } from '../testing/world.ts'

// OpenAI's own client, unchanged, over a real socket.

async function client(options: WorldOptions = {}, key = 'sk-test') {
  const all = world({ clock: liveClock, ...options })
  const at = await serve(all.gateway)
  return { ...all, openai: new OpenAI({ apiKey: key, baseURL: `${at}/v1`, maxRetries: 0 }) }
}

const chat = said('Hi') as OpenAI.ChatCompletionCreateParamsNonStreaming
const streamed = { ...chat, stream: true } as const
const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
]
const twoCalls = [
  { name: 'weather', arguments: { city: 'Rome' } },
  { name: 'weather', arguments: { city: 'Oslo' } },
]

describe('openai: chat', () => {
  it('answers', async () => {
    const { openai, twin } = await client()
    twin.say({ text: 'Hello there' })
    const answer = await openai.chat.completions.create(chat)
    expect(answer.choices[0]).toMatchObject({ message: { content: 'Hello there' }, finish_reason: 'stop' })
    expect(answer.usage?.total_tokens).toBeGreaterThan(0)
    expect(answer._request_id).toMatch(/^req_/)
  })

  it('iterates, with usage only where it is asked for', async () => {
    const { openai, twin } = await client()
    twin.say({ text: 'one two three' }, { text: 'one two three' })
    for (const include_usage of [false, true]) {
      let text = ''
      let usage: unknown
      for await (const chunk of await openai.chat.completions.create({ ...streamed, stream_options: { include_usage } })) {
        text += chunk.choices[0]?.delta.content ?? ''
        usage = chunk.usage ?? usage
      }
      expect(text).toBe('one two three')
      expect(usage === undefined).toBe(!include_usage)
    }
  })

  it('calls tools in parallel, by the stream helper', async () => {
    const { openai, twin } = await client()
    twin.say({ tools: twoCalls })
    const final = await openai.chat.completions.stream({ ...chat, stream: true, tools }).finalChatCompletion()
    const calls = final.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && JSON.parse(call.function.arguments))).toEqual([
      { city: 'Rome' },
      { city: 'Oslo' },
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    expect(final.choices[0]?.finish_reason).toBe('tool_calls')
  })

  it('parses structured output', async () => {
    const { openai, twin } = await client()
    twin.say({ text: '{"name":"Ada","born":1815}' })
    const properties = { name: { type: 'string' }, born: { type: 'integer' } }
    const schema = { type: 'object', properties, required: ['name', 'born'], additionalProperties: false }
    const format = { type: 'json_schema' as const, json_schema: { name: 'person', strict: true, schema } }
    const response_format = makeParseableResponseFormat(format, (text) => JSON.parse(text) as unknown)
    const answer = await openai.chat.completions.parse({ ...chat, response_format })
    expect(answer.choices[0]?.message.parsed).toEqual({ name: 'Ada', born: 1815 })
  })

  it('passes on what only the vendor knows: several choices, logprobs, a seed', async () => {
    const { openai, twin } = await client()
    twin.say({ text: 'A' }, { text: 'B' })
    const answer = await openai.chat.completions.create({ ...chat, n: 2, logprobs: true, seed: 7, stop: ['END'] })
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1])
    expect(answer.choices[0]?.logprobs).not.toBeNull()
    expect(JSON.parse(twin.requests()[0]?.body ?? '')).toMatchObject({ n: 2, logprobs: true, seed: 7, stop: ['END'] })
  })

  it('stops the vendor when it leaves', async () => {
    const { openai, twin, outcomes } = await client()
    twin.say({ text: 'word '.repeat(500) })
    twin.wire({ paceMs: 5 })
    const stream = await openai.chat.completions.create(streamed)
    for await (const _ of stream) break
    stream.controller.abort()
    await expect.poll(() => twin.generated()[0]?.left).toBe(true)
    expect(twin.generated()[0]?.pieces).toBeLessThan(100)
    await expect.poll(() => outcomes).toMatchObject([{ effect: 'unknown', finish: 'cancelled' }])
  })

  it('stops the vendor when it leaves before there is an answer', async () => {
    const { openai, twin, outcomes } = await client()
    twin.faults.always({ kind: 'hang', when: 'before' })
    const leaving = new AbortController()
    const asked = openai.chat.completions.create(chat, { signal: leaving.signal })
    await expect.poll(() => twin.requests().length).toBe(1)
    leaving.abort()
    await expect(asked).rejects.toThrow(OpenAI.APIUserAbortError)
    await expect.poll(() => outcomes).toMatchObject([{ effect: 'unknown', finish: 'cancelled' }])
  })

  it('gets a stream also from a server that does not stream', async () => {
    const twin = openaiTwin({ clock: liveClock, dialect: 'vllm', quirks: { jsonToStream: true } })
    const llm = openaiCompatibleLlm({ ...twin.credentials, baseUrl: twin.baseUrl, fetch: twin.fetch })
    const { openai, outcomes } = await client({ llm })
    twin.say({ text: 'Look:', tools: twoCalls })
    const wish = { ...chat, model: twin.models.chat, stream: true as const, tools, stream_options: { include_usage: true } }
    const final = await openai.chat.completions.stream(wish).finalChatCompletion()
    expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: 'Look:' } })
    expect(final.choices[0]?.message.tool_calls).toHaveLength(2)
    expect(final.usage?.total_tokens).toBeGreaterThan(0)
    expect(outcomes).toMatchObject([{ effect: 'done' }])
  })

  it('throws where the vendor breaks off, and never takes it for an end', async () => {
    for (const kind of ['cut', 'end', 'error', 'malformed'] as const) {
      const { openai, twin, outcomes } = await client()
      twin.say({ text: 'one two three four' })
      twin.breakStream({ kind, pieces: 2 })
      const read = async () => {
        for await (const _ of await openai.chat.completions.create(streamed));
      }
      await expect(read(), kind).rejects.toThrow(OpenAI.APIError)
      expect(outcomes, kind).toMatchObject([{ effect: 'unknown' }])
    }
  })
})

describe('openai: a model that calls tools only in Responses', () => {
  const wish = { ...chat, model: 'gpt-6-astra', tools, reasoning_effort: 'high' as const }
  const paths = (twin: { requests(): readonly { url: string }[] }) => twin.requests().map(({ url }) => new URL(url).pathname)

  it('calls them, and is told the results, at once and in pieces', async () => {
    const { openai, twin, outcomes } = await client()
    twin.say({ thinks: 'Two towns.', text: 'Look:', tools: twoCalls }, { text: 'Sun.' }, { tools: twoCalls })
    const first = await openai.chat.completions.create(wish)
    const message = first.choices[0]?.message as OpenAI.ChatCompletionMessage
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(first.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
    const results = (message.tool_calls ?? []).map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sun' }))
    expect(results).toHaveLength(2)
    const next = await openai.chat.completions.create({ ...wish, messages: [...wish.messages, message, ...results] })
    expect(next.choices[0]).toMatchObject({ message: { content: 'Sun.' }, finish_reason: 'stop' })
    const final = await openai.chat.completions
      .stream({ ...wish, stream: true, stream_options: { include_usage: true } })
      .finalChatCompletion()
    const calls = final.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && JSON.parse(call.function.arguments))).toEqual([
      { city: 'Rome' },
      { city: 'Oslo' },
    ])
    expect(final.usage?.total_tokens).toBeGreaterThan(0)
    expect(paths(twin)).toEqual(['/v1/responses', '/v1/responses', '/v1/responses'])
    expect(outcomes).toMatchObject([{ effect: 'done' }, { effect: 'done' }, { effect: 'done' }])
    expect(outcomes.every(({ microUsd }) => microUsd !== undefined && microUsd > 0)).toBe(true)
  })

  it('is relayed as it is where it needs no tools', async () => {
    const { openai, twin } = await client()
    const { tools: _, ...plain } = wish
    await openai.chat.completions.create({ ...plain, n: 2 })
    expect(paths(twin)).toEqual(['/v1/chat/completions'])
  })

  it('refuses what Responses have no word for, and nothing is sent', async () => {
    const { openai, twin, outcomes } = await client()
    for (const more of [{ n: 2 }, { stop: ['END'] }, { max_completion_tokens: 5 }]) {
      await expect(openai.chat.completions.create({ ...wish, ...more })).rejects.toThrow(OpenAI.BadRequestError)
    }
    expect(twin.requests()).toEqual([])
    expect(outcomes.every(({ effect }) => effect === 'none')).toBe(true)
  })
})

describe('openai: the rest', () => {
  it('embeds, by base64 as it asks by default', async () => {
    const { openai, twin } = await client()
    const model = twin.models.embedding as string
    const { data, usage } = await openai.embeddings.create({ model, input: ['a cat', 'a dog'] })
    const plain = await openai.embeddings.create({ model, input: 'a cat', encoding_format: 'float' })
    expect(data.map(({ index }) => index)).toEqual([0, 1])
    expect(data[0]?.embedding).toHaveLength(plain.data[0]?.embedding.length as number)
    expect(data[0]?.embedding[0]).toBeCloseTo(plain.data[0]?.embedding[0] as number, 6)
    expect(usage.total_tokens).toBeGreaterThan(0)
  })

  it('makes pictures', async () => {
    const { openai, twin } = await client()
    const { data } = await openai.images.generate({ model: twin.models.image as string, prompt: 'a red square', n: 2 })
    expect(data).toHaveLength(2)
    expect(
      Buffer.from(data?.[0]?.b64_json ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  it('speaks and writes down', async () => {
    const { openai, twin } = await client()
    const sound = await openai.audio.speech.create({
      model: twin.models.speech as string,
      voice: 'alloy',
      input: 'Good morning',
      response_format: 'wav',
    })
    const bytes = Buffer.from(await sound.arrayBuffer())
    expect(sound.headers.get('content-type')).toBe('audio/wav')
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    twin.say({ text: 'Good morning' })
    const file = await toFile(bytes, 'morning.wav')
    const { text } = await openai.audio.transcriptions.create({
      model: twin.models.transcription as string,
      file,
      language: 'en',
    })
    expect(text).toBe('Good morning')
  })

  it.each(['srt', 'vtt'] as const)('has subtitles as the vendor writes them: %s', async (format) => {
    const { openai, twin } = await client()
    const alone = openaiTwin()
    const vendor = new OpenAI({ apiKey: alone.credentials.apiKey, fetch: alone.fetch, maxRetries: 0 })
    const file = await toFile(new Uint8Array(64_000), 'story.wav')
    const asked = { model: 'whisper-1', file, response_format: format }
    const text = 'It was late. Nobody came! And then?'
    for (const one of [alone, twin]) one.say({ text })
    const theirs = await vendor.audio.transcriptions.create(asked)
    expect(theirs).toContain('-->')
    expect(await openai.audio.transcriptions.create(asked)).toBe(theirs)
    const words = openai.audio.transcriptions.create({ ...asked, timestamp_granularities: ['word'] })
    await expect(words).rejects.toMatchObject({ status: 400, param: 'timestamp_granularities' })
  })

  it('has no subtitles without times, and books what the vendor took', async () => {
    const cost = { microUsd: 600, currency: 'USD' }
    const transcribe = async () => ({ text: 'Hi', provider: 'openai', model: 'whisper-1', cost })
    const { openai, outcomes } = await client({ llm: { ...openaiLlm({ apiKey: 'sk' }), transcribe } as unknown as Llm })
    const file = await toFile(new Uint8Array(64), 'hi.wav')
    const asked = openai.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'srt' })
    await expect(asked).rejects.toMatchObject({ status: 502, code: 'no_timestamps' })
    expect(outcomes).toEqual([expect.objectContaining({ effect: 'done', microUsd: 600, provider: 'openai', model: 'whisper-1' })])
  })

  it('lists models', async () => {
    const { openai } = await client()
    const ids: string[] = []
    for await (const { id } of openai.models.list()) ids.push(id)
    expect(ids).toContain('openai:gpt-4.1-mini')
    expect(await openai.models.retrieve('openai:gpt-4.1-mini')).toMatchObject({ object: 'model', owned_by: 'openai' })
    expect(await openai.models.retrieve('gpt-4.1-mini')).toMatchObject({ id: 'openai:gpt-4.1-mini' })
    await expect(openai.models.retrieve('gpt-none')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})

describe('openai: errors', () => {
  it('has the right class for each, with the id of the request', async () => {
    const { openai, twin } = await client()
    const meets = async (error: unknown, facts: object) =>
      expect(await openai.chat.completions.create(chat).catch((thrown: unknown) => thrown)).toEqual(
        expect.objectContaining({ constructor: error, requestID: expect.stringMatching(/^req_/), ...facts }),
      )
    twin.refuseNext('context_length')
    await meets(OpenAI.BadRequestError, { status: 400, code: 'context_length_exceeded', param: 'messages' })
    twin.refuseNext('model_not_found')
    await meets(OpenAI.NotFoundError, { status: 404, code: 'model_not_found', param: 'model' })
    twin.refuseNext('insufficient_quota')
    await meets(OpenAI.RateLimitError, { status: 429, code: 'insufficient_quota' })
    twin.refuseNext('content_filter')
    await meets(OpenAI.BadRequestError, { status: 400, code: 'content_filter' })
    twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 7 })
    await meets(OpenAI.RateLimitError, { status: 429, code: 'rate_limit_exceeded' })
    twin.faults.clear()
    twin.faults.always({ kind: 'unauthorized' })
    await meets(OpenAI.InternalServerError, { status: 502, code: 'provider_credential' })
  })

  it('says when to repeat', async () => {
    const { post, twin } = world()
    twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 7 })
    const limited = await post('/v1/chat/completions', chat)
    expect(Object.fromEntries(limited.headers)).toMatchObject({ 'retry-after': '7', 'retry-after-ms': '7000' })
    twin.faults.clear()
    twin.refuseNext('insufficient_quota')
    expect((await post('/v1/chat/completions', chat)).headers.get('x-should-retry')).toBe('false')
  })

  it('repeats after the time it is told, and then it is answered', async () => {
    let left = 1
    const { gateway, twin } = world({ clock: liveClock })
    twin.say({ text: 'Yes' })
    const fetch: typeof gateway.fetch = async (request) => {
      if (left-- > 0)
        return new Response('{"error":{"code":"rate_limit_exceeded"}}', { status: 429, headers: { 'retry-after-ms': '20' } })
      return gateway.fetch(request)
    }
    const openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${await serve({ fetch })}/v1`, maxRetries: 1 })
    expect((await openai.chat.completions.create(chat)).choices[0]?.message.content).toBe('Yes')
  })

  it('knows a wrong key', async () => {
    const { openai, twin } = await client({}, 'sk-wrong')
    await expect(openai.chat.completions.create(chat)).rejects.toThrow(OpenAI.AuthenticationError)
    expect(twin.requests()).toEqual([])
  })
})
