import { type CallOptions, failover, ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { collect, createRouter, type PriceTable, type Route, routed } from '../index.ts'
import { scriptedLlm } from '../testing/scripted.ts'

const chat = { kind: 'chat', input: 1, output: 1 } as const
const prices: PriceTable = {
  date: '2026-01-01',
  models: {
    one: { small: { ...chat, capabilities: ['tools'] }, e: { kind: 'embedding', input: 1 }, f: { kind: 'embedding', input: 1 } },
    two: { large: { ...chat, capabilities: ['tools', 'vision'] } },
  },
}
const aliases = { cheap: ['one:small', 'two:large'], vectors: ['one:e', 'one:f'] }
const messages = [{ role: 'user' as const, content: 'Hello' }]

function setup() {
  const [one, two] = [scriptedLlm({ name: 'one' }), scriptedLlm({ name: 'two' })]
  const routes: Route[] = []
  const router = createRouter({ aliases, prices })
  return {
    one,
    two,
    routes,
    router,
    llm: routed(failover([one.llm, two.llm]), router, { onRoute: (route) => routes.push(route) }),
  }
}

describe('routed', () => {
  it('asks what the router chose, and tells it', async () => {
    const { llm, one, two, routes } = setup()
    const answer = await llm.generate({ model: 'auto', messages })
    expect(answer).toMatchObject({ provider: 'one', model: 'small', text: 'Hello' })
    expect(one.asked).toHaveLength(1)
    expect(two.asked).toHaveLength(0)
    expect(routes).toEqual([{ models: ['one:small', 'two:large'], reasons: ['simple', 'alias cheap'], complexity: 'simple' }])
  })

  it('goes on to the next of the chain, at another provider and by another name', async () => {
    const { llm, one } = setup()
    one.answers(new ProviderError({ effect: 'none', fault: 'provider', code: 'overloaded', message: 'Busy.' }))
    expect(await llm.generate({ model: 'cheap', messages })).toMatchObject({ provider: 'two', model: 'large' })
  })

  it('streams the same way, and asks nobody before it is read', async () => {
    const { llm, one, routes } = setup()
    const stream = llm.stream({ model: 'cheap', messages })
    expect([one.asked.length, routes.length, stream.provider, stream.trail]).toEqual([0, 0, undefined, []])
    expect(await collect(stream)).toMatchObject({ provider: 'one', text: 'Hello', finish: 'stop' })
    expect(stream.provider).toBe('one')
    expect(stream.trail).toContainEqual(expect.objectContaining({ action: 'attempt', provider: 'one', variant: 'small' }))
  })

  it('refuses what no model can do, for streams when they are read', async () => {
    const { llm, one, two } = setup()
    const request = {
      model: 'one:small',
      messages: [{ role: 'user' as const, content: [{ type: 'image' as const, url: 'https://e.com/a.png' }] }],
    }
    await expect(llm.generate(request)).rejects.toMatchObject({ code: 'unsupported', effect: 'none' })
    await expect(collect(llm.stream(request))).rejects.toMatchObject({ code: 'unsupported', effect: 'none' })
    expect([one.asked, two.asked]).toEqual([[], []])
  })

  it('leaves it to the interface to refuse what is no request', async () => {
    const { llm, routes } = setup()
    await expect(llm.generate({ model: 'cheap', messages: [] })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'messages',
    })
    await expect(llm.generate({ messages } as never)).rejects.toMatchObject({ code: 'invalid_input', field: 'model' })
    await expect(llm.embed({ model: '', input: ['a'] })).rejects.toMatchObject({ code: 'invalid_input', field: 'model' })
    expect(routes).toEqual([])
  })

  it('knows aliases of pictures and sound, too', async () => {
    const { one } = setup()
    const llm = routed(one.llm, createRouter({ aliases: { pic: ['one:p'], say: ['one:s'], hear: ['one:h'] }, prices }))
    await llm.image({ model: 'pic', prompt: 'A cat' })
    await llm.speak({ model: 'say', text: 'Hello' })
    await llm.transcribe({ model: 'hear', audio: new Uint8Array(1), mediaType: 'audio/wav' })
    expect(one.asked.map(({ operation, input }) => [operation, input.model])).toEqual([
      ['image', 'p'],
      ['speak', 's'],
      ['transcribe', 'h'],
    ])
  })

  it('lets no other model take over an embedding', async () => {
    const { llm, one } = setup()
    const busy = new ProviderError({ effect: 'none', fault: 'provider', code: 'overloaded', message: 'Busy.' })
    one.answers(busy, busy, busy)
    await expect(llm.embed({ model: 'vectors', input: ['a'] })).rejects.toMatchObject({ code: 'overloaded' })
    expect(new Set(one.asked.map(({ input }) => input.model))).toEqual(new Set(['e']))
  })

  it('teaches the router how fast models are, by the trail', async () => {
    const { llm, one, router } = setup()
    one.answers(new ProviderError({ effect: 'none', fault: 'provider', code: 'overloaded', message: 'Busy.' }))
    const tried: (string | undefined)[] = []
    const onTrail: CallOptions['onTrail'] = (trail) => {
      for (const { action, variant } of trail) if (action === 'attempt') tried.push(variant)
    }
    await llm.generate({ model: 'cheap', messages }, { onTrail })
    expect(tried).toEqual(['small', 'large'])
    expect(router.route({ model: 'cheap', messages }, { order: 'fastest' }).models).toEqual(['two:large', 'one:small'])
  })

  it('takes the context of the call, and passes everything else through', async () => {
    const { one } = setup()
    let tier = 'free'
    const router = createRouter({ aliases, prices, tiers: { free: ['two:*'], pro: ['*'] } })
    const llm = routed(one.llm, router, { context: () => ({ tier }) })
    await expect(llm.generate({ model: 'one:small', messages })).rejects.toMatchObject({
      code: 'model_not_allowed',
      fault: 'policy',
    })
    tier = 'pro'
    expect(await llm.generate({ model: 'one:small', messages })).toMatchObject({ model: 'small' })
    expect([llm.name, llm.interface, llm.supports('tools')]).toEqual(['one', 'llm', true])
  })
})
