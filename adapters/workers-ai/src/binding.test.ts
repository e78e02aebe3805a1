import type { Trail } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { workersAiLlm } from './index.ts'
import { all, failure, hello, pieced, setUp } from './test/set-up.ts'

const run = (answer: () => unknown) => ({ run: async () => answer() })
const upstream = (name: string, message: string) => Object.assign(new Error(message), { name })

describe.each([
  ['of today', true],
  ['of older runtimes', false],
])('the binding %s', (_, givesRaw) => {
  const open = () => {
    const world = setUp()
    return { ...world, provider: world.inWorker(world.twin.bindingOf({ givesRaw })) }
  }

  it('is one request for each attempt, and is judged by its status and code', async () => {
    const { twin, provider, model } = open()
    twin.refuseNext('overloaded')
    twin.refuseNext('overloaded')
    let trail: Trail = []
    const error = await failure(provider.generate({ model, messages: hello }, { onTrail: (told) => void (trail = told) }))
    expect(error).toMatchObject({ code: 'overloaded', fault: 'provider', effect: 'none', status: 429, vendorCode: '3040' })
    expect(trail.map(({ requests, status, code }) => [requests, status, code])).toEqual([
      [1, 429, 'overloaded'],
      [1, 429, 'overloaded'],
    ])
    expect(twin.requests()).toHaveLength(2)
  })

  it('answers, streams and embeds', async () => {
    const { twin, provider, model } = open()
    twin.say({ text: 'Paris 42.' }, { text: 'Paris 42.' })
    const whole = await provider.generate({ model, messages: hello })
    const streamed = await pieced(provider, { model, messages: hello })
    expect([whole.text, streamed.text, streamed.finish]).toEqual(['Paris 42.', 'Paris 42.', 'stop'])
    expect(whole.cost).toEqual(streamed.cost)
    const { embeddings } = await provider.embed({ model: '@cf/baai/bge-base-en-v1.5', input: ['a', 'b'] })
    expect(embeddings.map(({ length }) => length)).toEqual([768, 768])
  })

  it('gives pictures and sound, as JSON and as bytes', async () => {
    const { provider } = open()
    const image = async (model: string) => (await provider.image({ model, prompt: 'x' })).images[0]?.mediaType
    expect(await image('@cf/black-forest-labs/flux-1-schnell')).toBe('image/jpeg')
    expect(await image('@cf/stabilityai/stable-diffusion-xl-base-1.0')).toBe('image/png')
    expect((await provider.speak({ model: '@cf/deepgram/aura-1', text: 'Hi' })).mediaType).toBe('audio/mpeg')
    expect((await provider.speak({ model: '@cf/myshell-ai/melotts', text: 'Hi' })).mediaType).toBe('audio/mpeg')
  })

  it('hears bytes as numbers', async () => {
    const { twin, provider } = open()
    twin.say({ text: 'Good day.' })
    const audio = new Uint8Array([0, 127, 255])
    expect((await provider.transcribe({ model: '@cf/openai/whisper', audio, mediaType: 'audio/wav' })).text).toBe('Good day.')
    expect(twin.asked()[0]?.audioBytes).toBe(3)
  })

  it('lists its models page by page', async () => {
    const { provider, model } = open()
    const models = await all(await provider.models.list())
    expect(models.map((one) => one.model)).toContain(model)
  })

  it('tells the vendor when the caller leaves', async () => {
    const { twin, provider, model } = open()
    twin.say({ text: Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ') })
    let count = 0
    for await (const piece of provider.stream({ model, messages: hello })) if (piece.type === 'text' && ++count === 2) break
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(twin.generated()[0]).toMatchObject({ left: true, whole: false })
  })
})

describe('what a binding throws', () => {
  const thrown = (error: unknown) => {
    const provider = workersAiLlm({
      binding: run(() => {
        throw error
      }),
    })
    return failure(provider.generate({ model: '@cf/meta/llama-3.1-8b-instruct', messages: hello }))
  }

  it.each([
    ['InferenceUpstreamError', '3040: Capacity temporarily exceeded, please try again.', 'overloaded', 429],
    ['AiError', 'AiError: 3036: You have used up your daily free allocation of 10,000 neurons.', 'insufficient_quota', 429],
    ['InferenceUpstreamError', '5007: No such model @cf/x/y or task', 'model_not_found', 404],
    ['AiError', 'AiError: AiError: 5006: Bad input', 'invalid_input', 400],
    [
      'AiError',
      '5021: The estimated number of input and maximum output tokens (9) exceeded this model context window limit (8)',
      'context_length',
      413,
    ],
    ['InferenceUpstreamError', "JSON Mode couldn't be met", 'not_json', 422],
    ['InferenceUpstreamError', 'error code: 1031', 'vendor_error', 500],
  ])('%s: %s', async (name, message, code, status) => {
    expect(await thrown(upstream(name, message))).toMatchObject({ code, status, effect: 'none' })
  })

  it('is a lost connection where Workers AI said nothing', async () => {
    expect(await thrown(new Error('Network connection lost.'))).toMatchObject({ code: 'connection_lost', fault: 'network' })
  })

  it('ends in time, signal or not', async () => {
    const never = run(() => new Promise(() => {}))
    const provider = workersAiLlm({ binding: never, attemptTimeout: 20 })
    const error = await failure(provider.generate({ model: '@cf/x/y', messages: hello }))
    expect(error).toMatchObject({ code: 'timeout', effect: 'none' })
  })
})

it('has no way to relay, and says why', async () => {
  const { inWorker, model } = setUp()
  const provider = inWorker()
  expect(provider.supports('relay:openai.chat')).toBe(false)
  const error = await failure(all(provider.relay({ model, wire: 'openai.chat', body: { messages: [] } })))
  expect(error).toMatchObject({ code: 'unsupported', elsewhere: true })
})

it('is its own client', async () => {
  const { twin, model } = setUp()
  const { client } = workersAiLlm({ binding: twin.binding })
  expect(await client).toBe(twin.binding)
  expect(await (await client).run(model, { messages: hello })).toHaveProperty('choices')
})
