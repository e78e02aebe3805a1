import { ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import type { GenerateRequest } from '../generation.ts'
import type { PriceTable } from '../index.ts'
import type { RouterOptions } from './options.ts'
import { createRouter } from './router.ts'

const chat = { kind: 'chat', context: 1_000, maxOutput: 500, capabilities: ['tools', 'json'] } as const
const prices: PriceTable = {
  date: '2026-01-01',
  models: {
    a: {
      tiny: { ...chat, input: 100_000, output: 500_000 },
      big: {
        ...chat,
        context: 1_000_000,
        maxOutput: 100_000,
        capabilities: ['tools', 'vision', 'thinking'],
        input: 8_000_000,
        output: 40_000_000,
      },
      vectors: { kind: 'embedding', input: 20_000 },
    },
    b: {
      mid: { ...chat, context: 100_000, capabilities: ['tools', 'vision'], input: 1_000_000, output: 5_000_000 },
      free: { ...chat, input: 0, output: 0 },
    },
  },
}
const aliases = { cheap: ['a:tiny', 'b:mid'], fast: ['b:mid', 'a:tiny'], best: ['a:big', 'fast'] }
const routerOf = (more: Partial<RouterOptions> = {}) => createRouter({ aliases, prices, ...more })
const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: 'cheap',
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
})
const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return ProviderError.is(error) ? error.code : error
  }
  return 'nothing was thrown'
}

describe('aliases', () => {
  it('become their models, with aliases in them, each once, in their order', () => {
    expect(routerOf().route(request({ model: 'best' })).models).toEqual(['a:big', 'b:mid', 'a:tiny'])
    expect(routerOf().route(request({ model: ['cheap', 'best'] })).models).toEqual(['a:tiny', 'b:mid', 'a:big'])
  })

  it('leave what is none as it is', () => {
    expect(routerOf().route(request({ model: 'llama3:8b' }))).toEqual({ models: ['llama3:8b'], reasons: [] })
    expect(routerOf().route(request({ model: 'constructor' })).models).toEqual(['constructor'])
  })

  it('are refused when the router is made, where they lead to themselves or nowhere', () => {
    expect(() => createRouter({ aliases: { a: ['b'], b: ['a'] } })).toThrow('leads back to itself: a → b → a')
    expect(() => createRouter({ aliases: { a: [] } })).toThrow('names no model')
    expect(() => createRouter({ aliases, levels: { hard: 'genius' } })).toThrow('"genius" is no alias')
  })
})

describe('auto', () => {
  it('takes the alias of how hard it is, and says why', () => {
    const route = routerOf().route(request({ model: 'auto' }))
    expect(route).toMatchObject({ complexity: 'simple', models: ['a:tiny', 'b:mid'], reasons: ['simple', 'alias cheap'] })
    const hard = routerOf().route(request({ model: 'auto', thinking: 'high' }))
    expect(hard.models[0]).toBe('a:big')
    expect(hard.reasons[0]).toBe('hard (thinking high)')
  })

  it('follows its own levels and classifier', () => {
    const router = routerOf({ levels: { simple: 'best' }, classify: () => ({ complexity: 'simple', signals: ['mine'] }) })
    expect(router.route(request({ model: 'auto' }))).toMatchObject({
      models: ['a:big', 'b:mid', 'a:tiny'],
      reasons: ['simple (mine)', 'alias best'],
    })
  })

  it('is an alias like others where it is one', () => {
    expect(routerOf({ aliases: { auto: ['x:y'] } }).route(request({ model: 'auto' })).models).toEqual(['x:y'])
    expect(codeOf(() => routerOf({ aliases: { other: ['x:y'] } }).route(request({ model: 'auto' })))).toBe('invalid_option')
  })
})

