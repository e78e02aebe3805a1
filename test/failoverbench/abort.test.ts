import { liveClock } from '@do/provider'
import { afterEach, describe, expect, it } from 'vitest'
import { failoverOf, gateway, library, pairs } from './systems.ts'
import { type Wall, wall } from './wall.ts'

/** A piece each so many milliseconds: what a vendor makes after the stop button was pressed is a clock of its own. */
const paceMs = 20
/** 100 ms of pieces, and one that was on its way. */
const allowed = 100 / paceMs + 1
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(' ')

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})

/** Two vendors of which the first speaks slowly, and somebody who asks them. */
async function slow(kind: 'library' | 'gateway', pair: keyof typeof pairs, options: Parameters<typeof failoverOf>[2] = {}) {
  const vendors = pairs[pair]
  const walls = (await Promise.all(vendors.map(({ twin }) => wall(twin(), {})))) as [Wall, Wall]
  const llm = failoverOf(
    vendors,
    walls.map(({ url }) => url),
    { times, ...options },
  )
  const system = kind === 'library' ? library(llm) : await gateway(llm, vendors)
  open.push(system, ...walls)
  const [first, second] = walls
  first.twin.wire({ paceMs })
  return { system, llm, first, second }
}

/** A busy machine is slow; what counts is what the vendor made in the meantime. */
const patient = { interval: 5, timeout: 15_000 }
const times = { connect: 15_000, firstOutput: 15_000, idle: 15_000 }

const made = ({ twin }: Wall) => twin.generated()[0]?.pieces ?? 0

describe.each(['OpenAI, then Anthropic', 'Anthropic, then OpenAI', 'two compatible servers'] as const)('%s', (pair) => {
  describe.each(['library', 'gateway'] as const)('by the %s', (kind) => {
    it.each(['first', 'whole'] as const)('a caller who leaves stops the vendor within 100 ms (commit: %s)', async (commit) => {
      const { system, first, second } = await slow(kind, pair, { commit })
      const stop = new AbortController()
      const asking = system.ask({ model: 'answer', prompt: words(400), streamed: true, signal: stop.signal })
      await expect.poll(() => made(first), patient).toBeGreaterThan(3)
      const before = made(first)
      stop.abort()
      expect((await asking).error).toBeDefined()
      await expect.poll(() => first.twin.generated()[0]?.left, patient).toBe(true)
      expect(made(first) - before).toBeLessThanOrEqual(allowed)
      // And it stays so.
      const left = made(first)
      await liveClock.sleep(5 * paceMs)
      expect([made(first), second.seen.length]).toEqual([left, 0])
    })
  })
})

describe('before the first piece', () => {
  it.each(['library', 'gateway'] as const)(
    'a caller of the %s who leaves stops the vendor, too, and nobody else is asked',
    async (kind) => {
      const { system, first, second } = await slow(kind, 'two compatible servers')
      first.twin.breakStream({ kind: 'stall', pieces: 0 })
      const stop = new AbortController()
      const asking = system.ask({ model: 'answer', prompt: words(400), streamed: true, signal: stop.signal })
      await expect.poll(() => first.twin.generated().length, patient).toBe(1)
      stop.abort()
      expect((await asking).error).toBeDefined()
      await expect.poll(() => first.twin.generated()[0]?.left, patient).toBe(true)
      expect([made(first), second.seen.length]).toEqual([0, 0])
    },
  )
})

describe('a reader of the library', () => {
  it('who breaks out of the loop stops the vendor within 100 ms', async () => {
    const { llm, first } = await slow('library', 'two compatible servers')
    let before = 0
    for await (const { type } of llm.stream({ model: 'answer', messages: [{ role: 'user', content: words(400) }] })) {
      before = made(first)
      if (type === 'text') break
    }
    await expect.poll(() => first.twin.generated()[0]?.left, patient).toBe(true)
    expect(made(first) - before).toBeLessThanOrEqual(allowed)
  })
})
