import { holds, outcome, refused, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import {
  asking,
  bothWays,
  group,
  hear,
  hearing,
  type LlmCheck,
  type LlmWorld,
  lastGenerated,
  pieced,
  stopped,
  story,
  textIn,
} from './world.ts'

const ways = bothWays(why.abort)
const stream = group('stream', why.abort)
const leaves = group('stream', why.stopping)

/** A vendor that takes the request and then never says anything; only the signal ends the wait. */
async function silent(world: LlmWorld) {
  const seen: AbortSignal[] = []
  const asked: (() => void)[] = []
  const provider = await world.another({
    fetch: async (input, init) => {
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
      if (signal != null) seen.push(signal)
      await world.at.fetch(input, init)
      for (const tell of asked.splice(0)) tell()
      return new Promise<Response>((_, reject) => {
        if (signal?.aborted) reject(signal.reason)
        else signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    },
  })
  return { provider, seen, onceAsked: (run: () => void) => void asked.push(run) }
}

/** How long a call took on the twin's clock, in milliseconds. */
async function timed<T>(world: LlmWorld, call: () => Promise<T>): Promise<{ value: T; took: number }> {
  const started = world.twin.clock.now()
  const value = await call()
  return { value, took: world.twin.clock.now() - started }
}

const attempts = (world: LlmWorld) => namesBehind(world.provider).length

/** Time-outs, giving up, leaving. */
export const timing: readonly LlmCheck[] = [
  ...ways('abort-before', 'A call that was given up before it began sends nothing', async (world, answer) => {
    const error = await refused(() => answer({}, { signal: AbortSignal.abort() }), 'The aborted call', { fault: 'cancelled' })
    same([error.code, world.requests().length], ['cancelled', 0], 'Code, and requests sent')
  }),
  ...(['generate', 'stream'] as const).map((way) =>
    group(way, why.abort)(
      'abort-waiting',
      'A call that is given up while the vendor is silent ends at once, down to the request',
      async (world) => {
        const { provider, seen, onceAsked } = await silent(world)
        const giveUp = new AbortController()
        onceAsked(() => giveUp.abort())
        const options = { signal: giveUp.signal }
        const call = () => (way === 'generate' ? provider.generate(asking(world), options) : pieced(world, provider)({}, options))
        const error = await refused(call, 'The call', { fault: 'cancelled', code: 'cancelled' })
        same([seen.length, seen.every(({ aborted }) => aborted)], [1, true], 'Requests sent, and aborted')
        holds(error.trail.length > 0, 'The error has no trail.')
      },
    ),
  ),
  ...ways('deadline', 'A call ends at its deadline, whatever the vendor does', async (world, answer) => {
    world.twin.faults.always({ kind: 'hang', when: 'before' })
    const { value, took } = await timed(world, () => outcome(() => answer({}, { deadline: 4_000 })))
    holds(!value.ok, 'The vendor never answered, but the call succeeded.')
    holds(took <= 6_000, `The deadline was 4 s; the call ended after ${took / 1000} s.`)
    holds(/time/.test(value.error.code) || value.error.code === 'no_provider_left', `The code is "${value.error.code}".`)
    same(value.error.effect, 'none', 'Effect')
  }),
  ...ways('slow', 'A slow answer within the time is an answer', async (world, answer) => {
    world.twin.faults.next({ kind: 'slow', ms: 6_000 })
    world.twin.say({ text: 'Paris.' })
    same((await answer()).text, 'Paris.', 'The text')
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  stream('connect-timeout', 'A vendor that does not begin to answer is given up after the time for that', async (world) => {
    world.twin.faults.always({ kind: 'hang', when: 'before' })
    const { value, took } = await timed(world, () => hearing(world, {}, { times: { connect: 3_000 } }))
    same([value.error?.code, value.error?.effect, value.pieces], ['connect_timeout', 'none', []], 'Code, effect and pieces')
    holds(took >= 3_000 && took <= 3_000 * attempts(world) + 3_000, `It was given up after ${took / 1000} s instead of 3.`)
  }),
  stream(
    'first-output-timeout',
    'A vendor that begins and then says nothing is given up after the time for that',
    async (world) => {
      world.twin.say({ text: story }, { text: story })
      world.twin.breakStream({ pieces: 0, kind: 'stall' })
      const { value, took } = await timed(world, () => hearing(world, {}, { times: { firstOutput: 7_000 } }))
      const { trail, error, pieces } = value
      same(trail.find(({ action }) => action === 'attempt')?.code, 'first_output_timeout', 'Code of the first attempt')
      if (error === undefined) same(textIn(pieces), story, 'The text of whoever was asked next')
      else same([error.code, error.effect, pieces], ['first_output_timeout', 'none', []], 'Code, effect and pieces')
      holds(took >= 7_000 && took <= 10_000, `It was given up after ${took / 1000} s instead of 7.`)
    },
  ),
  stream('idle-timeout', 'A vendor that falls silent in the middle is given up after the time for that', async (world) => {
    world.twin.say({ text: story })
    world.twin.breakStream({ pieces: 5, kind: 'stall' })
    const { value, took } = await timed(world, () => hearing(world, {}, { times: { idle: 4_000 } }))
    same(value.error?.code, 'stream_interrupted', 'Code')
    same((value.error?.cause as { code?: string } | undefined)?.code, 'idle_timeout', 'Code of the cause')
    holds(took >= 4_000 && took <= 7_000, `It was given up after ${took / 1000} s instead of 4.`)
    await stopped(world, 'A vendor that fell silent')
  }),
  stream('total-timeout', 'A stream that goes on and on ends at its deadline', async (world) => {
    world.twin.say({ text: story })
    world.twin.wire({ paceMs: 1_000 })
    const { value, took } = await timed(world, () => hearing(world, {}, { deadline: 9_000 }))
    same(value.error?.code, 'stream_interrupted', 'Code')
    same((value.error?.cause as { code?: string } | undefined)?.code, 'timeout', 'Code of the cause')
    holds(took >= 9_000 && took <= 12_000, `The deadline was 9 s; it ended after ${took / 1000} s.`)
    await stopped(world, 'A stream at its deadline')
  }),
  stream('pause', 'A pause within the time is waited for', async (world) => {
    world.twin.say({ text: story })
    world.twin.breakStream({ pieces: 4, kind: 'pause', ms: 20_000 })
    const { pieces, error } = await hearing(world)
    same([error?.code, textIn(pieces)], [undefined, story], 'Error, and text')
  }),
  stream('slow-reader', 'A reader who takes his time is not taken for a vendor that is silent', async (world) => {
    world.twin.say({ text: story })
    const { pieces, error } = await hear(world.provider.stream(asking(world)), (_, count) => {
      if (count === 5) world.twin.clock.advance(90_000)
    })
    same([error?.code, textIn(pieces)], [undefined, story], 'Error, and text')
  }),
  leaves('abort-middle', 'Giving up in the middle ends the stream at once, and the vendor stops', async (world) => {
    world.twin.say({ text: story })
    const giveUp = new AbortController()
    const once = world.provider.stream(asking(world), { signal: giveUp.signal })
    const { pieces, error } = await hear(once, (_, count) => {
      if (count === 6) giveUp.abort()
    })
    same([error?.code, error?.fault], ['cancelled', 'cancelled'], 'Code and fault')
    holds(pieces.length <= 8, `${pieces.length} pieces came, although the caller gave up after 6.`)
    await stopped(world, 'The caller gave up')
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  leaves('reader-leaves', 'Whoever stops reading stops the vendor', async (world) => {
    world.twin.say({ text: story })
    let count = 0
    for await (const _ of world.provider.stream(asking(world))) if (++count === 6) break
    await stopped(world, 'The reader left')
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  leaves('reader-throws', 'A reader that fails stops the vendor, and keeps its own error', async (world) => {
    world.twin.say({ text: story })
    const mine = new Error('mine')
    let caught: unknown
    try {
      let count = 0
      for await (const _ of world.provider.stream(asking(world))) if (++count === 6) throw mine
    } catch (error) {
      caught = error
    }
    holds(caught === mine, "The reader's own error was replaced.")
    await stopped(world, 'The reader failed')
  }),
  leaves('leaves-early', 'Whoever leaves before the first word stops the vendor, too', async (world) => {
    const { provider, seen, onceAsked } = await silent(world)
    const reader = provider.stream(asking(world))[Symbol.asyncIterator]()
    const asked = new Promise<void>((resolve) => onceAsked(resolve))
    const first = reader.next().then(
      () => undefined,
      () => undefined,
    )
    await asked
    await reader.return?.()
    await first
    same([seen.length, seen[0]?.aborted], [1, true], 'Requests sent, and aborted')
  }),
  leaves('not-left', 'Whoever reads to the end is not said to have left', async (world) => {
    world.twin.say({ text: story })
    await hearing(world)
    const { whole, left } = lastGenerated(world)
    same([whole, left], [true, false], 'Whole, and left')
  }),
]
