import { describe, expect, it } from 'vitest'
import { defaultPrices, llm } from './index.ts'

const all = Object.entries(defaultPrices.models).flatMap(([vendor, models]) =>
  Object.entries(models).map(([model, facts]) => ({ name: `${vendor}:${model}`, facts })),
)

describe('the built-in price table', () => {
  it('has a date, and models of every kind', () => {
    expect(defaultPrices.date).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(Object.keys(defaultPrices.models)).toEqual(['openai', 'anthropic', 'google', 'workers-ai'])
    expect(new Set(all.map(({ facts }) => facts.kind))).toEqual(
      new Set(['chat', 'embedding', 'image', 'speech', 'transcription']),
    )
  })

  it.each(all)('$name has a price, and prices in their order', ({ facts }) => {
    const { kind, input, output, cacheRead, cacheWrite, cacheWriteHour, long, image, characters, audioHour } = facts
    if (kind === 'chat') expect([input, output]).toEqual([expect.any(Number), expect.any(Number)])
    expect([input, image, characters, audioHour].some((price) => price !== undefined)).toBe(true)
    for (const price of [input, output, cacheRead, cacheWrite, cacheWriteHour, characters, audioHour]) {
      expect(price === undefined || (Number.isFinite(price) && price > 0)).toBe(true)
    }
    expect(cacheRead ?? 0).toBeLessThan(input ?? 1)
    if (cacheWrite !== undefined) expect(cacheWrite).toBeGreaterThan(input as number)
    if (cacheWriteHour !== undefined) expect(cacheWriteHour).toBeGreaterThan(cacheWrite as number)
    for (const [name, price] of Object.entries(long ?? {})) {
      if (name !== 'from') expect(price).toBeGreaterThan(facts[name as 'input'] as number)
    }
  })

  it.each(all)('$name: capabilities in the words of the interface', ({ facts }) => {
    for (const capability of facts.capabilities ?? []) expect(Object.keys(llm.capabilities)).toContain(capability)
  })

  it('knows the models that the adapters name', () => {
    const priced = (vendor: string, model: string) => defaultPrices.models[vendor]?.[model]
    const rows = [
      ['workers-ai', '@cf/zai-org/glm-5.3', 1.4, 0.26, 4.4],
      ['workers-ai', '@cf/zai-org/glm-5.3-flash', 0.15, 0.03, 0.5],
      ['workers-ai', '@cf/moonshotai/kimi-k2.5', 0.6, 0.1, 3],
      ['workers-ai', '@cf/qwen/qwen3.8-27b', 0.45, undefined, 3.2],
      ['google', 'gemini-3-pro-image', 2, undefined, 120],
      ['google', 'gemini-3.1-flash-image', 0.5, undefined, 60],
      ['google', 'gemini-3.1-flash-tts-preview', 1, undefined, 20],
      ['google', 'gemini-3.5-transcribe', 2, undefined, 12],
    ] as const
    for (const [vendor, model, input, cacheRead, output] of rows) {
      const cached = cacheRead === undefined ? {} : { cacheRead: cacheRead * 1_000_000 }
      expect(priced(vendor, model), model).toMatchObject({ input: input * 1_000_000, ...cached, output: output * 1_000_000 })
      if (cacheRead === undefined) expect(priced(vendor, model)).not.toHaveProperty('cacheRead')
    }
  })

  it('offers no JSON of any shape where the vendor wants a schema', () => {
    for (const { capabilities } of Object.values(defaultPrices.models.anthropic ?? {})) expect(capabilities).not.toContain('json')
  })

  it('is in micro-dollars', () => {
    expect(defaultPrices.models.anthropic?.['claude-opus-5-5']).toMatchObject({
      input: 4_000_000,
      cacheRead: 200_000,
      output: 20_000_000,
    })
    expect(defaultPrices.models['workers-ai']?.['@cf/meta/llama-3.1-8b-instruct-fp8-fast']).toMatchObject({ input: 45_309 })
  })
})
