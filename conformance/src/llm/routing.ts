import type { Generation, Llm } from '@do/llm'
import { type FailoverOptions, failover, type ProviderError, type TrailEntry } from '@do/provider'
import { holds, refused, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import type { StreamFault } from '../llm-twin.ts'
import type { TwinFault } from '../twin.ts'
import { why } from '../why.ts'
import {
  aMoment,
  asking,
  clockTool,
  group,
  hear,
  hearing,
  type LlmCheck,
  type LlmWorld,
  lastAsked,
  pieced,
  question,
  story,
  textIn,
  weather,
  whole,
} from './world.ts'

const route = group('failover', why.streams)
const quick = { times: { connect: 5_000, firstOutput: 5_000, idle: 5_000 } }

/** A second provider behind the one under test, on the same account. */
async function withReserve(world: LlmWorld, options: FailoverOptions = {}) {
  const reserve = await world.another({ name: 'second-line' })
  const both = failover<Llm>([world.provider, reserve], { clock: world.twin.clock, ...options }) as Llm
  return { both, reserve, first: namesBehind(world.provider)[0] as string }
}

const tries = (trail: readonly TrailEntry[]) => trail.filter(({ action }) => action === 'attempt')

const breaksBy: readonly (readonly [kind: Exclude<StreamFault['kind'], 'pause'>, words: string])[] = [
  ['cut', 'is cut'],
  ['stall', 'falls silent'],
  ['error', 'reports an error'],
  ['end', 'just stops'],
  ['malformed', 'sends what cannot be read'],
]

const downBy: readonly (readonly [name: string, fault: TwinFault])[] = [
  ['refused', { kind: 'refuse' }],
  ['503', { kind: 'error', status: 503, when: 'before' }],
  ['429', { kind: 'rate-limit', retryAfterSeconds: 90 }],
  ['wrong-key', { kind: 'unauthorized' }],
  ['silent', { kind: 'hang', when: 'before' }],
]

type Way = 'generate' | 'stream'
const ways: readonly Way[] = ['generate', 'stream']

/** The answer of both providers together, either way, with what was tried. */
async function answered(world: LlmWorld, both: Llm, way: Way, more: Parameters<ReturnType<typeof whole>>[0] = {}) {
  let trail: readonly TrailEntry[] = []
  const onTrail = (told: readonly TrailEntry[]) => {
    trail = told
  }
  const options = { ...quick, onTrail }
  const answer: Generation = await (way === 'generate' ? whole(world, both) : pieced(world, both))(more, options)
  return { ...answer, trail }
}

/** Two providers, of which one fails. */
export const routing: readonly LlmCheck[] = [
  ...breaksBy.map(([kind, words]) =>
    route(
      `${kind}-before-output`,
      `When a stream ${words} before its first words, the next provider takes over unseen`,
      async (world) => {
        const { both, first } = await withReserve(world)
        world.twin.say({ text: story }, { text: story })
        world.twin.breakStream({ pieces: 0, kind })
        const { pieces, error, trail } = await hearing(world, {}, quick, both)
        same([error?.code, textIn(pieces)], [undefined, story], 'Error, and text')
        const starts = pieces.flatMap((piece) => (piece.type === 'start' ? [piece.provider] : []))
        same(starts.length, 1, 'Starts')
        const [one, two] = tries(trail)
        same([one?.provider, one?.effect], [first, 'none'], 'The first attempt')
        holds(one?.code !== undefined, 'The trail does not say why the first attempt failed.')
        same([two?.provider, two?.effect], [starts[0], 'done'], 'The second attempt')
        holds(starts[0] !== first, 'The same provider was asked again, although there is another.')
        same(world.twin.asked().length, 2, 'Times asked')
      },
    ),
  ),
  ...breaksBy.map(([kind, words]) =>
    route(
      `${kind}-after-output`,
      `When a stream ${words} after its first words, nobody takes over: the reader is told`,
      async (world) => {
        const { both, first } = await withReserve(world)
        world.twin.say({ text: story }, { text: story })
        world.twin.breakStream({ pieces: 2, kind })
        const { pieces, error } = await hearing(world, {}, quick, both)
        same([error?.code, error?.provider], ['stream_interrupted', first], 'Code, and provider')
        holds(textIn(pieces).length < story.length && story.startsWith(textIn(pieces)), 'The words are not those of one answer.')
        same(pieces.filter(({ type }) => type === 'start').length, 1, 'Starts')
        same(world.twin.asked().length, 1, 'Times asked')
      },
    ),
  ),
  ...downBy.flatMap(([name, fault]) =>
    ways.map((way) =>
      route(`${way}-${name}`, `When the first provider is down (${name}), the next one answers`, async (world) => {
        const { both, first } = await withReserve(world)
        world.twin.say({ text: 'Paris.' })
        world.twin.faults.next(fault)
        const { text, provider, trail } = await answered(world, both, way)
        same(text, 'Paris.', 'The text')
        holds(provider !== first, 'The same provider was asked again, although there is another.')
        same(
          tries(trail).map(({ effect }) => effect),
          ['none', 'done'],
          'Effects of the attempts',
        )
        same(world.twin.generated().length, 1, 'Answers made')
      }),
    ),
  ),
  ...ways.map((way) =>
    route(`${way}-once`, 'While the first provider answers, no other is asked', async (world) => {
      const { both, first } = await withReserve(world)
      const { provider, trail } = await answered(world, both, way)
      same([provider, tries(trail).length, world.twin.asked().length], [first, 1, 1], 'Who answered, attempts, times asked')
    }),
  ),
  ...ways.map((way) =>
    route(
      `${way}-keeps-tools`,
      'Whoever takes over is given the tools and the choice of them, too',
      async (world) => {
        const { both } = await withReserve(world)
        world.twin.say({ tools: [{ name: 'clock', arguments: { city: 'Oslo' } }] })
        world.twin.refuseNext('overloaded')
        const { toolCalls } = await answered(world, both, way, { tools: [weather, clockTool], toolChoice: 'auto' })
        same(lastAsked(world).tools, ['weather', 'clock'], 'Tools at whoever took over')
        same(
          toolCalls.map(({ name }) => name),
          ['clock'],
          'The call',
        )
        holds(world.twin.asked().length >= 2, 'Nobody had to take over.')
      },
      { needs: ['tools'] },
    ),
  ),
  ...ways.map((way) =>
    route(
      `${way}-keeps-schema`,
      'Whoever takes over is given the schema, too',
      async (world) => {
        const { both } = await withReserve(world)
        world.twin.say({ text: '{"city":"Paris","days":3}' })
        world.twin.refuseNext('overloaded')
        const { object } = await answered(world, both, way, { output: { schema: weather.parameters } })
        same(object, { city: 'Paris', days: 3 }, 'The object')
        const { schema } = lastAsked(world)
        same(
          Object.keys((schema as { properties?: object })?.properties ?? {}),
          ['city', 'days'],
          'The schema at whoever took over',
        )
        holds(world.twin.asked().length >= 2, 'Nobody had to take over.')
      },
      { needs: ['structured-output'] },
    ),
  ),
  ...ways.map((way) =>
    route(`${way}-too-long`, 'A conversation that is too long for one may be short enough for another', async (world) => {
      const { both, first } = await withReserve(world)
      world.twin.refuseNext('context_length')
      world.twin.say({ text: 'Paris.' }, { text: 'Paris.' })
      const { provider, text, trail } = await answered(world, both, way)
      holds(provider !== first && text === 'Paris.', 'The next provider was not asked.')
      same(tries(trail)[0]?.code, 'context_length', 'Code of the first attempt')
    }),
  ),
  ...ways.map((way) =>
    route(`${way}-filter-stays`, 'What one vendor’s filter refuses is not tried at the next', async (world) => {
      const { both } = await withReserve(world)
      world.twin.refuseNext('content_filter')
      const error = await refused(() => answered(world, both, way), 'The request', { code: 'content_filter', fault: 'policy' })
      same([tries(error.trail).length, world.twin.asked().length], [1, 1], 'Attempts, and times asked')
    }),
  ),
  ...ways.map((way) =>
    route(
      `${way}-chain`,
      'Of several models each is tried at every provider before the next, and the trail names them',
      async (world) => {
        const { both } = await withReserve(world)
        const all = namesBehind(both)
        const { chat } = world.twin.models
        world.twin.say({ text: 'Paris.' }, { text: 'Paris.' })
        const { trail, text } = await answered(world, both, way, { model: ['no-such-model-1', chat] })
        const wanted = [...all.map((name) => [name, 'no-such-model-1']), [all[0], chat]]
        same(
          tries(trail).map(({ provider, variant }) => [provider, variant]),
          wanted,
          'Who was asked for which model',
        )
        same(
          tries(trail)
            .slice(0, -1)
            .map(({ code }) => code),
          all.map(() => 'model_not_found'),
          'Codes of those that failed',
        )
        same(text, 'Paris.', 'The text')
      },
    ),
  ),
  ...ways.map((way) =>
    route(`${way}-addressed`, 'A model that is addressed to one instance is asked of no other', async (world) => {
      const { both, reserve } = await withReserve(world)
      const name = namesBehind(reserve)[0] as string
      const { provider } = await answered(world, both, way, { model: `${name}:${world.twin.models.chat}` })
      same(
        [provider, world.twin.asked().length, lastAsked(world).model],
        [name, 1, world.twin.models.chat],
        'Who was asked, and for what',
      )
    }),
  ),
  ...ways.map((way) =>
    route(`${way}-all-down`, 'When nobody can, the error says what each of them said', async (world) => {
      const { both } = await withReserve(world)
      world.twin.faults.always({ kind: 'error', status: 503, when: 'before' })
      const error: ProviderError = await refused(() => answered(world, both, way), 'The request', { fault: 'provider' })
      same(
        tries(error.trail).map(({ provider }) => provider),
        namesBehind(both),
        'Who was tried',
      )
      same(world.twin.generated().length, 0, 'Answers made')
    }),
  ),
  ...ways.map((way) =>
    route(`${way}-invalid`, 'What is wrong in itself is refused once, and nobody is asked', async (world) => {
      const { both } = await withReserve(world)
      const messages = [] as never
      await refused(() => answered(world, both, way, { messages }), 'The request', { code: 'invalid_input', field: 'messages' })
      same(world.requests().length, 0, 'Requests sent')
    }),
  ),
  ...ways.map((way) =>
    route(`${way}-abort`, 'When the caller gives up, no other provider is asked', async (world) => {
      const giveUp = new AbortController()
      const fetch: typeof globalThis.fetch = async (input, init) => {
        await world.at.fetch(input, init)
        giveUp.abort()
        throw giveUp.signal.reason
      }
      const [one, two] = [await world.another({ fetch }), await world.another({ fetch, name: 'second-line' })]
      const both = failover<Llm>([one, two], { clock: world.twin.clock }) as Llm
      const options = { signal: giveUp.signal }
      const call = () => (way === 'generate' ? whole(world, both)({}, options) : pieced(world, both)({}, options))
      await refused(call, 'The call', { code: 'cancelled', fault: 'cancelled' })
      await aMoment()
      same(world.twin.asked().length, 1, 'Times asked')
    }),
  ),
  route('reader-leaves', 'When the reader leaves, no other provider is asked', async (world) => {
    const { both } = await withReserve(world)
    world.twin.say({ text: story })
    let count = 0
    for await (const _ of both.stream(asking(world))) if (++count === 4) break
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  route('stream-tells', 'A stream tells, while it is read, who was tried and who answers', async (world) => {
    const { both, first } = await withReserve(world)
    world.twin.faults.next({ kind: 'error', status: 503, when: 'before' })
    const stream = both.stream({ model: world.twin.models.chat, messages: [{ role: 'user', content: question }] })
    const { pieces } = await hear(stream)
    holds(stream.provider !== undefined && stream.provider !== first, `The stream says that "${stream.provider}" answers.`)
    const start = pieces.find(({ type }) => type === 'start')
    same(start?.type === 'start' ? start.provider : undefined, stream.provider, 'Who answers, by the start')
    same(tries(stream.trail).length, 2, 'Attempts in the trail')
  }),
]
