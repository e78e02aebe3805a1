import type { RelayEvent } from '@do/llm'
import { driving, missent, mutant } from './llm-tools.ts'
import type { Mutant } from './mutant.ts'

const languages = ['openai', 'anthropic']
const each = (...names: readonly string[]) => languages.flatMap((language) => names.map((name) => `relay.${language}-${name}`))
const broken = ['cut-after-output', 'error-after-output', 'end-after-output']

const relayed = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  read: (source: AsyncIterable<any>) => AsyncIterable<RelayEvent>,
) =>
  driving(`relay/${id}`, wrong, caughtBy, ({ relay }) => ({
    relay: async (input: any, context: any) => read(await relay(input, context)),
  }))

const byPiece = (id: string, wrong: string, caughtBy: readonly string[], change: (piece: any) => any) =>
  relayed(id, wrong, caughtBy, async function* (source) {
    for await (const piece of source) yield* [change(piece) ?? []].flat()
  })

const text = (data: Uint8Array) => new TextDecoder().decode(data)
const bytes = (written: string) => new TextEncoder().encode(written)

/** What a client has sent along. */
const passed: { headers?: Record<string, string> } = {}

/** Wrong in passing on what others have written. */
export const llmRelayMutants: readonly Mutant[] = [
  byPiece('rewrites', 'Writes JSON anew on the way.', each('verbatim', 'at-once'), (piece) =>
    piece.type === 'bytes' ? { ...piece, data: bytes(text(piece.data).replaceAll('":"', '": "')) } : piece,
  ),
  byPiece('lf', 'Tidies the ends of lines.', each('verbatim'), (piece) =>
    piece.type === 'bytes' ? { ...piece, data: bytes(text(piece.data).replaceAll('\r\n', '\n')) } : piece,
  ),
  byPiece('no-comments', 'Drops what keeps the line open.', each('verbatim'), (piece) =>
    piece.type === 'bytes' ? { ...piece, data: bytes(text(piece.data).replaceAll(': still there\n\n', '')) } : piece,
  ),
  byPiece('halves', 'Cuts events in the middle.', each('verbatim'), (piece) =>
    piece.type === 'bytes'
      ? [
          { ...piece, data: piece.data.slice(0, 9) },
          { ...piece, data: piece.data.slice(9) },
        ]
      : piece,
  ),
  byPiece('all-headers', 'Passes on every header of the vendor, and its own.', each('no-key-back'), (piece) =>
    piece.type === 'start' ? { ...piece, headers: { ...piece.headers, authorization: 'Bearer key-for-tests-only' } } : piece,
  ),
  mutant('relay/any-header', "Sends a client's headers on as they are.", each('credential-stays'), {
    provider: ({ relay }) => ({
      relay: (input: any, options: any) => {
        Object.assign(passed, { headers: input.headers })
        return relay(input, options)
      },
    }),
    at: (at) => ({
      ...at,
      fetch: (input, init) => at.fetch(input, { ...init, headers: { ...(init?.headers as object), ...passed.headers } }),
    }),
  }),
  byPiece('nameless', 'Does not say who answers.', each('frame'), (piece) =>
    piece.type === 'start' ? { ...piece, provider: '' } : piece,
  ),
  byPiece('untyped', 'Calls everything a stream.', each('at-once'), (piece) =>
    piece.type === 'start' ? { ...piece, contentType: 'text/event-stream' } : piece,
  ),
  byPiece('commits-preamble', 'Takes the preamble for output.', each('frame'), (piece) =>
    piece.type === 'bytes' ? { ...piece, output: true } : piece,
  ),
  byPiece('uncounted', 'Counts nothing.', each('usage'), (piece) =>
    piece.type === 'finish' ? { ...piece, usage: undefined } : piece,
  ),
  byPiece('cached-twice', 'Counts tokens out of the cache twice.', each('usage'), (piece) =>
    piece.type === 'finish' && piece.usage !== undefined
      ? { ...piece, usage: { ...piece.usage, input: piece.usage.input + piece.usage.cacheRead } }
      : piece,
  ),
  byPiece('no-reason', 'Does not say why it ended.', each('frame'), (piece) =>
    piece.type === 'finish' ? { ...piece, finish: undefined } : piece,
  ),
  relayed('ends-anyway', 'Calls an answer whole that broke off.', each(...broken), async function* (source) {
    let ended = false
    try {
      for await (const piece of source) {
        ended = piece.type === 'finish'
        yield piece
      }
    } catch {
      ended = false
    }
    if (!ended) yield { type: 'finish' }
  }),
  mutant(
    'relay/swallows',
    'Ends a relayed stream quietly, whatever happened.',
    each(...broken, 'stall-after-output', 'refused'),
    {
      provider: ({ relay }) => ({
        relay: async function* (input: any, options: any) {
          try {
            yield* relay(input, options)
          } catch {
            // The client of the gateway sees a good end.
          }
        },
      }),
    },
  ),
  mutant('relay/no-return', 'Has no way to leave.', each('reader-leaves'), {
    provider: ({ relay }) => ({
      relay: (input: any, options: any) => {
        const own = relay(input, options)
        const reader = own[Symbol.asyncIterator]()
        return { trail: [], [Symbol.asyncIterator]: () => ({ next: () => reader.next() }) }
      },
    }),
  }),
  mutant('relay/shows-preamble', 'Shows what broke before there was any output.', each('before-output'), {
    provider: ({ relay, name }) => ({
      relay: (input: any, options: any) => {
        const own = relay(input, options)
        const early = { type: 'start', provider: name, model: 'x', contentType: 'text/event-stream', headers: {} }
        return {
          trail: [],
          [Symbol.asyncIterator]: async function* () {
            yield early
            yield* own
          },
        }
      },
    }),
  }),
  ...(['/openai/chat/completions', '/anthropic/messages'] as const).flatMap((path, index) => {
    const [language = ''] = languages.slice(index)
    return [
      missent(
        `relay/${language}-knows-better`,
        'Leaves out what it does not know.',
        [`relay.${language}-body`],
        (body) => {
          delete body.metadata
        },
        path,
      ),
      missent(
        `relay/${language}-never-streams`,
        'Never asks for a stream.',
        [`relay.${language}-body`, `relay.${language}-frame`],
        (body) => {
          delete body.stream
        },
        path,
      ),
    ]
  }),
]
