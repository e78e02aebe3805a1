import { describe, expect, it } from 'vitest'
import { type Cost, costOf, defaultPrices, factsOf, noUsage, type PriceTable, type Usage, withPrices } from './index.ts'

/** Dollars for a token, as people write them in reports of wrong bills. */
const priced = (prices: Record<string, number>): PriceTable => ({
  date: '2026-01-01',
  models: {
    acme: { it: { kind: 'chat', ...Object.fromEntries(Object.entries(prices).map(([name, each]) => [name, each * 1e12])) } },
  },
})
const used = (usage: Partial<Usage>): Usage => ({ ...noUsage, ...usage })
const micro = (cost: Cost | undefined) => cost?.microUsd

describe('bills that others got wrong, to the micro-dollar', () => {
  // https://github.com/BerriAI/litellm/issues/31714: 0.00860376
  it('nearly all of the prompt cached', () => {
    const table = priced({ input: 0.0000014, cacheRead: 0.00000026, output: 0.0000044 })
    expect(micro(costOf(table, 'acme', 'it', used({ input: 1, cacheRead: 27_146, output: 351 })))).toBe(8_604)
  })

  // https://github.com/BerriAI/litellm/issues/14849: 0.1849 and not 0.7642
  it('cached tokens are not paid as fresh ones besides', () => {
    const table = priced({ input: 1.25e-6, cacheRead: 0.625e-6, output: 10e-6 })
    const usage = used({ input: 262_960 - 257_955, cacheRead: 257_955, output: 1_744 })
    expect(micro(costOf(table, 'acme', 'it', usage))).toBe(184_918)
  })

  // https://github.com/BerriAI/litellm/issues/14874: 7.90200001055, and the other way round
  it('prices that are far apart', () => {
    const dearCache = priced({ input: 1e-10, cacheRead: 0.003, output: 1e-11 })
    expect(micro(costOf(dearCache, 'acme', 'it', used({ input: 2_739 - 2_634, cacheRead: 2_634, output: 5 })))).toBe(7_902_000)
    const dearInput = priced({ input: 0.0002, cacheRead: 1e-11, output: 1e-11 })
    expect(micro(costOf(dearInput, 'acme', 'it', used({ input: 2_693 - 2_585, cacheRead: 2_585, output: 5 })))).toBe(21_600)
  })

  // https://github.com/BerriAI/litellm/issues/6215
  it('gpt-4o: 2,006 tokens of prompt, 1,920 of them cached, 300 of answer', () => {
    const usage = used({ input: 86, cacheRead: 1_920, output: 300 })
    expect(micro(costOf(defaultPrices, 'openai', 'gpt-4o-2024-08-06', usage))).toBe(5_615)
  })

  // https://github.com/BerriAI/litellm/issues/11364: 66,360 read, 32,435 written, 5,120 of answer. Reported: 0.04708.
  it('claude-opus-4-5: read, written and fresh', () => {
    const usage = used({ input: 10, cacheRead: 66_360, cacheWrite: 32_435, output: 5_120, reasoning: 1_710 })
    expect(micro(costOf(defaultPrices, 'anthropic', 'claude-opus-4-5-20251101', usage))).toBe(363_949)
  })

  // https://github.com/BerriAI/litellm/issues/9812: the console says 0.05439, the gateway said 0.091311.
  it('claude-3-7-sonnet: what is written to the cache is not paid twice', () => {
    const usage = used({ input: 3, cacheWrite: 12_304, output: 550 })
    expect(micro(costOf(defaultPrices, 'anthropic', 'claude-3-7-sonnet-20250219', usage))).toBe(54_399)
  })
})

