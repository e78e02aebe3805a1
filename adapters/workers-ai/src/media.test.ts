import type { ImageInput, SpeakInput, TranscribeInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { failure, serving, setUp, wrapped } from './test/set-up.ts'

const flux = '@cf/black-forest-labs/flux-1-schnell'
const xl = '@cf/stabilityai/stable-diffusion-xl-base-1.0'
const aura = '@cf/deepgram/aura-1'
const melo = '@cf/myshell-ai/melotts'
const turbo = '@cf/openai/whisper-large-v3-turbo'
const whisper = '@cf/openai/whisper'
const audio = new Uint8Array([82, 73, 70, 70, 0, 255])

describe('embeddings', () => {
  it('take more texts than a model does at once, in their order, and count them all', async () => {
    const { twin, rest } = setUp()
    const input = Array.from({ length: 230 }, (_, index) => `text ${index}`)
    const { embeddings, usage, cost } = await rest.embed({ model: '@cf/baai/bge-base-en-v1.5', input })
    expect(twin.asked().map(({ texts }) => texts?.length)).toEqual([100, 100, 30])
    expect(embeddings).toHaveLength(230)
    const [last] = (await rest.embed({ model: '@cf/baai/bge-base-en-v1.5', input: ['text 229'] })).embeddings
    expect(embeddings[229]).toEqual(last)
    expect(usage?.input).toBe(
      twin
        .generated()
        .slice(0, 3)
        .reduce((sum, one) => sum + one.usage.prompt, 0),
    )
    expect(cost?.microUsd).toBeGreaterThan(0)
  })

  it('tell a question from a document where the model does', async () => {
    const { rest, bodies } = setUp()
    const model = '@cf/qwen/qwen3-embedding-0.6b'
    for (const purpose of [undefined, 'query', 'document'] as const) {
      await rest.embed({ model, input: ['x'], ...(purpose === undefined ? {} : { purpose }) })
    }
    expect(bodies()).toEqual([{ text: ['x'] }, { queries: ['x'] }, { documents: ['x'] }])
  })

  it('are not there when a vector is missing', async () => {
    const { provider } = serving(() => wrapped({ shape: [1, 2], data: [[1, 2]] }))
    expect(await failure(provider.embed({ model: '@cf/x/y', input: ['a', 'b'] }))).toMatchObject({ code: 'unreadable_answer' })
  })
})

describe('images', () => {
  it('come as base64 or as bytes, and say what they are', async () => {
    const { rest, bodies } = setUp()
    const made = await rest.image({ model: flux, prompt: 'A boat', quality: 'medium' })
    expect(made).toMatchObject({ images: [{ mediaType: 'image/jpeg' }], cost: { microUsd: expect.any(Number) } })
    const larger = await rest.image({ model: xl, prompt: 'A boat', size: '768x512', seed: 3, quality: 'high' })
    expect(larger.images[0]?.mediaType).toBe('image/png')
    expect(larger.cost).toBeUndefined()
    expect(bodies()).toEqual([
      { prompt: 'A boat', steps: 4 },
      { prompt: 'A boat', width: 768, height: 512, num_steps: 20, seed: 3 },
    ])
  })

  it('of another quality have no price that is known', async () => {
    const { rest } = setUp()
    expect((await rest.image({ model: flux, prompt: 'A boat', quality: 'high' })).cost).toBeUndefined()
  })

  it.each<[string, Partial<ImageInput>]>([
    ['count', { count: 2 }],
    ['format', { format: 'png' }],
    ['size', { size: '512x512' }],
    ['seed', { seed: 1 }],
    ['model', { model: '@cf/black-forest-labs/flux-2-dev' }],
  ])('cannot be asked for with %s, which costs no request', async (field, more) => {
    const { twin, rest } = setUp()
    expect(await failure(rest.image({ model: flux, prompt: 'x', ...more }))).toMatchObject({
      code: 'unsupported',
      field,
      elsewhere: true,
    })
    expect(twin.requests()).toHaveLength(0)
  })

  it('are not somebody’s page', async () => {
    const { provider } = serving(() => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }))
    expect(await failure(provider.image({ model: xl, prompt: 'x' }))).toMatchObject({ code: 'unreadable_answer' })
    expect(await failure(provider.speak({ model: aura, text: 'x' }))).toMatchObject({ code: 'unreadable_answer' })
  })
})

