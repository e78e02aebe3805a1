import { holds, same } from '../assert.ts'
import type { StreamFault } from '../llm-twin.ts'
import { everythingIn, secretsOf } from '../shared/errors.ts'
import { why } from '../why.ts'
import {
  clockTool,
  group,
  hearing,
  type LlmCheck,
  type LlmWorld,
  lastGenerated,
  type pieced,
  story,
  textIn,
  weather,
} from './world.ts'

const breaks = group('stream', why.truncated)
const quick = { times: { connect: 5_000, firstOutput: 5_000, idle: 5_000 } }

type Kind = Exclude<StreamFault['kind'], 'pause'>

const kinds: readonly (readonly [kind: Kind, words: string])[] = [
  ['cut', 'whose connection is cut'],
  ['stall', 'that falls silent'],
  ['error', 'in which the vendor reports an error'],
  ['end', 'that just stops'],
  ['malformed', 'with a chunk that cannot be read'],
]

/** It broke, and the reader knows: what came is a part, and no end is told. */
async function isBroken(world: LlmWorld, more: Parameters<ReturnType<typeof pieced>>[0] = {}): Promise<void> {
  const { pieces, error, trail } = await hearing(world, more, quick)
  holds(error !== undefined, 'The stream broke, and ended as if it were whole.')
  same([error.code, error.effect], ['stream_interrupted', 'unknown'], 'Code and effect')
  same(pieces.filter(({ type }) => type === 'finish').length, 0, 'Ends told')
  holds(error.provider !== undefined && error.operation === 'llm.stream', 'The error does not say who broke off, and in what.')
  same(world.twin.asked().length, 1, 'Times asked: words were out already')
  holds(
    trail.some(({ code }) => code === 'stream_interrupted'),
    'The trail does not tell of the break.',
  )
}

/** Streams that break. */
export const breaking: readonly LlmCheck[] = [
  ...kinds.map(([kind, words]) =>
    breaks(
      `${kind}-after-output`,
      `A stream ${words} after its first words ends in an error, never as if it were whole`,
      async (world) => {
        world.twin.say({ text: story })
        world.twin.breakStream({ pieces: 3, kind })
        const { pieces, error } = await hearing(world, {}, quick)
        holds(error !== undefined, 'The stream broke, and ended as if it were whole.')
        same([error.code, error.effect], ['stream_interrupted', 'unknown'], 'Code and effect')
        same(pieces.filter(({ type }) => type === 'finish').length, 0, 'Ends told')
        const text = textIn(pieces)
        holds(story.startsWith(text) && text !== '' && text.length < story.length, `The words before the break are "${text}".`)
      },
    ),
  ),
  ...kinds.map(([kind, words]) =>
    breaks(`${kind}-late`, `A stream ${words} before its last word is not whole`, async (world) => {
      world.twin.say({ text: story })
      world.twin.breakStream({ pieces: 39, kind })
      await isBroken(world)
    }),
  ),
  ...kinds.map(([kind, words]) =>
    breaks(
      `${kind}-in-call`,
      `A call in a stream ${words} is never passed off as a whole one`,
      async (world) => {
        world.twin.say({ tools: [{ name: 'weather', arguments: { city: 'Llanfairpwllgwyngyll', days: 14 } }] })
        world.twin.breakStream({ pieces: 2, kind })
        await isBroken(world, { tools: [weather, clockTool] })
      },
      { needs: ['tools'] },
    ),
  ),
  ...kinds.map(([kind, words]) =>
    breaks(
      `${kind}-before-output`,
      `A stream ${words} before its first words is asked for anew, or ends in an error`,
      async (world) => {
        world.twin.say({ text: story }, { text: story })
        world.twin.breakStream({ pieces: 0, kind })
        const { pieces, error, trail } = await hearing(world, {}, quick)
        if (error === undefined) {
          same(textIn(pieces), story, 'The text')
          same(pieces.filter(({ type }) => type === 'start').length, 1, 'Starts: the preamble of a broken one is not shown')
        } else {
          same([pieces, error.effect], [[], 'none'], 'Pieces shown, and effect')
          holds(
            !['stream_interrupted', 'cancelled'].includes(error.code),
            `The code is "${error.code}", but nothing was shown yet.`,
          )
        }
        holds(
          trail.some(({ code }) => code !== undefined),
          'The trail does not tell of the break.',
        )
      },
    ),
  ),
  ...(['end', 'cut', 'stall'] as const).map((kind) =>
    breaks(`${kind}-at-end`, `All words and no end is no whole answer (${kind})`, async (world) => {
      world.twin.say({ text: story }, { text: story })
      await hearing(world)
      const { pieces: count } = lastGenerated(world)
      world.twin.breakStream({ pieces: count, kind })
      const { pieces, error } = await hearing(world, {}, quick)
      // Where the last words and the reason of the end come in one, nothing is missing.
      if (lastGenerated(world).whole) return
      holds(error !== undefined, 'The stream had no end mark, and ended as if it were whole.')
      const ends = pieces.filter(({ type }) => type === 'finish').length
      same([error.code, ends], ['stream_interrupted', 0], 'Code, and ends told')
    }),
  ),
  breaks('says-nothing', 'The error of a stream that broke holds neither key nor question nor answer', async (world) => {
    const secret = 'Hotel Adlon, room 4711.'
    for (const [kind] of kinds) {
      world.twin.say({ text: `${secret} ${story}` })
      world.twin.breakStream({ pieces: 8, kind })
      const messages = [{ role: 'user' as const, content: `What about the ${secret}?` }]
      const { error } = await hearing(world, { messages }, quick, await world.another())
      holds(error !== undefined, 'The stream broke, and ended as if it were whole.')
      const all = everythingIn(error)
      holds(!all.includes('Adlon') && !all.includes('4711'), `The error of a stream that broke (${kind}) quotes what was said.`)
      for (const key of secretsOf(world))
        holds(!all.includes(key), `The error of a stream that broke (${kind}) holds a credential.`)
    }
  }),
]
