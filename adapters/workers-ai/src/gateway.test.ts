import type { GenerateInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import type { GatewayFacts, GatewayOptions } from './index.ts'
import { all, hello, pieced, setUp } from './test/set-up.ts'

const gateway: GatewayOptions = {
  id: 'edge',
  cacheTtl: 60,
  cacheKey: 'greeting',
  collectLog: false,
  metadata: { tenant: 'acme', tier: 2, beta: true },
  requestTimeoutMs: 5_000,
  customCost: { perTokenIn: 0.000001, perTokenOut: 0.000002 },
}

const headers = {
  'cf-aig-cache-ttl': '60',
  'cf-aig-cache-key': 'greeting',
  'cf-aig-collect-log': 'false',
  'cf-aig-metadata': '{"tenant":"acme","tier":2,"beta":true}',
  'cf-aig-request-timeout': '5000',
  'cf-aig-custom-cost': '{"per_token_in":0.000001,"per_token_out":0.000002}',
}

describe.each(['rest', 'binding'] as const)('the AI Gateway, %s', (way) => {
  const open = (more: Partial<GatewayOptions> = {}) => {
    const told: (GatewayFacts & { operation: string; model: string })[] = []
    const world = setUp({ gateway: { ...gateway, onAnswer: (facts) => told.push(facts), ...more } })
    const provider = way === 'rest' ? world.rest : world.inWorker()
    const input: GenerateInput = { model: world.model, messages: hello }
    return { ...world, provider, told, input }
  }

  it('gets every setting where it looks for them', async () => {
    const { twin, provider, input } = open()
    await provider.generate(input)
    expect(twin.gatewayLog()).toMatchObject([{ cached: false, settings: headers }])
    const url =
      'https://gateway.ai.cloudflare.com/v1/023e105f4ecef8ad9ca31a8372d0c353/edge/workers-ai/@cf/google/gemma-4-26b-a4b-it'
    expect(twin.requests()[0]?.url).toBe(way === 'rest' ? url : 'https://workers-binding.ai/ai-gateway/run?version=3')
  })

  it('answers from its cache, which costs nothing and says so', async () => {
    const { twin, provider, input, told } = open()
    const first = await provider.generate(input)
    const second = await provider.generate(input)
    expect([first.text, second.text]).toEqual(['Hello', 'Hello'])
    expect(twin.generated()).toHaveLength(1)
    expect(first.cost?.microUsd).toBeGreaterThan(0)
    expect(second.cost?.microUsd).toBe(0)
    const [one, two] = twin.gatewayLog()
    expect(first.raw).toEqual({ gateway: { logId: one?.logId, cacheStatus: 'MISS' } })
    expect(second.raw).toEqual({ gateway: { logId: two?.logId, cacheStatus: 'HIT' } })
    expect(told.map(({ operation, cacheStatus }) => [operation, cacheStatus])).toEqual([
      ['generate', 'MISS'],
      ['generate', 'HIT'],
    ])
  })

  it('is passed by where a request says so', async () => {
    const { twin, provider, input } = open({ skipCache: true })
    await provider.generate(input)
    await provider.generate(input)
    expect(twin.generated()).toHaveLength(2)
    expect(twin.gatewayLog()[1]?.settings).toMatchObject({ 'cf-aig-skip-cache': 'true' })
  })

  it('tells of streams, embeddings, pictures and sound as well', async () => {
    const { twin, provider, input, told } = open({ cacheTtl: 0 })
    await pieced(provider, input)
    await pieced(provider, {
      ...input,
      model: '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
      output: 'json',
      messages: [{ role: 'user', content: '{}' }],
    })
    await provider.embed({ model: '@cf/baai/bge-base-en-v1.5', input: ['x'] })
    await provider.image({ model: '@cf/black-forest-labs/flux-1-schnell', prompt: 'x' })
    await all(provider.speakStream({ model: '@cf/deepgram/aura-1', text: 'x' }))
    expect(told.map(({ operation }) => operation)).toEqual(['stream', 'stream', 'embed', 'image', 'speakStream'])
    expect(told.map(({ logId }) => logId)).toEqual(twin.gatewayLog().map(({ logId }) => logId))
  })

  it('refuses by a name of its own, which is told', async () => {
    const { provider, input } = open({ id: 'nowhere' })
    await expect(provider.generate(input)).rejects.toMatchObject({ vendorCode: '2001', code: 'invalid_configuration' })
  })
})

it('takes a token of its own over REST, and shows it to nobody', async () => {
  const { twin, rest, model } = setUp({ gateway: { id: 'edge', token: 'gateway-secret' } })
  twin.faults.next({ kind: 'invalid' })
  const error = await rest.generate({ model, messages: hello }).catch((thrown: unknown) => thrown)
  expect(twin.requests()[0]?.headers).toMatchObject({ 'cf-aig-authorization': 'Bearer gateway-secret' })
  expect(JSON.stringify(error)).not.toContain('gateway-secret')
})

it('leaves answers alone where no gateway is', async () => {
  const { rest, model } = setUp()
  expect(await rest.generate({ model, messages: hello })).not.toHaveProperty('raw')
})

it('sends names and values that are no ASCII as such', async () => {
  const { twin, rest, model } = setUp({ gateway: { id: 'edge', metadata: { tenant: 'Köln 東京' } } })
  await rest.generate({ model, messages: hello })
  const sent = twin.requests()[0]?.headers['cf-aig-metadata'] ?? ''
  expect(sent).toMatch(/^[\x20-\x7e]+$/)
  expect(JSON.parse(sent)).toEqual({ tenant: 'Köln 東京' })
})

it.each([{ cacheKey: 'schlüssel' }, { cacheKey: 'a\nb' }, { id: '' }, { token: 'a\r\nx: y' }])('refuses %j at once', (more) => {
  const [name] = Object.keys(more)
  expect(() => setUp({ gateway: { id: 'edge', ...more } })).toThrow(
    expect.objectContaining({ code: 'invalid_option', field: `gateway.${name}` }),
  )
})

it('gives the answer although whoever is told of it fails', async () => {
  const onAnswer = () => {
    throw new Error('The listener is broken.')
  }
  const { rest, model } = setUp({ gateway: { id: 'edge', onAnswer } })
  expect((await rest.generate({ model, messages: hello })).text).toBe('Hello')
})

it('keeps the requests of one user together, gateway or not', async () => {
  const { twin, rest, inWorker, model } = setUp()
  for (const provider of [rest, inWorker()]) await provider.generate({ model, messages: hello, user: 'müller 7' })
  await rest.generate({ model, messages: hello })
  expect(twin.requests().map(({ headers: sent }) => sent['x-session-affinity'])).toEqual([
    'm%C3%BCller%207',
    'm%C3%BCller%207',
    undefined,
  ])
})
