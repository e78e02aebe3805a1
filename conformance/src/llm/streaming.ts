import type { Generation } from '@do/llm'
import { holds, refused, same } from '../assert.ts'
import type { ScriptedAnswer } from '../llm-twin.ts'
import { why } from '../why.ts'
import {
  asking,
  clockTool,
  firstName,
  group,
  hear,
  hearing,
  type LlmCheck,
  type LlmWorld,
  pieced,
  story,
  textIn,
  weather,
  whole,
} from './world.ts'

const stream = group('stream', why.streams)
const wire = group('stream', why.events)

/** All that two answers to the same question have in common, whatever the vendor numbers and seals anew. */
function comparable({ id: _, raw: __, content, toolCalls: ___, ...rest }: Generation) {
  const kept = content.map((part) => {
    if (part.type === 'text') return part
    if (part.type === 'tool_call') return { type: part.type, name: part.name, arguments: JSON.parse(part.arguments) }
    return { type: part.type, text: part.text, sealed: part.signature !== undefined || part.redacted !== undefined }
  })
  return Object.fromEntries(Object.entries({ ...rest, content: kept }).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const equal = (
  name: string,
  what: string,
  script: ScriptedAnswer,
  more: (world: LlmWorld) => Parameters<ReturnType<typeof whole>>[0] = () => ({}),
  needs: readonly string[] = [],
) =>
  stream(
    name,
    `A stream put together is the answer that comes at once: ${what}`,
    async (world) => {
      world.twin.say(script, script)
      const once = await whole(world)(more(world))
      same(comparable(await pieced(world)(more(world))), comparable(once), 'The stream put together')
    },
    { needs },
  )

const thinker = ({ twin }: LlmWorld) => ({ model: twin.models.thinking ?? twin.models.chat, thinking: 'high' as const })

/** Text that breaks wherever a reader is careless: between bytes of a character, at anything that looks like an end. */
const fragile = 'Grüße 東京 👩‍👩‍👧‍👦 – data: [DONE] event: x\n\n{"a": "\\u00e9"}\r\n\r\n12 34 \u2028 Ende 👍🏽'

async function readsAs(world: LlmWorld, text: string, what: string): Promise<void> {
  world.twin.say({ text })
  const { pieces, error } = await hearing(world)
  same(error?.code, undefined, `Error, ${what}`)
  same(textIn(pieces), text, `The text, ${what}`)
  same(pieces.filter(({ type }) => type === 'finish').length, 1, `Ends, ${what}`)
}

/** An answer in pieces is the same answer. */
export const streaming: readonly LlmCheck[] = [
  equal('same-text', 'words', { text: `${story}\n\n  – and more. ` }),
  equal('same-length', 'cut at the limit', { text: story, finish: 'length' }),
  equal('same-filter', 'cut by the filter', { text: 'Once upon', finish: 'content_filter' }),
  equal('same-unheard', 'ended for a reason nobody knows', { text: 'Once upon', finish: 'unheard' }),
  equal('same-refusal', 'declined', { refuses: 'I would rather not say.' }),
  equal('same-empty', 'nothing at all', { text: '' }),
  equal(
    'same-tools',
    'words and calls',
    {
      text: 'Let me see.',
      tools: [
        { name: 'weather', arguments: { city: 'Paris', days: 3 } },
        { name: 'clock', arguments: { city: 'Oslo' } },
      ],
    },
    () => ({ tools: [weather, clockTool] }),
    ['tools'],
  ),
  equal('same-thoughts', 'thoughts and words', { thinks: 'Which one? The large one.', text: 'Paris.' }, thinker, ['thinking']),
  equal('same-object', 'an object', { text: '{"city":"Paris","days":3}' }, () => ({ output: { schema: weather.parameters } }), [
    'structured-output',
  ]),
  equal('same-cached', 'tokens out of the cache', { text: 'Paris.', cacheRead: 5 }, () => ({
    messages: [{ role: 'user', content: 'What is the capital of France? '.repeat(20) }],
  })),
  stream('frame', 'A stream begins with its start, ends with its finish, and each is there once', async (world) => {
    world.twin.say({ text: story })
    const { pieces, error } = await hearing(world)
    same(error?.code, undefined, 'Error')
    same([pieces[0]?.type, pieces.at(-1)?.type], ['start', 'finish'], 'First and last piece')
    const rest = pieces.slice(1, -1).filter(({ type }) => type === 'start' || type === 'finish')
    same(rest, [], 'Starts and finishes in between')
    const [start] = pieces
    holds(start?.type === 'start' && start.provider === firstName(world), 'The start does not name the instance that answers.')
    holds(start.id !== '' && start.model !== '', 'The start has no id, or no model.')
  }),
  stream('in-pieces', 'A long answer comes in many pieces, not in one at its end', async (world) => {
    world.twin.say({ text: story })
    const { pieces } = await hearing(world)
    const count = pieces.filter(({ type }) => type === 'text').length
    holds(count >= 10, `A text of 40 words came in ${count} piece(s).`)
  }),
  stream('at-once', 'The first words are there before the last are made', async (world) => {
    world.twin.say({ text: story })
    let made: number | undefined
    await hear(world.provider.stream(asking(world)), (piece) => {
      if (piece.type === 'text' && piece.text !== '') made ??= world.twin.generated().at(-1)?.pieces
    })
    holds(made !== undefined && made <= 5, `The first words came when ${made} of 40 pieces had been made.`)
  }),
  stream('lazy', 'A stream that nobody reads asks nothing', async (world) => {
    world.provider.stream(asking(world))
    // Whatever it had sent would have arrived before this answer.
    await whole(world)()
    same(world.twin.asked().length, 1, 'Times asked, one answer having been taken at once')
  }),
  stream('once', 'A stream can be read once; a second reading is refused, and nothing is asked', async (world) => {
    const once = world.provider.stream(asking(world))
    await hear(once)
    await refused(async () => void (await readAgain(once)), 'A second reading', { code: 'stream_used' })
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  stream('stays-over', 'A stream that is over stays over', async (world) => {
    const reader = world.provider.stream(asking(world))[Symbol.asyncIterator]()
    for (let count = 0; count < 200 && !(await reader.next()).done; count++);
    same(await reader.next(), { done: true, value: undefined }, 'What comes after the end')
    same(world.twin.asked().length, 1, 'Times asked')
  }),
  stream('asked-at-once', 'Who asks for several pieces at once gets them in order, of one answer', async (world) => {
    world.twin.say({ text: story }, { text: 'Another answer.' })
    const reader = world.provider.stream(asking(world))[Symbol.asyncIterator]()
    const results = await Promise.all(Array.from({ length: 8 }, () => reader.next()))
    const pieces = results.flatMap(({ done, value }) => (done === true ? [] : [value]))
    for (let result = await reader.next(); !result.done; result = await reader.next()) pieces.push(result.value)
    same([textIn(pieces), world.twin.asked().length], [story, 1], 'The text, and times asked')
  }),
  stream('says-who', 'A stream knows who answers, and who was tried', async (world) => {
    const once = world.provider.stream(asking(world))
    same(once.provider, undefined, 'The provider, before anything was read')
    const { trail } = await hear(once)
    same(once.provider, firstName(world), 'The provider')
    const tried = trail.filter(({ action }) => action === 'attempt').map(({ provider, effect }) => [provider, effect])
    same(tried, [[firstName(world), 'done']], 'Attempts in the trail')
  }),
  wire('cut-anywhere', 'Wherever the network cuts the bytes, the text is whole', async (world) => {
    for (const bytes of [1, 2, 3, 5, 7, 64]) {
      world.twin.wire({ bytes })
      await readsAs(world, fragile, `in chunks of ${bytes} bytes`)
    }
  }),
  wire('crlf', 'Lines that end in CRLF are lines, wherever they are cut', async (world) => {
    for (const bytes of [undefined, 1, 2, 3]) {
      world.twin.wire({ crlf: true, ...(bytes === undefined ? {} : { bytes }) })
      await readsAs(world, fragile, `with CRLF, ${bytes === undefined ? 'not cut' : `in chunks of ${bytes} bytes`}`)
    }
  }),
  wire('keep-alives', 'What the vendor sends to keep the line open changes nothing', async (world) => {
    for (const bytes of [undefined, 1]) {
      world.twin.wire({ keepAlives: true, ...(bytes === undefined ? {} : { bytes }) })
      await readsAs(world, fragile, 'with keep-alives')
    }
  }),
  wire('one-chunk', 'An answer that comes in one chunk is read to its end', async (world) => {
    const provider = await world.another({
      fetch: async (input, init) => {
        const response = await world.at.fetch(input, init)
        return new Response(await response.arrayBuffer(), response)
      },
    })
    world.twin.say({ text: story })
    const { pieces, error } = await hearing(world, {}, {}, provider)
    same([error?.code, textIn(pieces)], [undefined, story], 'Error, and text')
  }),
  wire('numbers', 'Numbers among the words stay words', async (world) => {
    await readsAs(world, '4 8 15 16 23 42 3.14 007 1e3 true null', 'of numbers')
  }),
  wire('long', 'A long answer is read to its last character', async (world) => {
    const text = Array.from({ length: 400 }, (_, index) => `Satz ${index} – 東京.`).join(' ')
    await readsAs(world, text, 'of 400 sentences')
  }),
]

/** Reads on after the end was reached; throws what reading throws. */
async function readAgain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
