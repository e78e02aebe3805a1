import { driving, type Json, mispieced, misread, misunderstood, mutant, rewritten, ways, without } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

const ending = (from: string, to: string, names: readonly string[]) =>
  misunderstood(`finish/${from}-is-${to}`, `Takes "${from}" for "${to}".`, names, (end) =>
    end.finish === from ? { ...end, finish: to } : end,
  )

const retyped = (from: string, to: (piece: any) => any) => () => (piece: any) => (piece.type === from ? to(piece) : piece)

/** Misunderstands what the vendor answers. */
export const llmAnsweringMutants: readonly Mutant[] = [
  ...ending('stop', 'other', ['finish-stop', 'text']),
  ...ending('length', 'stop', ['finish-length', 'schema-cut']),
  ...ending('content_filter', 'stop', ['finish-filter']),
  ...ending('other', 'stop', ['finish-unheard']),
  ...ending('refusal', 'content_filter', ['finish-refusal']),
  ...ending('refusal', 'stop', ['finish-refusal']),
  ...ending('tool_calls', 'stop', ['tool-call', 'tool-beside-text']),
  ...misunderstood('finish/word-lost', "Loses the vendor's word for an end.", ['finish-unheard'], (end) => ({
    ...end,
    rawFinish: undefined,
  })),
  misread(
    'refusal/lost',
    'Drops what a model says that declines.',
    ['generate.finish-refusal'],
    ({ refusal: _, ...rest }) => rest,
  ),
  mispieced(
    'refusal/lost',
    'Drops what a model says that declines.',
    ['stream.finish-refusal', 'stream.same-refusal'],
    retyped('refusal', () => []),
  ),
  misread('text/trims', 'Trims the answer.', ['generate.unchanged'], (whole) => ({ ...whole, text: whole.text.trim() })),
  misread('text/unlisted', 'Gives the text, but no content.', ['generate.text'], (whole) => ({ ...whole, content: [] })),
  misread('text/nameless', 'Does not say who answered.', ['generate.text'], (whole) => ({ ...whole, provider: '' })),
  mispieced(
    'text/trims',
    'Trims each piece of the answer.',
    ['stream.unchanged', 'stream.cut-anywhere', 'stream.long', 'stream.one-chunk'],
    () => (piece) => (piece.type === 'text' ? { ...piece, text: piece.text.trim() } : piece),
  ),
  mispieced(
    'text/nameless',
    'Starts without a name.',
    ['stream.text', 'stream.frame'],
    retyped('start', (piece) => ({ ...piece, provider: '' })),
  ),
  mispieced(
    'text/numbers-dropped',
    'Takes pieces that are numbers for no text.',
    ['stream.numbers', 'stream.unchanged'],
    () => (piece) => (piece.type === 'text' && piece.text.trim() !== '' && !Number.isNaN(Number(piece.text)) ? undefined : piece),
  ),
  misread('tools/one', 'Knows one call for each answer.', ['generate.tool-parallel', 'generate.tool-results'], (whole) => ({
    ...whole,
    toolCalls: whole.toolCalls.slice(0, 1),
    content: whole.content.filter(
      (part: Json, index: number, all: Json[]) => part.type !== 'tool_call' || all[index - 1]?.type !== 'tool_call',
    ),
  })),
  misread('tools/same-id', 'Gives all calls one id.', ['generate.tool-parallel'], (whole) => ({
    ...whole,
    toolCalls: whole.toolCalls.map((call: Json) => ({ ...call, id: 'call_1' })),
  })),
  misread('tools/no-id', 'Gives calls no id.', ['generate.tool-call'], (whole) => ({
    ...whole,
    toolCalls: whole.toolCalls.map((call: Json) => ({ ...call, id: '' })),
  })),
  misread('tools/rewritten', 'Writes the arguments anew, in ASCII.', ['generate.tool-parallel'], (whole) => ({
    ...whole,
    toolCalls: whole.toolCalls.map((call: Json) => ({ ...call, arguments: call.arguments.replaceAll(/[^ -~]/gu, '?') })),
  })),
  misread('tools/empty-text', 'Puts an empty text before calls.', ['generate.tool-only'], (whole) => ({
    ...whole,
    content: [{ type: 'text', text: '' }, ...whole.content],
  })),
  misread('tools/first', 'Puts calls before the words that came first.', ['generate.tool-beside-text'], (whole) => ({
    ...whole,
    content: [...whole.content].reverse(),
  })),
  misread('tools/no-arguments', 'Gives a call without arguments nothing to parse.', ['generate.tool-no-arguments'], (whole) => ({
    ...whole,
    toolCalls: whole.toolCalls.map((call: Json) => ({ ...call, arguments: call.arguments === '{}' ? '' : call.arguments })),
  })),
  mispieced(
    'tools/vendor-numbers',
    "Passes the vendor's numbers of calls on.",
    ['stream.tool-pieces'],
    () => (piece) => ('index' in piece ? { ...piece, index: piece.index + 1 } : piece),
  ),
  mispieced(
    'tools/merged',
    'Takes all calls for the first.',
    [...['stream.tool-parallel', 'stream.tool-pieces', 'stream.tool-results', 'stream.tool-bytes', 'stream.same-tools']],
    () => (piece) => ('index' in piece ? { ...piece, index: 0 } : piece),
  ),
  mispieced(
    'tools/same-id',
    'Gives all calls one id.',
    ['stream.tool-parallel', 'stream.tool-results'],
    retyped('tool_call', (piece) => ({ ...piece, id: 'call_1' })),
  ),
  mispieced(
    'tools/repeats-head',
    'Begins a call anew with each of its arguments.',
    ['stream.tool-pieces', 'stream.tool-call'],
    () => {
      const heads: Json = {}
      return (piece) => {
        if (piece.type === 'tool_call') heads[piece.index] = piece
        return piece.type === 'tool_arguments' ? [heads[piece.index], piece] : piece
      }
    },
  ),
  rewritten(
    'tools/last-to-come',
    'Gives calls before the words that came first, in a stream too.',
    ['stream.tool-beside-text'],
    async function* (source) {
      const words: unknown[] = []
      for await (const piece of source) {
        if (piece.type === 'text') words.push(piece)
        else {
          if (piece.type === 'finish') yield* words.splice(0) as any[]
          yield piece
        }
      }
    },
  ),
  mispieced(
    'tools/empty-text',
    'Makes up words where there is only a call.',
    ['stream.tool-only'],
    retyped('tool_call', (piece) => [{ type: 'text', text: ' ' }, piece]),
  ),
  mispieced(
    'tools/no-arguments',
    'Leaves out arguments that are empty.',
    ['stream.tool-no-arguments'],
    () => (piece) => (piece.type === 'tool_arguments' && piece.text === '{}' ? undefined : piece),
  ),
  driving(
    'shape/unparsed',
    'Leaves the parsing to the reader.',
    ['generate.schema', 'generate.json', 'generate.no-object'],
    ({ generate }) => ({
      generate: async (input: any, context: any) => ({ ...(await generate(input, context)), object: undefined }),
    }),
  ),
  driving('shape/parses-pieces', 'Mends JSON that was cut.', ['generate.schema-cut'], ({ generate }) => ({
    generate: async (input: any, context: any) => {
      const whole = await generate(input, context)
      return input.output !== undefined && whole.finish === 'length' ? { ...whole, object: {} } : whole
    },
  })),
  driving('shape/believes', 'Takes whatever comes for an object.', ['generate.schema-broken'], ({ generate }) => ({
    generate: (input: any, context: any) =>
      generate(input, context).catch(() => ({
        id: 'x',
        provider: 'memory',
        model: 'x',
        content: [],
        text: '',
        toolCalls: [],
        finish: 'stop',
      })),
  })),
  driving('shape/always', 'Parses whatever looks like JSON.', ['generate.no-object'], ({ generate }) => ({
    generate: async (input: any, context: any) => {
      const whole = await generate(input, context)
      return whole.text.startsWith('{') ? { ...whole, object: JSON.parse(whole.text) } : whole
    },
  })),
  mispieced(
    'shape/fenced',
    'Passes on what the model puts around its JSON.',
    ['stream.schema', 'stream.json', 'stream.no-object', 'stream.same-object'],
    retyped('start', (piece) => [piece, { type: 'text', text: '```json\n' }]),
  ),
  mispieced(
    'shape/all-stops',
    'Calls every end a good one.',
    ['stream.schema-cut'],
    retyped('finish', (piece) => ({ ...piece, finish: 'stop' })),
  ),
  mispieced('shape/silent', 'Calls an answer cut that is no JSON.', ['stream.schema-broken'], () => {
    let text = ''
    return (piece) => {
      if (piece.type === 'text') text += piece.text
      return piece.type === 'finish' && !text.startsWith('{') ? { ...piece, finish: 'length' } : piece
    }
  }),
  misread('thinking/in-text', 'Puts thoughts into the text.', ['generate.thinking-first'], (whole) => ({
    ...whole,
    content: whole.content.map((part: Json) => (part.type === 'reasoning' ? { type: 'text', text: part.text } : part)),
  })),
  mispieced(
    'thinking/in-text',
    'Puts thoughts into the text.',
    ['stream.thinking-first', 'stream.same-thoughts'],
    retyped('reasoning', (piece) => ({ ...piece, type: 'text' })),
  ),
  ...misunderstood('thinking/uncounted', 'Does not count thoughts.', ['thinking-counted'], (end) => ({
    ...end,
    ...(end.usage === undefined ? {} : { usage: { ...end.usage, reasoning: 0 } }),
  })),
  ...misunderstood('thinking/beside', 'Counts thoughts beside the output instead of within.', ['usage'], (end) => ({
    ...end,
    ...(end.usage === undefined ? {} : { usage: { ...end.usage, output: end.usage.output + end.usage.reasoning + 1 } }),
  })),
  misread('seals/lost', 'Drops seals.', ['generate.seals-kept'], (whole) => ({
    ...whole,
    content: whole.content.map(({ signature: _, signedBy: __, ...part }: Json) => part),
  })),
  mispieced(
    'seals/lost',
    'Drops seals.',
    ['stream.seals-kept', 'stream.same-thoughts'],
    retyped('signature', () => []),
  ),
  misread('seals/anonymous', 'Does not say whose seal it is.', ['generate.seals-kept'], (whole) => ({
    ...whole,
    content: whole.content.map(({ signedBy: _, ...part }: Json) => part),
  })),
  ...misunderstood('warnings/lost', 'Drops warnings.', ['seals-foreign'], ({ warnings: _, ...end }) => end),
  ...misunderstood('warnings/always', 'Warns of what did not happen.', ['no-warnings', 'seals-returned'], (end) => ({
    ...end,
    warnings: ['signed_reasoning_dropped'],
  })),
  mutant(
    'seed/silent',
    'Drops a seed that it has no use for, without a word.',
    ways('seed-ignored'),
    { driver: without('seed') },
    { driver: (driver) => warning(without('seed')(driver)) },
  ),
  ...misunderstood(
    'usage/cached-twice',
    'Counts tokens out of the cache twice.',
    ['usage-cached', 'usage-stored', 'cost'],
    ({ usage, ...end }) => ({
      ...end,
      ...(usage === undefined ? {} : { usage: { ...usage, input: usage.input + usage.cacheRead } }),
      ...(end.cost === undefined ? {} : { cost: { ...end.cost, microUsd: end.cost.microUsd + 120 } }),
    }),
  ),
  ...misunderstood('usage/stored-unread', 'Forgets tokens that go into the cache.', ['usage-stored'], ({ usage, ...end }) => ({
    ...end,
    ...(usage === undefined ? {} : { usage: { ...usage, cacheWrite: 0 } }),
  })),
  ...misunderstood('usage/uncounted', 'Counts nothing.', ['usage', 'usage-cached'], ({ usage: _, ...end }) => end),
  ...misunderstood('cost/rounded', 'Rounds to cents.', ['cost'], (end) =>
    end.cost === undefined ? end : { ...end, cost: { ...end.cost, microUsd: Math.ceil(end.cost.microUsd / 10_000) * 10_000 } },
  ),
  ...misunderstood('cost/nothing', 'Says that it cost nothing where it does not know.', ['cost-unknown'], (end) => ({
    ...end,
    cost: end.cost ?? { microUsd: 0, prices: '2026-11-01' },
  })),
  mispieced(
    'usage/early',
    'Tells tokens as they come.',
    ['stream.usage-last'],
    retyped('start', (piece) => ({ ...piece, usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 } })),
  ),
  driving(
    'model/other-code',
    'Has words of its own for a model that is not there.',
    ways('unknown-model'),
    ({ generate, stream }) => {
      const told = (call: any) => (input: any, context: any) =>
        call(input, context).catch((error: Json) => Promise.reject(Object.assign(error, { code: 'whatever' })))
      return { generate: told(generate), stream: told(stream) }
    },
  ),
]

/** As an adapter should that has no use for a seed. */
function warning(driver: any): any {
  const { generate, stream } = driver.operations
  const warnings = ['seed_ignored']
  return {
    ...driver,
    operations: {
      ...driver.operations,
      generate: async (input: any, context: any) => ({
        ...(await generate(input, context)),
        ...(input.seed === undefined ? {} : { warnings }),
      }),
      stream: async (input: any, context: any) => warned(await stream(input, context), input.seed === undefined ? [] : warnings),
    },
  }
}

async function* warned(pieces: AsyncIterable<any>, warnings: readonly string[]) {
  for await (const piece of pieces) yield piece.type === 'finish' ? { ...piece, warnings } : piece
}
