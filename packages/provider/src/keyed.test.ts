import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  create,
  createProvider,
  createTransport,
  type Driver,
  defineInterface,
  failover,
  fields,
  memoryIntents,
  type OutcomeUnknownError,
  settleIntent,
  testClock,
} from './index.ts'
import { failure } from './testing/post.ts'

const till = defineInterface('till', {
  capabilities: {},
  operations: {
    charge: create({ title: 'Charge', input: z.object({ amount: fields.amount }), output: z.object({ id: fields.handle }) }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
})

type Fate = 'cut-before' | 'cut-after' | 'decline' | 'busy'

/** A vendor that knows idempotency keys, as card vendors do, and lists what it made, unless there is nothing to look in. */
function bank(name: string, fates: Fate[], { keepsDeclines = true, lists = true } = {}) {
  const clock = testClock()
  const intents = memoryIntents({ clock })
  const charges = new Map<string, string>()
  const asked: string[] = []
  const cut = () => new TypeError('fetch failed', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) })
  const go = createTransport({
    vendorOrigins: [],
    fetch: (async (url: string, init?: RequestInit) => {
      const key = new Headers(init?.headers).get('key') as string
      asked.push(init?.method === 'POST' ? 'POST' : 'GET')
      if (init?.method !== 'POST') return Response.json([...charges.values()])
      const fate = fates.shift()
      if (fate === 'cut-before') throw cut()
      if (fate === 'decline') return Response.json({ code: 'poor' }, { status: 402 })
      if (fate === 'busy') return Response.json({}, { status: 409 })
      const id = charges.get(key) ?? `c${charges.size + 1}`
      charges.set(key, id)
      if (fate === 'cut-after') throw cut()
      return Response.json({ id, url })
    }) as typeof fetch,
  })
  const driver: Driver<typeof till, string> = {
    descriptor: {
      vendor: name,
      docs: 'https://example.com',
      capabilities: {},
      limits: {},
      operations: {
        charge: {
          class: 'keyed',
          keyWindowMs: 86_400_000,
          ...(lists ? { find: 'reference', settleMs: 60_000 } : {}),
          ...(keepsDeclines ? { keepsDeclines } : {}),
        },
      },
    },
    client: async () => name,
    errors: { poor: { code: 'insufficient_funds', effect: 'none', fault: 'declined', message: 'No money.' } },
    fault: (error) => ({ vendorCode: (error as { code?: string }).code }),
    operations: {
      charge: async (_, context) => {
        const response = await go('https://bank.example.com/charges', {
          method: 'POST',
          headers: { key: context.key },
          body: '{}',
        })
        const body = (await response.json()) as { id: string; code?: string }
        if (!response.ok) throw Object.assign(new Error('refused'), body)
        return { id: context.handle(body.id) }
      },
    },
    ...(lists
      ? {
          find: {
            charge: async (_, context) => {
              const found = (await (await go('https://bank.example.com/charges')).json()) as string[]
              return found[0] === undefined ? undefined : { id: context.handle(found[0]) }
            },
          },
        }
      : {}),
    webhooks: { recognises: () => false, receive: async () => [] },
  }
  const provider = createProvider(till, driver, { clock, intents, defaultBaseUrl: 'https://bank.example.com' })
  return { asked, charges, clock, intents, provider }
}

const input = { amount: { amount: 100n, currency: 'EUR' } }

