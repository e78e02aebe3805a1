import { llm } from '@do/llm'
import type { InterfaceDescription, OperationSpec, ProviderError } from '@do/provider'
import { type Json, likeStream, mispieced, mutant, replaced, rewritten, wrapping } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

const kinds = ['cut', 'stall', 'error', 'end', 'malformed']
const loud = kinds.filter((kind) => kind !== 'stall')
const each = (names: readonly string[], ...after: readonly string[]) =>
  after.flatMap((what) => names.map((name) => `stream.${name}-${what}`))

const finish = { type: 'finish', finish: 'stop', rawFinish: 'done' } as const

/** The interface with other rules for its streams. */
const ruled = (rules: Json): InterfaceDescription => {
  const spec = llm.flat.get('stream') as OperationSpec
  return { ...llm, flat: new Map(llm.flat).set('stream', { ...spec, stream: { ...spec.stream, ...rules } as never }) }
}

/** Reads bytes in its own way, before the driver sees them. */
const reading = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: (text: string, index: number) => string,
): Mutant =>
  mutant(`wire/${id}`, wrong, caughtBy, {
    at: (at) => ({
      ...at,
      fetch: async (input, init) => {
        const response = await at.fetch(input, init)
        if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) return response
        const [decoder, encoder] = [new TextDecoder(), new TextEncoder()]
        let index = 0
        const through = new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, controller) =>
            controller.enqueue(
              encoder.encode(
                change(
                  id === 'chunks-as-characters' ? new TextDecoder().decode(chunk) : decoder.decode(chunk, { stream: true }),
                  index++,
                ),
              ),
            ),
        })
        return new Response(response.body.pipeThrough(through), response)
      },
    }),
  })

