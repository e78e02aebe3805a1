import { type ServerEvent, serverEventsIn } from '@do/llm'
import { finishOf } from './answer.ts'
import { dullUntil } from './dull.ts'
import { inBand } from './errors.ts'
import { done, saidIn } from './sse.ts'

/** What a relayed answer has told so far. */
export interface Seen {
  /** Choices that ended, by their number, with the vendor's word for it. */
  readonly finished: Map<unknown, string>
  usage: unknown
  model: string | undefined
  /** Output has begun. */
  output: boolean
  /** The end mark has come. */
  done: boolean
}

export const nothingSeen = (): Seen => ({ finished: new Map(), usage: undefined, model: undefined, output: false, done: false })

// One character for each byte, so that places in the text are places in the bytes. What matters here is ASCII.
const decoder = new TextDecoder('latin1')

/**
 * Looks at a chunk of whole events and answers what of it goes on to the client: mostly the chunk itself. Once output has begun only
 * what tells something is read as JSON. @throws VendorRefusal for the vendor's own error, Error for what is no JSON.
 */
export function scan(chunk: Uint8Array, seen: Seen, hidesUsage: boolean): Uint8Array | undefined {
  const dull = seen.output ? dullUntil(chunk) : 0
  if (dull === chunk.length) return chunk
  const text = decoder.decode(chunk.subarray(dull))
  const hidden: ServerEvent[] = []
  let until = text.length
  for (const event of serverEventsIn(text)) {
    if (event.data === undefined || event.data === '') continue
    if (event.data.trim() === done) {
      // The end mark of an answer that did not say why it ended would pass it off as whole.
      if (seen.finished.size === 0) until = Math.min(until, event.from)
      seen.done = true
      break
    }
    if (read(saidIn(event), seen) && hidesUsage) hidden.push(event)
  }
  if (until === text.length && hidden.length === 0) return chunk
  const parts = hidden.map(({ from, to }) => ({ from: dull + from, to: dull + to }))
  return without(chunk, parts, dull + until)
}

interface Chunk {
  readonly model?: unknown
  readonly usage?: unknown
  readonly x_groq?: { readonly usage?: unknown } | null
  readonly choices?: unknown
}

interface Choice {
  readonly index?: unknown
  readonly delta?: Readonly<Record<string, unknown>> | null
  readonly message?: Readonly<Record<string, unknown>> | null
  readonly finish_reason?: unknown
  readonly error?: unknown
}

/** Takes note of one event, or of a whole answer. True where it holds nothing but usage. */
export function read(said: object, seen: Seen): boolean {
  const { choices, usage, x_groq, model } = said as Chunk
  seen.usage = usage ?? x_groq?.usage ?? seen.usage
  if (typeof model === 'string' && model !== '') seen.model ??= model
  if (!Array.isArray(choices)) return false
  for (const choice of choices as readonly (Choice | null)[]) {
    if (choice === null) continue
    const { index = 0, error, finish_reason, delta, message } = choice
    if (error !== undefined && error !== null) throw inBand(error)
    if (finish_reason === 'error') throw inBand({ code: 'server_error' })
    if (typeof finish_reason === 'string' && finish_reason !== '') seen.finished.set(index, finish_reason)
    seen.output ||= hasOutput(delta ?? message ?? {})
  }
  return choices.length === 0 && usage !== undefined && usage !== null
}

const output = 'content reasoning reasoning_content reasoning_details refusal tool_calls function_call audio images'.split(' ')

/** More than a preamble, which has a role and empty members. */
const hasOutput = (delta: Readonly<Record<string, unknown>>) =>
  output.some((name) => {
    const value = delta[name] ?? ''
    return value !== '' && !(Array.isArray(value) && value.length === 0)
  })

function without(chunk: Uint8Array, hidden: readonly Pick<ServerEvent, 'from' | 'to'>[], until: number): Uint8Array | undefined {
  const kept: Uint8Array[] = []
  let from = 0
  for (const event of hidden) {
    kept.push(chunk.subarray(from, event.from))
    from = event.to
  }
  if (from < until) kept.push(chunk.subarray(from, until))
  const all = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of kept) {
    all.set(part, at)
    at += part.length
  }
  return all.length === 0 ? undefined : all
}

/** Why it ended: the first choice's word speaks for all. */
export const finishSeen = ({ finished }: Seen) => finishOf(finished.get(0) ?? finished.values().next().value ?? '')