describe('what a model cannot do', () => {
  const picture = { role: 'user', content: [{ type: 'image', url: 'https://example.com/a.png' }] } as const

  it('leaves it out, with the reason', () => {
    const route = routerOf().route(request({ model: 'best', messages: [{ ...picture, content: [...picture.content] }] }))
    expect(route.models).toEqual(['a:big', 'b:mid'])
    expect(route.reasons).toContain('left out a:tiny: has no vision')
  })

  it('is an error where nobody is left', () => {
    const call = () => routerOf().route(request({ output: { schema: { type: 'object' } } }))
    expect(codeOf(call)).toBe('unsupported')
    expect(call).toThrow('a:tiny: has no structured-output')
  })

  it('what nobody knows is not held against a model', () => {
    const route = routerOf({ aliases: { cheap: ['x:new', 'a:tiny'] } }).route(request({ output: { schema: { type: 'object' } } }))
    expect(route.models).toEqual(['x:new'])
  })

  it('length: of the prompt, and of the answer', () => {
    const long = routerOf().route(request({ messages: [{ role: 'user', content: 'word '.repeat(2_000) }] }))
    expect(long.models).toEqual(['b:mid'])
    expect(long.reasons).toContain('left out a:tiny: has room for 1000 tokens, and this is about 2504')
    const wordy = routerOf().route(request({ model: 'best', maxOutputTokens: 600 }))
    expect(wordy.models).toEqual(['a:big'])
    expect(wordy.reasons).toContain('left out b:mid: writes at most 500 tokens')
  })

  it('length is an estimate: the roomiest model is kept where it may fit', () => {
    const router = routerOf({ aliases: { cheap: ['a:tiny', 'b:free'] } })
    const nearly = router.route(request({ messages: [{ role: 'user', content: 'x'.repeat(4_400) }] }))
    expect(nearly.models).toEqual(['a:tiny'])
    expect(codeOf(() => router.route(request({ messages: [{ role: 'user', content: 'x'.repeat(9_000) }] })))).toBe(
      'context_length',
    )
  })

  it('its kind', () => {
    expect(codeOf(() => routerOf().route(request({ model: 'a:vectors' })))).toBe('unsupported')
    expect(routerOf().routeTo('embedding', 'a:vectors').models).toEqual(['a:vectors'])
    expect(codeOf(() => routerOf().routeTo('embedding', 'cheap'))).toBe('unsupported')
  })
})

describe('order', () => {
  it('cheapest: by what this request costs there; without a price last', () => {
    const router = routerOf({ aliases: { all: ['x:new', 'a:big', 'b:mid', 'a:tiny', 'b:free'] }, order: 'cheapest' })
    const route = router.route(request({ model: 'all' }))
    expect(route.models).toEqual(['b:free', 'a:tiny', 'b:mid', 'a:big', 'x:new'])
    expect(route.reasons).toContain('order cheapest')
  })

  it('fastest: by what was observed, failures slow, the untried first', () => {
    const router = routerOf({ aliases: { all: ['a:big', 'b:mid', 'a:tiny'] }, order: 'fastest' })
    router.observe('a:big', 100, false)
    router.observe('b:mid', 900)
    expect(router.route(request({ model: 'all' })).models).toEqual(['a:tiny', 'b:mid', 'a:big'])
    router.observe('a:tiny', 2_000)
    router.observe('a:tiny', Number.NaN)
    expect(router.route(request({ model: 'all' })).models).toEqual(['b:mid', 'a:tiny', 'a:big'])
    expect(router.route(request({ model: 'all' }), { order: 'given' }).models).toEqual(['a:big', 'b:mid', 'a:tiny'])
  })
})

