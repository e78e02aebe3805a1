import type { GenerateInput, Generation, Message } from '@do/llm'
import { holds, present, same } from '../assert.ts'
import { why } from '../why.ts'
import {
  bothWays,
  clockTool,
  group,
  hearing,
  type LlmCheck,
  type LlmWorld,
  lastAsked,
  question,
  unlessRefused,
  weather,
} from './world.ts'

const calls = bothWays(why.tools, ['tools'])
const piecewise = group('stream', why.tools, ['tools'])

const paris = { name: 'weather', arguments: { city: 'Paris', days: 3 } }
const rome = { name: 'weather', arguments: { city: 'Rome – "eternal" 👩‍🚀', days: 12 } }
const now = { name: 'clock', arguments: { city: 'Oslo' } }
const tools = [weather, clockTool]

const called = ({ toolCalls }: Generation) =>
  toolCalls.map(({ name, arguments: given }) => ({ name, arguments: JSON.parse(given) }))

const choices: readonly (readonly [string, NonNullable<GenerateInput['toolChoice']>])[] = [
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'required'],
  ['named', { tool: 'clock' }],
]

/** Asks, takes the calls, gives the results back: what the vendor is asked then. */
async function roundTrip(
  world: LlmWorld,
  answer: (more: Partial<GenerateInput>) => Promise<Generation>,
  results: readonly Partial<Message>[],
) {
  world.twin.say({ tools: results.length === 1 ? [paris] : [paris, rome] })
  const first = await answer({ tools })
  const messages: Message[] = [
    { role: 'user', content: question },
    { role: 'assistant', content: first.content },
    ...results.map((result, index) => {
      const { id } = present(first.toolCalls[index], `Tool call ${index + 1}`)
      return { role: 'tool' as const, toolCall: id, content: '', ...result } as Message
    }),
  ]
  world.twin.say({ text: 'Sunny.' })
  const last = await answer({ tools, messages })
  return { first, last, asked: lastAsked(world) }
}

