import * as z from 'zod/mini'
import {
  compute,
  createProvider,
  createTransport,
  type Driver,
  defineInterface,
  type FailoverOptions,
  failover,
  type Streaming,
  stream,
  type TestClock,
  testClock,
  VendorRefusal,
} from '../index.ts'

const tuned = z.object({ song: z.string().check(z.minLength(1)), chain: z.optional(z.array(z.string())) })
type Tuned = z.output<typeof tuned>

const piece = z.object({ type: z.enum(['intro', 'sound', 'end']), text: z.optional(z.string()) })
export type Piece = z.output<typeof piece>

const chained = {
  input: tuned,
  chain: (input: Tuned) => input.chain?.map((song) => ({ ...input, song })) ?? [input],
  variant: ({ song }: Tuned) => song,
}

/** A toy interface whose answers come in pieces. */
export const radio = defineInterface('radio', {
  capabilities: {},
  operations: {
    play: stream({
      title: 'Play a song',
      output: piece,
      rules: { commits: ({ type }) => type === 'sound', ends: ({ type }) => type === 'end' },
      ...chained,
    }),
    score: compute({ title: 'Write down a song', output: z.object({ notes: z.string() }), ...chained }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
  times: { connect: 5_000, firstOutput: 8_000, idle: 3_000, deadline: 60_000 },
})

/** What a station does, in order: a piece, time that passes, or an end of its own kind. */
export type Act = Piece | { readonly ms: number } | 'cut' | 'stop' | 'hang' | 'wait' | 'refuse-inside' | 'unreadable'

export interface Station {
  readonly name: string
  /** What the next answers do; nothing: a whole song. */
  readonly script: (readonly Act[] | { readonly status: number; readonly retryAfter?: string } | 'silent' | 'refused')[]
  requests: number
  /** Pieces that were sent, and answers whose reader left. */
  sent: number
  left: number
  readonly signals: AbortSignal[]
}

export const intro: Piece = { type: 'intro' }
export const sound = (text: string): Piece => ({ type: 'sound', text })
export const end: Piece = { type: 'end' }
const song: readonly Act[] = [intro, sound('la'), sound('li'), end]

export function station(name: string, clock: TestClock) {
  const state: Station = { name, script: [], requests: 0, sent: 0, left: 0, signals: [] }
  const go = createTransport({
    vendorOrigins: [],
    fetch: (async (_: string, init?: RequestInit) => {
      state.requests += 1
      if (init?.signal) state.signals.push(init.signal)
      const next = state.script[0]
      if (next === 'refused') {
        state.script.shift()
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
      }
      if (next === 'silent') {
        state.script.shift()
        clock.advance(12_000)
        return new Promise<Response>(() => {})
      }
      if (typeof next === 'object' && 'status' in next) {
        state.script.shift()
        return new Response('{}', { status: next.status, headers: next.retryAfter ? { 'retry-after': next.retryAfter } : {} })
      }
      return new Response('{}')
    }) as typeof fetch,
  })
  async function* acts(script: readonly Act[], signal: AbortSignal): AsyncGenerator<Piece> {
    try {
      for (const act of script) {
        if (act === 'cut') throw new TypeError('terminated')
        if (act === 'refuse-inside') throw new VendorRefusal('off_air')
        if (act === 'unreadable') throw new SyntaxError('Unexpected token')
        if (act === 'stop') return
        if (act === 'hang' || act === 'wait') {
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true })
            if (act === 'hang') queueMicrotask(() => clock.advance(12_000))
          })
          throw signal.reason
        }
        if ('ms' in act) {
          clock.advance(act.ms)
          continue
        }
        state.sent += 1
        yield act
      }
    } finally {
      if (signal.aborted || state.sent === 0) state.left += 1
    }
  }
  const ask = async () => {
    const response = await go('https://radio.example.com/play', { method: 'POST', body: '{}' })
    if (!response.ok) throw Object.assign(new Error('refused'), { status: response.status })
  }
  const driver: Driver<typeof radio, string> = {
    descriptor: { vendor: name, docs: 'https://example.com', capabilities: {}, limits: {}, operations: {} },
    client: async () => name,
    errors: {
      off_air: { code: 'overloaded', effect: 'none', fault: 'provider', message: 'The station is off the air.' },
      'http:404': { code: 'song_not_found', effect: 'none', fault: 'caller', message: 'Unknown song.', elsewhere: true },
    },
    fault: () => ({}),
    operations: {
      play: async (_, { signal }) => {
        await ask()
        return acts((state.script.shift() as readonly Act[] | undefined) ?? song, signal)
      },
      score: async (input) => {
        await ask()
        state.script.shift()
        return { notes: `${name}: ${input.song}` }
      },
    },
    webhooks: { recognises: () => false, receive: async () => [] },
  }
  return { state, provider: createProvider(radio, driver, { clock, defaultBaseUrl: 'https://radio.example.com' }) }
}

export function twoStations(options: FailoverOptions = {}) {
  const clock = testClock()
  const a = station('alpha', clock)
  const b = station('beta', clock)
  return { clock, a: a.state, b: b.state, alone: a.provider, wrapper: failover([a.provider, b.provider], { clock, ...options }) }
}

/** All pieces that were read, and what broke the reading. */
export async function readAll(
  stream: Streaming<Piece>,
): Promise<{ readonly texts: readonly string[]; readonly error?: unknown }> {
  const texts: string[] = []
  try {
    for await (const { type, text } of stream) texts.push(text ?? type)
    return { texts }
  } catch (error) {
    return { texts, error }
  }
}
