import { refuse } from '@do/provider'
import type { At } from '../check.ts'
import { driving, likeStream, mutant, replaced, wrapping } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

/** Nobody tells the vendor that the reader has left, and all of the answer is read whatever becomes of it. */
const deaf = (at: At): At => ({
  ...at,
  fetch: async (input, init) => {
    const { signal: _, ...rest } = init ?? {}
    const response = await at.fetch(input, rest)
    if (response.body === null) return response
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body as never as AsyncIterable<Uint8Array>) chunks.push(chunk)
    let index = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const chunk = chunks[index++]
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    })
    return new Response(body, response)
  },
})

/** Wrong in how long it waits, and in whom it hears. */
export const llmLeavingMutants: readonly Mutant[] = [
  replaced(
    'no-times',
    'Does not hear how long it may wait.',
    [...['stream.connect-timeout', 'stream.first-output-timeout', 'stream.idle-timeout']],
    ({ stream }) => ({ stream: (input: any, { times: _, ...options }: any = {}) => stream(input, options) }),
  ),
  replaced(
    'no-deadline',
    'Takes the time it likes.',
    ['generate.deadline', 'stream.deadline', 'stream.total-timeout'],
    ({ generate, stream }) => ({
      generate: (input: any, { deadline: _, ...options }: any = {}) => generate(input, options),
      stream: (input: any, { deadline: _, ...options }: any = {}) => stream(input, options),
    }),
  ),
  replaced(
    'impatient',
    'Gives up after two seconds, whatever the caller allows.',
    ['generate.slow', 'stream.slow', 'stream.pause'],
    ({ generate, stream }) => ({
      generate: (input: any, options: any) => generate(input, { ...options, deadline: 2_000 }),
      stream: (input: any, options: any) => stream(input, { ...options, deadline: 2_000 }),
    }),
  ),
  replaced('watches-reader', 'Takes a slow reader for a silent vendor.', ['stream.slow-reader'], ({ stream }, { clock }) => ({
    stream: (input: any, options: any) => {
      const own = stream(input, options)
      return likeStream(own, watched(own, clock))
    },
  })),
  replaced(
    'no-signal',
    'Does not hear when the caller gives up.',
    ['generate.abort-before', 'stream.abort-before', 'stream.abort-middle'],
    ({ generate, stream }) => ({
      generate: (input: any, { signal: _, ...options }: any = {}) => generate(input, options),
      stream: (input: any, { signal: _, ...options }: any = {}) => stream(input, options),
    }),
  ),
  mutant(
    'stream/deaf',
    'Reads on when nobody listens any more.',
    ['stream.reader-leaves', 'stream.reader-throws', 'stream.abort-middle', 'stream.total-timeout'],
    { at: deaf },
  ),
  mutant(
    'wire/no-signal',
    'Does not pass the signal on to the vendor.',
    ['generate.abort-waiting', 'stream.abort-waiting', 'stream.leaves-early'],
    {
      at: (at) => ({ ...at, fetch: (input, { signal: _, ...init } = {}) => at.fetch(input, init) }),
    },
  ),
  wrapping(
    'no-return',
    'Has no way to leave.',
    ['stream.reader-leaves', 'stream.reader-throws', 'stream.leaves-early'],
    (own) => {
      const reader = own[Symbol.asyncIterator]()
      return { [Symbol.asyncIterator]: () => ({ next: () => reader.next() }) }
    },
  ),
  driving('stream/leaves-early', 'Leaves before the last event of the vendor.', ['stream.not-left'], ({ stream }) => ({
    stream: async (input: any, context: any) => hurried(await stream(input, context)),
  })),
]

/** Counts the time between pieces, whoever takes it. */
async function* watched(source: AsyncIterable<any>, clock: At['clock']): AsyncGenerator<any> {
  let last = clock.now()
  for await (const piece of source) {
    if (clock.now() - last > 30_000) throw refuse('stream_interrupted', 'The vendor fell silent.', { fault: 'network' })
    last = clock.now()
    yield piece
  }
}

/** Has heard enough before the end. */
async function* hurried(source: AsyncIterable<any>): AsyncGenerator<any> {
  for await (const piece of source) {
    yield piece
    if (piece.type === 'text' && piece.text.includes('word-39')) {
      yield { type: 'finish', finish: 'stop', rawFinish: 'done' }
      return
    }
  }
}
