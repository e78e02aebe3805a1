import { serverEventsIn } from '@do/llm'
import { throwIfRefused, type VendorPiece } from './reader.ts'
import type { VendorUsage } from './usage.ts'

/** What a relayed answer has told so far. */
export interface Seen {
  /** Choices that ended, by their number, with the vendor's word for it. */
  readonly finished: Map<number, string>
  usage: VendorUsage | undefined
  /** Output has begun. */
  output: boolean
  /** The end mark has come. */
  done: boolean
}

export const nothingSeen = (): Seen => ({ finished: new Map(), usage: undefined, output: false, done: false })

/** Whole events of one JSON object each: what almost every chunk is. */
const plain = /^(?:data: ?\{[^\r\n]*\}(?:\r\n\r\n|\n\n))+$/

/** A key that tells something, with a value that is not null. Within text its quotes would be escaped, so it is found nowhere else. */
const telling = /"(?:finish_reason|usage|errors?)"\s*:\s*[^\sn]/

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * Looks at a chunk of whole events and answers what of it goes on to the client: mostly the very chunk. Once output has begun, only
 * what tells something is read. @throws VendorRefusal for an error within the stream, SyntaxError for what is no JSON.
 */
export function scan(chunk: Uint8Array<ArrayBuffer>, seen: Seen, hidesUsage: boolean): Uint8Array<ArrayBuffer> | undefined {
  const text = decoder.decode(chunk)
  if (seen.output && plain.test(text) && !telling.test(text)) return chunk
  const all = serverEventsIn(text)
  const kept = all.filter(({ data }) => {
    if (seen.done) return false
    if (data === undefined || data === '') return true
    if (data.trim() === '[DONE]') {
      seen.done = true
      // After an answer without a reason it would pass that off as whole.
      return seen.finished.size > 0
    }
    const piece = JSON.parse(data) as VendorPiece
    throwIfRefused(piece)
    const isUsageOnly = lookAt(piece, seen)
    return !(isUsageOnly && hidesUsage)
  })
  if (kept.length === all.length) return chunk
  return kept.length === 0 ? undefined : encoder.encode(kept.map(({ from, to }) => text.slice(from, to)).join(''))
}

/** Takes note of one event, or of a whole answer. True where it holds nothing but usage. */
export function lookAt(piece: VendorPiece, seen: Seen): boolean {
  if (piece.usage) seen.usage = piece.usage
  for (const { index = 0, delta, message, finish_reason } of piece.choices ?? []) {
    if (finish_reason) seen.finished.set(index, finish_reason)
    seen.output ||= hasOutput({ ...(delta ?? message) })
  }
  return piece.choices?.length === 0 && Boolean(piece.usage)
}

/** More than a preamble: anything beside the role that is not empty. */
const hasOutput = ({ role: _, ...rest }: Readonly<Record<string, unknown>>) =>
  Object.values(rest).some((value) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