describe('tiers', () => {
  const tiers = { free: ['cheap'], pro: ['*'], b: ['b:*'] }

  it('a tier may use what it names, aliases and patterns', () => {
    const router = routerOf({ tiers })
    const route = router.route(request({ model: 'best' }), { tier: 'free' })
    expect(route.models).toEqual(['b:mid', 'a:tiny'])
    expect(route.reasons).toContain('left out a:big: not in tier free')
    expect(router.route(request({ model: 'best' }), { tier: 'b' }).models).toEqual(['b:mid'])
    expect(router.route(request({ model: 'a:big' }), { tier: 'pro' }).models).toEqual(['a:big'])
  })

  it('nothing else, however it is called', () => {
    const router = routerOf({ tiers })
    for (const model of ['a:big', 'big', 'A:tiny', 'a:tiny ', 'a:tinyx']) {
      expect(
        codeOf(() => router.route(request({ model }), { tier: 'free' })),
        model,
      ).toBe('model_not_allowed')
    }
  })

  it('nobody is in no tier', () => {
    expect(codeOf(() => routerOf({ tiers }).route(request()))).toBe('invalid_option')
    expect(codeOf(() => routerOf({ tiers }).route(request(), { tier: 'constructor' }))).toBe('invalid_option')
    expect(routerOf({ tiers: { ...tiers, default: ['b:mid'] } }).route(request()).models).toEqual(['b:mid'])
  })
})

describe("the caller's wish", () => {
  it('goes first, with the chain behind it, whatever the order', () => {
    const router = routerOf({ overrides: true, order: 'cheapest' })
    expect(router.route(request(), { override: 'a:big' }).models).toEqual(['a:big', 'a:tiny', 'b:mid'])
    expect(router.route(request(), { override: 'best' }).reasons).toContain('override a:big, b:mid, a:tiny')
  })

  it('counts only where it is allowed, and within the tier', () => {
    const ignored = routerOf().route(request(), { override: 'a:big' })
    expect(ignored).toMatchObject({ models: ['a:tiny', 'b:mid'], reasons: ['alias cheap', 'override not allowed here'] })
    const inTier = routerOf({ overrides: true, tiers: { free: ['cheap'] } }).route(request(), { override: 'a:big', tier: 'free' })
    expect(inTier.models).toEqual(['a:tiny', 'b:mid'])
  })
})

describe('budget', () => {
  it('leaves out what costs more than is left', () => {
    const route = routerOf().route(request({ model: 'best' }), { budget: 6_000 })
    expect(route.models).toEqual(['b:mid', 'a:tiny'])
    expect(route.reasons).toContain('left out a:big: costs about 40048 micro-dollars, and 6000 are left')
    expect(codeOf(() => routerOf().route(request(), { budget: 0 }))).toBe('insufficient_quota')
    expect(routerOf({ budgetAware: false }).route(request(), { budget: 0 }).models).toHaveLength(2)
  })
})

describe('routeTo', () => {
  it('weighs what it is told', () => {
    const about = { needs: ['vision'], promptTokens: 5, text: 'Prove it step by step. ```x``` and compare.' }
    const route = routerOf().routeTo('chat', 'auto', {}, about)
    expect(route).toMatchObject({ complexity: 'ordinary', models: ['b:mid'] })
    expect(codeOf(() => routerOf().routeTo('chat', 'cheap', {}, { promptTokens: 10_000_000 }))).toBe('context_length')
  })

  it('knows instances of another name, and their aliases', () => {
    const router = routerOf({
      instances: { 'a-eu': { vendor: 'a', aliases: { small: 'tiny' } } },
      aliases: { x: ['a-eu:small', 'a-eu:big'] },
    })
    expect(router.routeTo('chat', 'x', {}, { needs: ['vision'] }).models).toEqual(['a-eu:big'])
  })
})

it('is pure: the same request, the same route; reasons are ASCII', () => {
  const router = routerOf({ overrides: true })
  const first = router.route(request({ model: 'auto' }), { override: 'x:ü\r\ninjected: 1' })
  expect(router.route(request({ model: 'auto' }), { override: 'x:ü\r\ninjected: 1' })).toEqual(first)
  expect(first.reasons.join()).toMatch(/^[\x20-\x7e]*$/)
})
