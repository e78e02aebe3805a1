import type { PriceTable } from '@do/llm'
import { holds, present, same } from '../assert.ts'
import type { TwinUsage } from '../llm-twin.ts'
import { why } from '../why.ts'
import {
  type Answer,
  bothWays,
  group,
  hearing,
  type LlmCheck,
  type LlmWorld,
  lastGenerated,
  pieced,
  question,
  story,
  whole,
} from './world.ts'

const counts = bothWays(why.tokens)
const costs = group('generate', why.prices)
const streamCosts = group('stream', why.prices)

const long = { messages: [{ role: 'user' as const, content: `${question} `.repeat(60) }] }

/** Of the vendor's own count; what it does not tell apart is read anew. */
function expected({ prompt, cacheRead, cacheWrite, output }: TwinUsage, writes: boolean) {
  const stored = writes ? cacheWrite : 0
  return { input: prompt - cacheRead - stored, cacheRead, cacheWrite: stored, output }
}

const prices = (models: PriceTable['models'][string], vendor: string): PriceTable => ({
  date: '2026-11-01',
  models: { [vendor]: models },
})
const each = { kind: 'chat', input: 3_000_000, cacheRead: 300_000, cacheWrite: 3_750_000, output: 15_000_000 } as const

/** Millionths of a dollar, halves up, worked out anew. */
function microUsd({ input, cacheRead, cacheWrite, output }: ReturnType<typeof expected>): number {
  const total = input * each.input + cacheRead * each.cacheRead + cacheWrite * each.cacheWrite + output * each.output
  return Math.floor(total / 1_000_000 + 0.5)
}

type Way = (world: LlmWorld, provider?: LlmWorld['provider']) => Answer

const priced = (way: Way) => async (world: LlmWorld) => {
  const provider = await world.another({ prices: prices({ '*': each }, world.twin.vendor) })
  const cached = world.provider.supports('prompt-cache') ? { cacheRead: 40 } : {}
  for (const text of ['Paris.', story]) {
    world.twin.say({ text, ...cached })
    const { cost } = await way(world, provider)(long)
    const right = microUsd(expected(lastGenerated(world).usage, world.twin.countsCacheWrites === true))
    same(cost, { microUsd: right, prices: '2026-11-01' }, 'The cost')
  }
}

const unpriced = (way: Way) => async (world: LlmWorld) => {
  const provider = await world.another({ prices: prices({ 'another-model': each }, world.twin.vendor) })
  const { cost, usage } = await way(world, provider)()
  same(cost, undefined, 'The cost of a model that has no price')
  holds(usage !== undefined, 'The tokens were not counted.')
  const cheap = prices({ '*': { kind: 'chat', input: 0, output: 0 } }, world.twin.vendor)
  const { cost: nothing } = await way(world, await world.another({ prices: cheap }))()
  same(nothing?.microUsd, 0, 'The cost of a model that is free')
}

/** Tokens and money. */
export const counting: readonly LlmCheck[] = [
  ...counts('usage', 'Tokens are counted as the vendor counts them, once', async (world, answer) => {
    for (const text of ['Paris.', story]) {
      world.twin.say({ text })
      const { usage } = await answer(long)
      const { input, cacheRead, cacheWrite, output } = present(usage, 'usage')
      const right = expected(lastGenerated(world).usage, world.twin.countsCacheWrites === true)
      same({ input, cacheRead, cacheWrite, output }, right, 'The tokens')
    }
  }),
  ...counts(
    'usage-cached',
    'Tokens out of the cache are counted once, as such',
    async (world, answer) => {
      world.twin.say({ text: 'Paris.', cacheRead: 40, cacheWrite: 0 })
      const { input, cacheRead } = present((await answer(long)).usage, 'usage')
      const { prompt } = lastGenerated(world).usage
      same({ cacheRead, all: input + cacheRead }, { cacheRead: 40, all: prompt }, 'The tokens')
    },
    { needs: ['prompt-cache'] },
  ),
  ...counts(
    'usage-stored',
    'Tokens that go into the cache are counted once',
    async (world, answer) => {
      world.twin.say({ text: 'Paris.', cacheRead: 8, cacheWrite: 30 })
      const { input, cacheRead, cacheWrite } = present((await answer(long)).usage, 'usage')
      const { prompt } = lastGenerated(world).usage
      same(input + cacheRead + cacheWrite, prompt, 'All tokens that were read')
      same([cacheRead, cacheWrite], [8, world.twin.countsCacheWrites === true ? 30 : 0], 'Tokens out of the cache and into it')
    },
    { needs: ['prompt-cache'] },
  ),
  costs('cost', 'The cost is right to the millionth of a dollar', priced(whole)),
  streamCosts('cost', 'The cost of a stream is right to the millionth of a dollar', priced(pieced)),
  costs('cost-unknown', 'A model without a price has no cost, rather than none', unpriced(whole)),
  streamCosts('cost-unknown', 'A model without a price has no cost in a stream either', unpriced(pieced)),
  streamCosts('usage-last', 'A stream tells its tokens once, with its end', async (world) => {
    world.twin.say({ text: story })
    const { pieces } = await hearing(world)
    const told = pieces.filter((piece) => 'usage' in piece && piece.usage !== undefined)
    same([told.length, told.at(-1)?.type], [1, 'finish'], 'Pieces that tell tokens, and the last of them')
  }),
]
