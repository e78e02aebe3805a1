/** One row as it came: a value, or a line of text that is still to be read. */
export interface Entry {
  /** Where the row ends in the source, for one that is bytes; otherwise 0. */
  readonly bytes: number
  readonly value?: unknown
  /** Undefined for a line that is too long to be read. */
  readonly line?: Uint8Array | undefined
}

export type ImportRows = Iterable<unknown> | AsyncIterable<unknown> | ReadableStream<Uint8Array>

/** Rows in groups as they arrive, so that not every row costs a turn. */
export async function* entriesOf(source: ImportRows, size: number, bytes: number, maxLine: number): AsyncGenerator<Entry[]> {
  if (source instanceof ReadableStream) yield* linesOf(source, bytes, maxLine)
  else {
    let group: Entry[] = []
    for await (const value of source as AsyncIterable<unknown>) {
      group.push({ bytes: 0, value })
      if (group.length < size) continue
      yield group
      group = []
    }
    if (group.length > 0) yield group
  }
}

const newline = 10

async function* linesOf(stream: ReadableStream<Uint8Array>, from: number, maxLine: number): AsyncGenerator<Entry[]> {
  const reader = stream.getReader()
  let position = from
  let kept: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value: chunk } = await reader.read()
      if (done) break
      const entries: Entry[] = []
      let start = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        kept.push(chunk.subarray(start, end))
        length += end - start
        position += end + 1 - start
        entries.push({ bytes: position, line: length > maxLine ? undefined : joined(kept, length) })
        kept = []
        length = 0
        start = end + 1
      }
      // Of a line without end only its length is kept.
      if (length <= maxLine) kept.push(chunk.slice(start))
      length += chunk.length - start
      if (length > maxLine) kept = []
      position += chunk.length - start
      if (entries.length > 0) yield entries
    }
    if (length > 0) yield [{ bytes: position, line: length > maxLine ? undefined : joined(kept, length) }]
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