/** Wrong in how it reads streams. */
export const llmStreamMutants: readonly Mutant[] = [
  rewritten(
    'ends-anyway',
    'Takes the end of the connection for the end of the answer.',
    [...each(['end'], 'after-output', 'late', 'in-call', 'at-end'), ...each(['end'], 'before-output')],
    async function* (source) {
      let ended = false
      for await (const piece of source) {
        ended ||= piece.type === 'finish'
        yield piece
      }
      if (!ended) yield finish
    },
  ),
  rewritten(
    'swallows',
    'Calls a broken answer finished.',
    [...each(['cut', 'error', 'malformed'], 'after-output', 'late', 'in-call', 'before-output'), ...each(['cut'], 'at-end')],
    async function* (source) {
      try {
        yield* source
      } catch {
        yield finish
      }
    },
  ),
  wrapping(
    'swallows',
    'Ends a stream quietly, whatever happened.',
    [
      ...each(kinds, 'after-output', 'late', 'in-call'),
      ...each(['cut', 'end', 'stall'], 'at-end'),
      ...['stream.total-timeout', 'stream.idle-timeout', 'stream.abort-middle', 'stream.abort-before', 'stream.once'],
    ],
    async function* (own) {
      try {
        yield* own
      } catch {
        // Whoever reads on learns nothing.
      }
    },
  ),
  wrapping(
    'starts-over',
    'Asks anew when it breaks in the middle, and shows both.',
    each(loud, 'after-output', 'late', 'in-call'),
    async function* (own, again) {
      try {
        yield* own
      } catch {
        yield* again()
      }
    },
  ),
  mutant('stream/commits-early', 'Shows the preamble before there is anything behind it.', each(kinds, 'before-output'), {
    description: ruled({ commits: () => true }),
  }),
  mutant(
    'stream/commits-late',
    'Holds everything back until the end, and asks again when it breaks before.',
    [...each(loud, 'after-output', 'late', 'in-call'), 'stream.at-once'],
    { description: ruled({ commits: () => false }) },
  ),
  mutant('stream/ends-with-words', 'Takes the last words for the end.', each(['end', 'cut', 'stall'], 'at-end'), {
    driver: (driver) => ({
      ...driver,
      operations: {
        ...driver.operations,
        stream: async (input, context) => guessing((await driver.operations.stream?.(input, context)) as AsyncIterable<any>),
      },
    }),
  }),
  rewritten('starts-twice', 'Starts as often as the vendor says something.', ['stream.frame'], async function* (source) {
    for await (const piece of source) {
      yield piece
      if (piece.type === 'start') yield piece
    }
  }),
  rewritten('never-starts', 'Forgets the start.', ['stream.frame'], async function* (source) {
    for await (const piece of source) if (piece.type !== 'start') yield piece
  }),
  rewritten('all-at-once', 'Gives the text in one piece.', ['stream.in-pieces', 'stream.at-once'], async function* (source) {
    let text = ''
    for await (const piece of source) {
      if (piece.type === 'text') text += piece.text
      else {
        if (piece.type === 'finish') yield { type: 'text', text }
        yield piece
      }
    }
  }),
  replaced(
    'imitates',
    'Imitates a stream with an answer at once.',
    ['generate.not-streamed', 'stream.in-pieces'],
    ({ generate }) => ({
      stream: (input: any, options: any) => {
        const own: Json = { provider: undefined, trail: [] }
        return likeStream(
          own,
          (async function* () {
            const { id, provider, model, text, finish: end } = await generate(input, options)
            yield { type: 'start', id, provider, model }
            yield { type: 'text', text }
            yield { type: 'finish', finish: end }
          })(),
        )
      },
    }),
  ),
  replaced('collects', 'Streams where an answer at once was asked for.', ['generate.not-streamed'], ({ stream, generate }) => ({
    generate: async (input: any, options: any) => {
      for await (const _ of stream(input, options));
      return generate.call(undefined, { ...input, model: 'no-such-model-1' }, options)
    },
  })),
  wrapping(
    'drops-last',
    'Loses the last words.',
    ['stream.same-text', 'stream.same-length', 'stream.cut-anywhere', 'stream.one-chunk', 'stream.long'],
    async function* (own) {
      let held: Json | undefined
      for await (const piece of own) {
        if (piece.type === 'finish') held = undefined
        if (held !== undefined) yield held
        held = undefined
        if (piece.type === 'text') held = piece
        else yield piece
      }
    },
  ),
  mispieced(
    'no-finish-word',
    'Has another word for the end in streams.',
    [
      ...[
        'stream.same-text',
        'stream.same-length',
        'stream.same-filter',
        'stream.same-unheard',
        'stream.same-refusal',
        'stream.same-empty',
      ],
      ...['stream.same-tools', 'stream.same-thoughts', 'stream.same-object', 'stream.same-cached'],
    ],
    () => (piece) => (piece.type === 'finish' ? { ...piece, rawFinish: `stream_${piece.rawFinish}` } : piece),
  ),
  replaced('eager', 'Asks before anybody reads.', ['stream.lazy'], ({ stream }) => ({
    stream: (input: any, options: any) => {
      const own = stream(input, options)
      const reader = own[Symbol.asyncIterator]()
      const first = reader.next()
      first.catch(() => {})
      return likeStream(
        own,
        (async function* () {
          for (let result = await first; !result.done; result = await reader.next()) yield result.value
        })(),
      )
    },
  })),
  replaced(
    'begins-each-time',
    'Begins anew for each piece that is asked for before the first is there.',
    ['stream.asked-at-once'],
    ({ stream }) => ({
      stream: (input: any, options: any) => {
        let reader: AsyncIterator<unknown> | undefined
        const next = async () => {
          if (reader !== undefined) return reader.next()
          const own = stream(input, options)[Symbol.asyncIterator]()
          const first = await own.next()
          reader = own
          return first
        }
        return { provider: undefined, trail: [], [Symbol.asyncIterator]: () => ({ next }) }
      },
    }),
  ),
  wrapping('quotes', 'Puts into its error what came before the break.', ['stream.says-nothing'], async function* (own) {
    let text = ''
    try {
      for await (const piece of own) {
        if (piece.type === 'text') text += piece.text
        yield piece
      }
    } catch (error) {
      throw (error as ProviderError).with({ message: `It broke off after: ${text}` })
    }
  }),
  replaced('again', 'Asks again for every reading.', ['stream.once'], ({ stream }) => ({
    stream: (input: any, options: any) => ({
      provider: undefined,
      trail: [],
      [Symbol.asyncIterator]: () => stream(input, options)[Symbol.asyncIterator](),
    }),
  })),
  replaced('starts-when-over', 'Begins anew when it is over.', ['stream.stays-over'], ({ stream }) => ({
    stream: (input: any, options: any) => {
      let reader = stream(input, options)[Symbol.asyncIterator]()
      const next = async () => {
        const result = await reader.next()
        if (result.done) reader = stream(input, options)[Symbol.asyncIterator]()
        return result
      }
      return { provider: undefined, trail: [], [Symbol.asyncIterator]: () => ({ next }) }
    },
  })),
  replaced('nameless', 'Does not know who answers.', ['stream.says-who', 'stream.instance-name'], ({ stream }) => ({
    stream: (input: any, options: any) => {
      const own = stream(input, options)
      return { provider: undefined, trail: [], [Symbol.asyncIterator]: () => own[Symbol.asyncIterator]() }
    },
  })),
  reading(
    'chunks-as-characters',
    'Reads each chunk as characters of its own.',
    ['stream.cut-anywhere', 'stream.crlf', 'stream.tool-bytes'],
    (text) => text,
  ),
  reading('lf-only', 'Takes the CR for a part of the line.', ['stream.crlf'], (text) => text.replaceAll('\r', '\\r')),
  reading('comments-as-data', 'Takes what keeps the line open for data.', ['stream.keep-alives'], (text) =>
    text.replaceAll(': still there', 'data: still there'),
  ),
  reading(
    'chunk-is-event',
    'Takes each chunk for one event.',
    ['stream.cut-anywhere', 'stream.tool-bytes', 'stream.crlf'],
    (text, index) => (index === 0 ? text : `\n${text}`),
  ),
  reading('limited', 'Reads 300 chunks, and no more.', ['stream.long'], (text, index) => (index > 300 ? '' : text)),
  mutant('stream/one-chunk', 'Takes one event out of each chunk.', ['stream.one-chunk'], {
    at: (at) => ({
      ...at,
      fetch: async (input, init) => {
        const response = await at.fetch(input, init)
        if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response
        const first = new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, controller) => {
            const [event = ''] = new TextDecoder().decode(chunk).split(/(?<=\n\n)/)
            controller.enqueue(new TextEncoder().encode(event))
          },
        })
        return new Response(response.body.pipeThrough(first), response)
      },
    }),
  }),
]

/** Says that it is over once the words have stopped to come. */
async function* guessing(source: AsyncIterable<any>): AsyncGenerator<any> {
  let words = 0
  for await (const piece of source) {
    if (piece.type === 'text') words += piece.text.split(/\s+/).filter(Boolean).length
    yield piece
    if (words === 40) {
      yield finish
      return
    }
  }
}