/** Calling tools, and being told what they found. */
export const calling: readonly LlmCheck[] = [
  ...calls('tool-offered', 'Tools reach the vendor, each with its name and schema', async (world, answer) => {
    await answer({ tools })
    same(lastAsked(world).tools, ['weather', 'clock'], 'Tools at the vendor')
    const body = world.requests().at(-1)?.body ?? ''
    for (const word of ['city', 'days', 'The weather of a place']) {
      holds(body.includes(word), `The vendor was not told of "${word}".`)
    }
  }),
  ...calls(
    'tool-call',
    'A call has an id, the name of the tool, and arguments as the model wrote them',
    async (world, answer) => {
      world.twin.say({ tools: [paris] })
      const { finish, toolCalls, content, ...answered } = await answer({ tools })
      same([finish, toolCalls.length], ['tool_calls', 1], 'Finish and number of calls')
      same(called({ ...answered, finish, toolCalls, content }), [paris], 'The call')
      holds(toolCalls[0]?.id, 'The call has no id.')
      same(content.filter(({ type }) => type === 'tool_call').length, 1, 'Calls within the content')
    },
  ),
  ...calls(
    'tool-parallel',
    'Several calls at once stay apart, in their order, each with an id of its own',
    async (world, answer) => {
      world.twin.say({ tools: [paris, rome, now] })
      const generation = await answer({ tools })
      same(called(generation), [paris, rome, now], 'The calls')
      same(new Set(generation.toolCalls.map(({ id }) => id)).size, 3, 'Different ids')
    },
  ),
  ...calls('tool-only', 'An answer of nothing but a call is not empty, and has no empty text in it', async (world, answer) => {
    world.twin.say({ tools: [now] })
    const { text, content } = await answer({ tools })
    same([text, content.map(({ type }) => type)], ['', ['tool_call']], 'Text and content')
  }),
  ...calls('tool-beside-text', 'Words before a call stay before it', async (world, answer) => {
    world.twin.say({ text: 'Let me look.', tools: [now] })
    const { text, content, finish } = await answer({ tools })
    same([text, content.map(({ type }) => type), finish], ['Let me look.', ['text', 'tool_call'], 'tool_calls'], 'The answer')
  }),
  ...calls('tool-no-arguments', 'A call without arguments has an empty object', async (world, answer) => {
    world.twin.say({ tools: [{ name: 'clock', arguments: {} }] })
    same(called(await answer({ tools })), [{ name: 'clock', arguments: {} }], 'The call')
  }),
  ...calls('tool-result', 'A result goes back to the vendor under the id of its call', async (world, answer) => {
    const { last, asked } = await roundTrip(world, answer, [{ content: '24 degrees' }])
    same(last.text, 'Sunny.', 'The answer')
    const [, model, tool] = asked.messages
    same(
      model?.toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given })),
      [paris],
      'The call at the vendor',
    )
    same([tool?.role, tool?.text], ['tool', '24 degrees'], 'The result at the vendor')
    same(tool?.toolCall, model?.toolCalls[0]?.id, 'The id that the result names')
  }),
  ...calls('tool-results', 'Results of several calls each go back under their own id', async (world, answer) => {
    const { asked } = await roundTrip(world, answer, [{ content: '24 degrees' }, { content: '31 degrees' }])
    const model = asked.messages.find(({ role }) => role === 'assistant')
    const ids = model?.toolCalls.map(({ id }) => id) ?? []
    same(new Set(ids).size, 2, 'Different ids at the vendor')
    const results = asked.messages.filter(({ role }) => role === 'tool').map(({ toolCall, text }) => [toolCall, text])
    same(
      results,
      [
        [ids[0], '24 degrees'],
        [ids[1], '31 degrees'],
      ],
      'Results at the vendor',
    )
  }),
  ...calls('tool-failed', 'What a tool says of its failure reaches the vendor', async (world, answer) => {
    const { asked } = await roundTrip(world, answer, [{ content: 'no such city', isError: true } as Partial<Message>])
    holds(asked.messages.at(-1)?.text.includes('no such city'), 'The vendor was not told how the tool failed.')
  }),
  ...calls('tool-ids-in-kind', 'Ids of calls that another vendor made up are given back as they are', async (world, answer) => {
    const id = 'call_of-another.vendor'
    await answer({
      tools,
      messages: [
        { role: 'user', content: question },
        { role: 'assistant', content: [{ type: 'tool_call', id, name: 'clock', arguments: '{"city":"Oslo"}' }] },
        { role: 'tool', toolCall: id, content: 'noon' },
      ],
    })
    const [, model, tool] = lastAsked(world).messages
    same([model?.toolCalls[0]?.name, tool?.text], ['clock', 'noon'], 'Call and result at the vendor')
    same(tool?.toolCall, model?.toolCalls[0]?.id, 'The id that the result names')
  }),
  ...choices.flatMap(([name, toolChoice]) =>
    calls(`tool-choice-${name}`, `The choice of tools reaches the vendor: ${name}`, async (world, answer) => {
      await unlessRefused(world, () => answer({ tools, toolChoice }))
      const { toolChoice: asked = 'auto', tools: offered } = lastAsked(world)
      // Whoever offers no tools has chosen none.
      same(toolChoice === 'none' && offered.length === 0 ? 'none' : asked, toolChoice, 'The choice at the vendor')
    }),
  ),
  piecewise('tool-pieces', 'A call begins once, numbered from 0, before the first of its arguments', async (world) => {
    world.twin.say({ tools: [paris, rome, now] })
    const { pieces, error } = await hearing(world, { tools })
    same(error?.code, undefined, 'Error')
    const begun: string[] = []
    const texts: string[] = []
    for (const piece of pieces) {
      if (piece.type === 'tool_call') {
        same(piece.index, begun.length, 'Index of a call that begins')
        begun.push(piece.id)
      }
      if (piece.type !== 'tool_arguments') continue
      holds(piece.index < begun.length, `Arguments of call ${piece.index}, which has not begun.`)
      texts[piece.index] = (texts[piece.index] ?? '') + piece.text
    }
    same([begun.length, new Set(begun).size], [3, 3], 'Calls begun, and different ids')
    same(
      texts.map((text) => JSON.parse(text)),
      [paris, rome, now].map(({ arguments: given }) => given),
      'The arguments',
    )
  }),
  piecewise('tool-bytes', 'Calls are whole however the network cuts the bytes', async (world) => {
    for (const bytes of [1, 3, 17]) {
      world.twin.wire({ bytes })
      world.twin.say({ tools: [paris, rome] })
      const { pieces } = await hearing(world, { tools })
      const texts = ['', '']
      for (const piece of pieces) if (piece.type === 'tool_arguments') texts[piece.index] += piece.text
      same(
        texts.map((text) => JSON.parse(text)),
        [paris.arguments, rome.arguments],
        `Arguments, in pieces of ${bytes} bytes`,
      )
    }
  }),
]