describe('speech', () => {
  it.each<[NonNullable<SpeakInput['format']>, object, string]>([
    ['mp3', { encoding: 'mp3' }, 'audio/mpeg'],
    ['wav', { encoding: 'linear16', container: 'wav' }, 'audio/wav'],
    ['opus', { encoding: 'opus', container: 'ogg' }, 'audio/ogg'],
    ['aac', { encoding: 'aac' }, 'audio/aac'],
    ['flac', { encoding: 'flac' }, 'audio/flac'],
    ['pcm', { encoding: 'linear16', container: 'none' }, 'audio/pcm'],
  ])('as %s', async (format, fields, mediaType) => {
    const { rest, bodies } = setUp()
    const made = await rest.speak({ model: aura, text: 'Hello – 東京', voice: 'luna', format })
    expect(made.mediaType).toBe(mediaType)
    expect(new TextDecoder().decode(made.audio)).toContain('東京')
    expect(bodies()[0]).toEqual({ text: 'Hello – 東京', speaker: 'luna', ...fields })
  })

  it('is mp3 where no format is asked for', async () => {
    const { rest, bodies } = setUp()
    expect((await rest.speak({ model: aura, text: 'Hello' })).mediaType).toBe('audio/mpeg')
    expect((await rest.speak({ model: melo, text: 'Hello' })).audio.length).toBeGreaterThan(4)
    expect(bodies()).toEqual([{ text: 'Hello', encoding: 'mp3' }, { prompt: 'Hello' }])
  })

  it('costs by the character', async () => {
    const { rest } = setUp()
    expect((await rest.speak({ model: aura, text: 'x'.repeat(1_000) })).cost?.microUsd).toBe(15_000)
  })

  it('of MeloTTS has a voice for each language', async () => {
    const { rest, bodies } = setUp()
    expect((await rest.speak({ model: melo, text: 'Bonjour', voice: 'fr' })).audio.length).toBeGreaterThan(4)
    expect(bodies()[0]).toEqual({ prompt: 'Bonjour', lang: 'fr' })
  })

  it.each<[string, Partial<SpeakInput>]>([
    ['speed', { speed: 1.5 }],
    ['format', { model: melo, format: 'wav' }],
  ])('cannot be asked for with %s', async (field, more) => {
    const { rest } = setUp()
    expect(await failure(rest.speak({ model: aura, text: 'x', ...more }))).toMatchObject({ code: 'unsupported', field })
  })
})

describe('transcripts', () => {
  it('of the later model have language, length, segments and words', async () => {
    const { twin, rest, bodies } = setUp()
    twin.say({ text: 'Guten Tag' }, { text: 'Guten Tag' })
    const input: TranscribeInput = { model: turbo, audio, mediaType: 'audio/wav', language: 'de', prompt: 'Köln' }
    const segments = await rest.transcribe({ ...input, timestamps: 'segments' })
    expect(segments).toMatchObject({
      ...{ text: 'Guten Tag', language: 'de', duration: 6 / 16_000 },
      segments: [{ start: 0, end: 2, text: 'Guten Tag' }],
      cost: { microUsd: 0 },
    })
    expect((await rest.transcribe({ ...input, timestamps: 'words' })).words?.map(({ text }) => text)).toEqual(['Guten', 'Tag'])
    expect(bodies()[0]).toEqual({ audio: 'UklGRgD/', language: 'de', initial_prompt: 'Köln' })
  })

  it('of the first model are of the bytes themselves', async () => {
    const { twin, rest } = setUp()
    twin.say({ text: 'Good day' })
    const heard = await rest.transcribe({ model: whisper, audio, mediaType: 'audio/wav', timestamps: 'words' })
    expect(heard.words).toEqual([
      { start: 0, end: 0.9, text: 'Good' },
      { start: 1, end: 1.9, text: 'day' },
    ])
    expect(twin.requests()[0]?.headers['content-type']).toBe('application/octet-stream')
    expect(twin.asked()[0]?.audioBytes).toBe(6)
  })

  it.each<[string, Partial<TranscribeInput>]>([
    ['prompt', { prompt: 'x' }],
    ['language', { language: 'de' }],
    ['timestamps', { timestamps: 'segments' }],
    ['model', { model: '@cf/deepgram/nova-3' }],
  ])('cannot be asked for with %s', async (field, more) => {
    const { rest } = setUp()
    const error = await failure(rest.transcribe({ model: whisper, audio, mediaType: 'audio/wav', ...more }))
    expect(error).toMatchObject({ code: 'unsupported', field, elsewhere: true })
  })
})
