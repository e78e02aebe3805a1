import { describe, expect, it } from 'vitest'
import { all, failure, serving, setUp } from './test/set-up.ts'

const float = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64')

describe('embeddings', () => {
  it('come as base64, in the order of the texts, counted', async () => {
    const { twin, provider, bodies } = setUp()
    const model = twin.models.embedding as string
    const got = await provider.embed({ model, input: ['one', 'two', 'one'], dimensions: 8 })
    expect(bodies()[0]).toEqual({ model, input: ['one', 'two', 'one'], encoding_format: 'base64', dimensions: 8 })
    expect(got.embeddings.map(({ length }) => length)).toEqual([8, 8, 8])
    expect(got.embeddings[0]).toEqual(got.embeddings[2])
    expect(got.embeddings[0]).not.toEqual(got.embeddings[1])
    expect(got).toMatchObject({ provider: 'openai', usage: { input: expect.any(Number), output: 0 }, cost: expect.anything() })
    expect(twin.requests()).toHaveLength(1)
  })

  it('are read as numbers, too, and whatever their order', async () => {
    const data = [
      { index: 1, embedding: [0.5, -1] },
      { index: 0, embedding: float(1, 2) },
    ]
    const server = serving(() => Response.json({ data, model: 'e', usage: { prompt_tokens: 2, total_tokens: 2 } }))
    const got = await server.compatible().embed({ model: 'm', input: ['a', 'b'] })
    expect(got.embeddings).toEqual([
      [1, 2],
      [0.5, -1],
    ])
  })

  it.each([
    [[{ index: 0, embedding: [1] }]],
    [
      [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
    ],
    [
      [
        { index: 0, embedding: [1] },
        { index: 9, embedding: [1] },
      ],
    ],
    [
      [
        { index: 0, embedding: [1] },
        { index: 1, embedding: 'AAA' },
      ],
    ],
    [undefined],
  ])('that do not fit the texts are no answer: %o', async (data) => {
    const server = serving(() => Response.json({ data }))
    expect(await failure(server.compatible().embed({ model: 'm', input: ['a', 'b'] }))).toMatchObject({
      code: 'unreadable_answer',
    })
  })
})

describe('images', () => {
  it('are bytes of the format that was asked for, with what they cost', async () => {
    const { twin, provider, bodies } = setUp()
    const model = twin.models.image as string
    const got = await provider.image({ model, prompt: 'A cat', count: 2, size: '1024x1024', quality: 'low', format: 'webp' })
    expect(bodies()[0]).toEqual({ model, prompt: 'A cat', n: 2, size: '1024x1024', quality: 'low', output_format: 'webp' })
    expect(got.images.map(({ mediaType, data }) => [mediaType, data.length > 0])).toEqual([
      ['image/webp', true],
      ['image/webp', true],
    ])
    expect(got).toMatchObject({ usage: { output: expect.any(Number) }, cost: expect.anything() })
    expect((await provider.image({ model, prompt: 'A cat' })).images[0]?.mediaType).toBe('image/png')
  })

  it('take no seed at OpenAI; elsewhere bytes are asked for', async () => {
    const { twin, provider } = setUp()
    expect(await failure(provider.image({ model: 'gpt-image-1', prompt: 'A cat', seed: 1 }))).toMatchObject({
      code: 'unsupported',
      field: 'seed',
    })
    expect(twin.requests()).toEqual([])
    const server = serving(() => Response.json({ data: [{ b64_json: 'AQID', revised_prompt: 'A fat cat' }] }))
    const other = server.compatible({ capabilities: { images: true } })
    expect((await other.image({ model: 'm', prompt: 'A cat', seed: 1 })).images).toEqual([
      { data: new Uint8Array([1, 2, 3]), mediaType: 'image/png', revisedPrompt: 'A fat cat' },
    ])
    expect(server.seen[0]?.body).toMatchObject({ response_format: 'b64_json', seed: 1, n: 1 })
  })

  it('that are refused by the filter say so', async () => {
    const { twin, provider } = setUp()
    twin.refuseNext('content_filter')
    expect(await failure(provider.image({ model: 'gpt-image-1', prompt: 'x' }))).toMatchObject({
      code: 'content_filter',
      fault: 'policy',
    })
  })
})

describe('speech', () => {
  it.each([
    ['mp3', 'audio/mpeg'],
    ['wav', 'audio/wav'],
    ['pcm', 'audio/pcm'],
  ] as const)('as %s, whole and in pieces the same', async (format, mediaType) => {
    const { twin, provider, bodies } = setUp()
    const model = twin.models.speech as string
    const input = {
      model,
      text: 'Good day, dear listeners of this tone.',
      format,
      voice: 'ash',
      speed: 1.5,
      instructions: 'Softly',
    }
    const whole = await provider.speak(input)
    expect(whole).toMatchObject({ mediaType, provider: 'openai', model })
    const pieces = await all(provider.speakStream(input))
    expect(pieces[0]).toEqual({ type: 'start', provider: 'openai', model, mediaType })
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', usage: { output: expect.any(Number) }, cost: expect.anything() })
    const heard = Buffer.concat(pieces.flatMap((piece) => (piece.type === 'audio' ? [piece.data] : [])))
    expect(heard.equals(whole.audio)).toBe(true)
    const body = { model, input: input.text, response_format: format, voice: 'ash', speed: 1.5, instructions: 'Softly' }
    expect(bodies()).toEqual([body, { ...body, stream_format: 'sse' }])
  })

  it('comes as the vendor likes where no format is asked for', async () => {
    const { twin, provider, bodies } = setUp()
    const model = twin.models.speech as string
    expect(await provider.speak({ model, text: 'Hello' })).toMatchObject({ mediaType: 'audio/mpeg' })
    const [start] = await all(provider.speakStream({ model, text: 'Hello' }))
    expect(start).toMatchObject({ type: 'start', mediaType: 'audio/mpeg' })
    for (const body of bodies()) expect(body).not.toHaveProperty('response_format')
  })

  it('of the older models comes as it is, and costs by the character', async () => {
    const { provider } = setUp()
    const pieces = await all(provider.speakStream({ model: 'tts-1', text: 'Hello' }))
    expect([...new Set(pieces.map(({ type }) => type))]).toEqual(['start', 'audio', 'finish'])
    expect(pieces.at(-1)).toMatchObject({ cost: { microUsd: 75 } })
    expect((await provider.speak({ model: 'tts-1', text: 'Hello' })).cost?.microUsd).toBe(75)
  })

  it('that breaks off is no end', async () => {
    const { twin, provider } = setUp()
    twin.breakStream({ kind: 'end', pieces: 1 })
    const text = 'word '.repeat(600)
    expect(await failure(all(provider.speakStream({ model: 'gpt-4o-mini-tts', text, format: 'wav' })))).toMatchObject({
      code: 'stream_interrupted',
    })
  })

  it('is no page that somebody put in its place, and no error', async () => {
    for (const [response, code] of [
      [new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'unreadable_answer'],
      [Response.json({ error: { code: 'insufficient_quota' } }), 'insufficient_quota'],
      [Response.json({}), 'unreadable_answer'],
      [new Response('', { headers: { 'content-type': 'audio/mpeg' } }), 'unreadable_answer'],
    ] as const) {
      const server = serving(() => response.clone())
      expect(await failure(server.openai().speak({ model: 'tts-1', text: 'x' }))).toMatchObject({ code })
      expect(await failure(all(server.openai().speakStream({ model: 'tts-1', text: 'x' })))).toMatchObject({
        code: code === 'unreadable_answer' ? 'stream_broken' : code,
      })
    }
  })

  it('of what the model cannot is refused before anything is sent', async () => {
    const { twin, provider } = setUp()
    const long = await failure(provider.speak({ model: 'tts-1', text: 'x'.repeat(4097) }))
    expect(long).toMatchObject({ code: 'text_too_long', field: 'text', elsewhere: true })
    expect(await failure(provider.speak({ model: 'tts-1', text: 'x', instructions: 'Softly' }))).toMatchObject({
      field: 'instructions',
    })
    expect(twin.requests()).toEqual([])
  })
})

describe('transcription', () => {
  const spoken = async () => {
    const { twin, provider } = setUp()
    const { audio } = await provider.speak({ model: 'gpt-4o-mini-tts', text: 'Good day to all of you', format: 'wav' })
    return { twin, provider, input: { audio, mediaType: 'audio/wav', language: 'en', prompt: 'Names: Bo' } }
  }

  it('is sent as a form, once, and says what was said', async () => {
    const { twin, provider, input } = await spoken()
    const got = await provider.transcribe({ ...input, model: 'gpt-4o-mini-transcribe' })
    expect(got).toMatchObject({
      text: 'Good day to all of you',
      usage: { audioInput: expect.any(Number) },
      cost: expect.anything(),
    })
    const sent = twin.requests()[1]
    expect(sent?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(sent?.body).toContain('filename="audio.wav"')
    expect(twin.asked()[1]).toMatchObject({ operation: 'transcribe', audioBytes: input.audio.length })
    expect(twin.requests()).toHaveLength(2)
  })

  it.each(['segments', 'words'] as const)('says when something was said: %s', async (timestamps) => {
    const { provider, input } = await spoken()
    const got = await provider.transcribe({ ...input, model: 'whisper-1', timestamps })
    expect(got).toMatchObject({ language: 'en', duration: expect.any(Number), cost: { microUsd: expect.any(Number) } })
    expect(got[timestamps]?.[0]).toMatchObject({ start: 0, text: expect.stringContaining('Good') })
    expect((await provider.transcribe({ ...input, model: 'whisper-1' })).cost).toMatchObject({ microUsd: expect.any(Number) })
  })

  it('comes piece by piece, from Whisper in one', async () => {
    const { provider, input } = await spoken()
    const pieces = await all(provider.transcribeStream({ ...input, model: 'gpt-4o-transcribe' }))
    expect(pieces.filter(({ type }) => type === 'text').length).toBeGreaterThan(2)
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', text: 'Good day to all of you', usage: expect.anything() })
    const one = await all(provider.transcribeStream({ ...input, model: 'whisper-1' }))
    expect(one.map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
  })

  it('that breaks off is no end', async () => {
    const { twin, provider, input } = await spoken()
    twin.breakStream({ kind: 'end', pieces: 2 })
    expect(await failure(all(provider.transcribeStream({ ...input, model: 'gpt-4o-transcribe' })))).toMatchObject({
      code: 'stream_interrupted',
    })
  })

  it('with times from a model that has none is refused before anything is sent', async () => {
    const { twin, provider, input } = await spoken()
    const ask = { ...input, model: 'gpt-4o-transcribe', timestamps: 'words' as const }
    expect(await failure(provider.transcribe(ask))).toMatchObject({ code: 'unsupported', field: 'timestamps', elsewhere: true })
    expect(await failure(all(provider.transcribeStream({ ...ask, model: 'whisper-1' })))).toMatchObject({ code: 'unsupported' })
    expect(twin.requests()).toHaveLength(1)
  })
})

describe('models', () => {
  it('are listed with what they are, can and cost', async () => {
    const { provider } = setUp()
    const models = await all(provider.models.list())
    const kinds = Object.fromEntries(models.map(({ id, kind }) => [id, kind]))
    expect(kinds).toMatchObject({
      'openai:gpt-4o': 'chat',
      'openai:o3': 'chat',
      'openai:text-embedding-3-small': 'embedding',
      'openai:gpt-image-1': 'image',
      'openai:tts-1': 'speech',
      'openai:whisper-1': 'transcription',
    })
    const one = models.find(({ model }) => model === 'gpt-5-mini')
    expect(one).toMatchObject({
      provider: 'openai',
      capabilities: expect.arrayContaining(['tools', 'thinking']),
      prices: { input: expect.any(Number) },
    })
    expect(one?.createdAt).toMatch(/^\d{4}-/)
    const can = (name: string) => models.find(({ model }) => model === name)?.capabilities ?? []
    expect([can('gpt-4.1-mini').includes('seed'), can('gpt-6-luna').includes('seed')]).toEqual([true, false])
    expect(can('gpt-6-luna')).toEqual(expect.arrayContaining(['tools', 'thinking', 'files']))
  })

  it('of other servers tell how much they read', async () => {
    const server = serving(() =>
      Response.json({ data: [{ id: 'org/model:free', context_length: 8192 }, { id: 'b', max_model_len: 4096 }, {}] }),
    )
    expect(await all(server.compatible({ name: 'router' }).models.list())).toMatchObject([
      { id: 'router:org/model:free', kind: 'chat', context: 8192 },
      { model: 'b', context: 4096 },
    ])
  })
})