describe('a lost answer of a vendor that knows keys', () => {
  it('is got at once by repeating under the key, and made once', async () => {
    for (const fate of ['cut-before', 'cut-after'] as const) {
      const { provider, asked, charges, clock } = bank('alpha', [fate])
      const start = clock.now()
      expect((await provider.charge(input)).id).toBe('alpha:c1')
      expect([asked, charges.size, clock.now() - start]).toEqual([['POST', 'POST'], 1, 0])
    }
  })

  it('is a decline when the repetition is declined: nothing happened, and nobody else is asked', async () => {
    const alpha = bank('alpha', ['cut-before', 'decline'])
    const beta = bank('beta', [])
    const wrapper = failover([alpha.provider, beta.provider], { clock: alpha.clock })
    expect(await failure(wrapper.charge(input))).toMatchObject({ code: 'insufficient_funds', fault: 'declined', effect: 'none' })
    expect(beta.asked).toEqual([])
  })

  it('moves on after such a decline only where the list allows it', async () => {
    const alpha = bank('alpha', ['cut-before', 'decline'])
    const beta = bank('beta', [])
    const wrapper = failover([alpha.provider, beta.provider], { clock: alpha.clock, moveOnDecline: ['insufficient_funds'] })
    expect((await wrapper.charge(input)).id).toBe('beta:c1')
    expect([alpha.charges.size, beta.charges.size]).toEqual([0, 1])
  })

  it('is not a decline where the vendor does not keep it: the first try may still arrive, and have money by then', async () => {
    const alpha = bank('alpha', ['cut-before', 'decline'], { keepsDeclines: false })
    const beta = bank('beta', [])
    const wrapper = failover([alpha.provider, beta.provider], { clock: alpha.clock, moveOnDecline: ['insufficient_funds'] })
    expect(await failure(wrapper.charge(input, { deadline: 30_000 }))).toMatchObject({
      code: 'outcome_unknown',
      effect: 'unknown',
    })
    // Once it can no longer arrive, looking says so.
    expect((await wrapper.charge(input, { deadline: 200_000 })).id).toBe('alpha:c1')
    expect(beta.asked).toEqual([])
  })

  it('is looked for when the repetition says nothing', async () => {
    const { provider, asked } = bank('alpha', ['cut-after', 'busy'])
    expect((await provider.charge(input)).id).toBe('alpha:c1')
    expect(asked).toEqual(['POST', 'POST', 'GET'])
  })

  it('is only looked for by resolve(): whoever asks later may have given it up', async () => {
    const { provider, asked, charges, clock } = bank('alpha', ['cut-before', 'busy'])
    const error = (await failure(provider.charge(input, { deadline: 3_000 }))) as OutcomeUnknownError
    const posts = () => asked.filter((method) => method === 'POST').length
    expect([error.effect, posts()]).toEqual(['unknown', 2])
    clock.advance(120_000)
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect([posts(), charges.size]).toEqual([2, 0])
  })
})

describe('a lost answer of a vendor that knows keys and has nothing to look in', () => {
  const lost = async (...fates: Fate[]) => {
    const world = bank('alpha', [...fates, 'busy'], { lists: false })
    const error = (await failure(world.provider.charge(input, { idempotencyKey: 'k' }))) as OutcomeUnknownError
    const posts = () => world.asked.filter((method) => method === 'POST').length
    expect([error.effect, posts()]).toEqual(['unknown', 2])
    return { ...world, error, posts }
  }

  it.each(['cut-before', 'cut-after'] as const)('stays unknown for who only asks, who makes nothing by it (%s)', async (fate) => {
    const { error, posts, charges, clock } = await lost(fate)
    const made = charges.size
    clock.advance(3_600_000)
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect([posts(), charges.size]).toEqual([2, made])
  })

  it.each(['cut-before', 'cut-after'] as const)('is got under the key by who still wants it (%s)', async (fate) => {
    const { error, posts, charges } = await lost(fate)
    expect(await error.resolve({ mayComplete: true })).toEqual({ effect: 'done', value: { id: 'alpha:c1' } })
    expect([posts(), charges.size]).toEqual([3, 1])
  })

  it('is settled by what the vendor tells by itself, once, and for good', async () => {
    const { error, provider, posts, intents } = await lost('cut-after')
    const [{ reference } = { reference: '' }] = await intents.unresolved()
    const value = { id: 'alpha:c1' }
    const told = { provider: 'alpha', reference }
    const done = () => ({ effect: 'done', value }) as const
    expect(await settleIntent(provider, { ...told, reference: 'do-another' }, done)).toBeUndefined()
    expect(await settleIntent(provider, { ...told, provider: 'beta' }, done)).toBeUndefined()
    expect(await settleIntent(provider, told, () => ({ effect: 'done', value: { id: 'beta:c1' } }))).toBeUndefined()
    expect(await settleIntent(provider, told, () => undefined)).toBeUndefined()
    expect(await settleIntent(provider, told, done)).toMatchObject({ state: 'done', handle: 'alpha:c1', sent: input })
    expect(await settleIntent(provider, told, () => ({ effect: 'none' }))).toBeUndefined()
    expect(await error.resolve()).toEqual({ effect: 'done', value })
    expect(await provider.charge(input, { idempotencyKey: 'k' })).toEqual(value)
    expect(posts()).toBe(2)
  })

  it('may be told to have made nothing: then the same key makes it', async () => {
    const { error, provider, charges, intents } = await lost('cut-before')
    const [{ reference } = { reference: '' }] = await intents.unresolved()
    const told = { provider: 'alpha', reference }
    expect(await settleIntent(provider, told, () => ({ effect: 'none' }))).toMatchObject({ state: 'open' })
    expect(await error.resolve()).toEqual({ effect: 'none' })
    await provider.charge(input, { idempotencyKey: 'k' })
    expect(charges.size).toBe(1)
  })
})
