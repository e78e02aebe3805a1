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
  list,
  ProviderError,
  read,
  refuse,
  testClock,
  VendorRefusal,
} from './index.ts'
import { failure } from './testing/post.ts'

const person = z.object({ id: fields.handle, name: z.string() })

const club = defineInterface('club', {
  capabilities: { gold: 'Has golden members' },
  operations: {
    join: create({
      title: 'Join',
      routing: 'first',
      input: z.object({ name: z.string(), gold: z.optional(z.boolean()), at: z.optional(z.string()) }),
      output: person,
      needs: ({ gold }) => (gold ? ['gold'] : []),
      prepare: (input, { name }) => {
        if (input.at === undefined || input.at === name) return input
        throw refuse('provider_mismatch', 'Another one is asked for.', { field: 'at', elsewhere: true })
      },
    }),
    charge: create({ title: 'Charge', input: z.object({ amount: fields.amount }), output: person }),
    rules: read({ title: 'Rules', routing: 'first', input: z.object({}), output: z.object({ text: z.string() }) }),
    members: list({ title: 'List', handle: 'of', input: z.object({ of: z.optional(fields.handle) }), output: person }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
})

function member(name: string, answers: (() => Response)[], gold = false) {
  const asked: string[] = []
  const go = createTransport({
    vendorOrigins: [],
    fetch: (async (url: string) => {
      asked.push(new URL(url).pathname)
      return (answers.shift() ?? (() => Response.json({})))()
    }) as typeof fetch,
  })
  const post = async (path: string) => {
    const response = await go(`https://${name}.example.com/${path}`, { method: 'POST', body: '{}' })
    const body = (await response.json()) as { code?: string; person?: string }
    if (!response.ok) throw Object.assign(new Error('refused'), body)
    if (body.code !== undefined) throw Object.assign(new VendorRefusal(body.code), body)
  }
  const driver: Driver<typeof club, string> = {
    descriptor: {
      vendor: name,
      docs: 'https://example.com',
      capabilities: { gold: gold || 'no gold' },
      limits: {},
      operations: {},
    },
    client: async () => name,
    errors: {
      poor: { code: 'insufficient_funds', effect: 'none', fault: 'declined', message: 'No money.' },
    },
    fault: (error) => {
      const { code, person: thing } = error as { code?: string; person?: string }
      return { vendorCode: code, thing }
    },
    operations: {
      join: async (input, context) => {
        await post('join')
        return { id: context.handle('p1'), name: input.name }
      },
      charge: async (_, context) => {
        await post('charge')
        return { id: context.handle('c1'), name: 'charge' }
      },
      rules: async () => {
        const response = await go(`https://${name}.example.com/rules`)
        if (!response.ok) throw new Error('failed')
        return { text: name }
      },
      members: async (_, context) => ({ items: [{ id: context.handle('p1'), name }] }),
    },
    webhooks: { recognises: () => false, receive: async () => [] },
  }
  return { asked, provider: createProvider(club, driver, { clock: testClock(), defaultBaseUrl: `https://${name}.example.com` }) }
}

const fail =
  (status: number, body: object = {}) =>
  () =>
    Response.json(body, { status })
const refused = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
}

function both(answers: (() => Response)[] = [], options: { order?: 'priority' | 'weighted' } = {}) {
  const [alpha, beta] = [member('alpha', answers), member('beta', [], true)]
  const wrapper = failover([alpha.provider, beta.provider], { clock: testClock(), ...options, random: () => 0.5 })
  return { alpha, beta, wrapper }
}

describe('what is good for nothing at another provider', () => {
  it('is made by the first of the order, and by nobody else when that one fails', async () => {
    for (const answer of [refused, fail(500), fail(401), fail(429)]) {
      const { alpha, beta, wrapper } = both([answer])
      const error = await failure(wrapper.join({ name: 'Ada' }))
      expect(error.provider).toBe('alpha')
      expect(alpha.asked).toEqual(['/join'])
      expect(beta.asked).toEqual([])
    }
  })

  it('is made by the one that can, or that is named', async () => {
    const { alpha, beta, wrapper } = both()
    expect((await wrapper.join({ name: 'Ada', gold: true })).id).toBe('beta:p1')
    expect((await wrapper.join({ name: 'Ada', at: 'beta' })).id).toBe('beta:p1')
    expect((await wrapper.join({ name: 'Ada' })).id).toBe('alpha:p1')
    expect([alpha.asked.length, beta.asked.length]).toEqual([1, 2])
    expect(await failure(wrapper.join({ name: 'Ada', at: 'gamma' }))).toMatchObject({ effect: 'none', field: 'at' })
  })

  it('keeps to the configured order, whatever the ranking', async () => {
    const { wrapper } = both([], { order: 'weighted' })
    for (let i = 0; i < 10; i++) expect((await wrapper.join({ name: 'Ada' })).id).toBe('alpha:p1')
  })

  it('is read from the first alone: another one would tell of something else', async () => {
    const { beta, wrapper } = both([fail(503), fail(503), fail(503)])
    await failure(wrapper.rules({}))
    expect(beta.asked).toEqual([])
  })
})

describe('a list that may be of one thing', () => {
  it('reads all providers without it, and the one that has it with it', async () => {
    const { wrapper } = both()
    const names = async (input: { of?: string }) => {
      const found: string[] = []
      for await (const { name } of wrapper.members(input)) found.push(name)
      return found
    }
    expect(await names({})).toEqual(['alpha', 'beta'])
    expect(await names({ of: 'beta:p1' })).toEqual(['beta'])
  })
})

describe('a decline', () => {
  const amount = { amount: 100n, currency: 'EUR' }

  it('names what the vendor kept, and goes nowhere else', async () => {
    const { beta, wrapper } = both([fail(402, { code: 'poor', person: 'c9' })])
    const error = await failure(wrapper.charge({ amount }))
    expect(error).toMatchObject({
      code: 'insufficient_funds',
      fault: 'declined',
      effect: 'none',
      handle: 'alpha:c9',
      vendorCode: 'poor',
    })
    expect(JSON.parse(JSON.stringify(error)).handle).toBe('alpha:c9')
    expect(beta.asked).toEqual([])
  })

  it('counts as one inside an answer that says success; a code that is in no table stays unknown', async () => {
    const told = await failure(both([fail(200, { code: 'poor' })]).wrapper.charge({ amount }))
    expect(told).toMatchObject({ code: 'insufficient_funds', fault: 'declined', effect: 'none' })
    const strange = await failure(both([fail(200, { code: 'strange' })]).wrapper.charge({ amount }))
    expect(strange).toMatchObject({ effect: 'unknown' })
  })
})

describe('an amount', () => {
  it('is a bigint, or its digits; never a float, never zero, never below', async () => {
    const { alpha, wrapper } = both()
    for (const value of [12.5, 100, '1e3', '12.50', 0n, -5n, 2n ** 63n, null]) {
      const error = await failure(wrapper.charge({ amount: { amount: value as bigint, currency: 'EUR' } }))
      expect(error, String(value)).toMatchObject({ code: 'invalid_input', effect: 'none', field: 'amount.amount' })
    }
    expect(await failure(wrapper.charge({ amount: { amount: 1n, currency: 'eur' } }))).toMatchObject({ field: 'amount.currency' })
    expect(alpha.asked).toEqual([])
    await wrapper.charge({ amount: { amount: '9223372036854775807', currency: 'EUR' } })
    expect(alpha.asked).toEqual(['/charge'])
  })
})

it('an error with a handle keeps it through copies', () => {
  const error = new ProviderError({ effect: 'none', fault: 'declined', code: 'x', message: 'x', handle: 'a:1' })
  expect(error.with({ trail: [] }).handle).toBe('a:1')
})