describe('costOf', () => {
  it('takes five minutes and an hour of cache apart', () => {
    const usage = used({ cacheWrite: 3_000_000, cacheWriteHour: 1_000_000 })
    expect(micro(costOf(defaultPrices, 'anthropic', 'claude-sonnet-5-5', usage))).toBe(2 * 2_500_000 + 4_000_000)
  })

  it('changes the price of everything above the limit, counting cached tokens in', () => {
    const at = (input: number, cacheRead: number) =>
      micro(costOf(defaultPrices, 'google', 'gemini-2.5-pro', used({ input, cacheRead, output: 1_000 })))
    expect(at(100_000, 100_000)).toBe(125_000 + 12_500 + 10_000)
    expect(at(100_001, 100_000)).toBe(250_003 + 25_000 + 15_000)
    const gpt = (input: number) => micro(costOf(defaultPrices, 'openai', 'gpt-6-luna', used({ input, output: 1_000 })))
    expect([gpt(272_000), gpt(272_001)]).toEqual([27_200 + 500, 54_400 + 750])
  })

  it('has a price of its own for audio, and never less than nothing', () => {
    const usage = used({ input: 1_000, audioInput: 900, output: 100, audioOutput: 100 })
    expect(micro(costOf(defaultPrices, 'openai', 'gpt-audio', usage))).toBe(250 + 28_800 + 6_400)
    const cachedAudio = used({ input: 100, cacheRead: 900, audioInput: 900 })
    expect(micro(costOf(defaultPrices, 'openai', 'gpt-audio', cachedAudio))).toBe(3_200 + 2_250)
  })

  it('rounds once, at the end, halves up', () => {
    const table = priced({ input: 0.5e-6, output: 0.25e-6 })
    expect(micro(costOf(table, 'acme', 'it', used({ input: 1 })))).toBe(1)
    expect(micro(costOf(table, 'acme', 'it', used({ output: 1 })))).toBe(0)
    expect(micro(costOf(table, 'acme', 'it', used({ input: 1, output: 3 })))).toBe(1)
  })

  it('says nothing rather than something wrong', () => {
    expect(costOf(defaultPrices, 'openai', 'gpt-99', used({ input: 1 }))).toBeUndefined()
    expect(costOf(defaultPrices, 'nobody', 'gpt-5', used({ input: 1 }))).toBeUndefined()
    expect(costOf(defaultPrices, 'openai', 'tts-1', used({ input: 1 }))).toBeUndefined()
    for (const input of [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY]) {
      expect(costOf(defaultPrices, 'openai', 'gpt-5', used({ input }))).toBeUndefined()
    }
    expect(costOf(defaultPrices, 'openai', 'constructor', used({ input: 1 }))).toBeUndefined()
    expect(costOf(defaultPrices, '__proto__', 'gpt-5', used({ input: 1 }))).toBeUndefined()
  })

  it('bears the date of the table', () => {
    expect(costOf(defaultPrices, 'openai', 'gpt-5', noUsage)).toEqual({ microUsd: 0, prices: defaultPrices.date })
  })
})

describe('factsOf', () => {
  const table: PriceTable = {
    date: '2026-01-01',
    models: {
      acme: {
        'big*': { kind: 'chat', input: 1 },
        'big-mini*': { kind: 'chat', input: 2 },
        'big-mini-7': { kind: 'chat', input: 3 },
        'big-mini-7-2026-05-01': { kind: 'chat', input: 4 },
      },
    },
  }
  const inputOf = (model: string) => factsOf(table, 'acme', model)?.input

  it('knows its own name first, then the snapshot, then the longest pattern', () => {
    expect(inputOf('big-mini-7-2026-05-01')).toBe(4)
    expect(inputOf('big-mini-7-2026-06-01')).toBe(3)
    expect(inputOf('big-mini-7-20260601')).toBe(3)
    expect(inputOf('big-mini-8')).toBe(2)
    expect(inputOf('big-max')).toBe(1)
    expect(inputOf('small')).toBeUndefined()
  })
})

describe('withPrices', () => {
  it('puts own prices over the table, and leaves the table as it was', () => {
    const own = withPrices(defaultPrices, {
      date: '2027-01-01',
      models: { openai: { 'gpt-5': { input: 1_000_000 }, 'gpt-4o': null }, acme: { one: { kind: 'chat', input: 5, output: 6 } } },
    })
    expect(costOf(own, 'openai', 'gpt-5', used({ input: 1_000_000, output: 1_000_000 }))).toEqual({
      microUsd: 1_000_000 + 10_000_000,
      prices: '2027-01-01',
    })
    expect(factsOf(own, 'openai', 'gpt-4o')).toBeUndefined()
    expect(factsOf(own, 'acme', 'one')).toEqual({ kind: 'chat', input: 5, output: 6 })
    expect(factsOf(defaultPrices, 'openai', 'gpt-5')?.input).toBe(1_250_000)
    expect(factsOf(defaultPrices, 'openai', 'gpt-4o')).toBeDefined()
  })

  it('refuses what is no price, and a new model that does not say what it is', () => {
    const put = (facts: object) => () => withPrices(defaultPrices, { date: '2027-01-01', models: { openai: { 'gpt-5': facts } } })
    expect(put({ input: -1 })).toThrow('"openai:gpt-5": `input` must be a number from 0 on.')
    expect(put({ long: { from: Number.NaN } })).toThrow('`from`')
    expect(() => withPrices(defaultPrices, { date: '2027-01-01', models: { acme: { x: { input: 1 } } } })).toThrow('`kind`')
  })
})
