/**
 * Cuts a body of server-sent events into chunks that hold whole events, without reading what is in them. The network's own
 * chunks mostly are such already, and then they pass untouched. What is left without its blank line at the end is the last chunk.
 * See https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* wholeEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  for await (const chunk of body) {
    if (chunk.length === 0) continue
    if (held.length === 0) {
      const end = endOfEvents(chunk)
      if (end > 0) yield end === chunk.length ? chunk : chunk.subarray(0, end)
      if (end < chunk.length) held = [chunk.slice(end)]
      continue
    }
    // Only what is new is looked at, and the little before it that its meaning depends on: an event may be megabytes long.
    const before = lastBytes(held, 3)
    const end = endOfEvents(joined([before, chunk]))
    if (end === 0) {
      held.push(chunk.slice())
      continue
    }
    const kept = chunk.length + before.length - end
    const all = joined([...held, chunk])
    yield all.subarray(0, all.length - kept)
    held = kept === 0 ? [] : [all.slice(all.length - kept)]
  }
  if (held.length > 0) yield joined(held)
}

const LF = 10
const CR = 13

/** Where the last whole event ends: behind its blank line. 0 where none does. */
function endOfEvents(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at > 0; at--) {
    const byte = bytes[at]
    // Lines end with LF, CR LF or CR. A CR at the very end may be the first half of CR LF.
    if (byte !== LF && (byte !== CR || at === bytes.length - 1 || bytes[at + 1] === LF)) continue
    const begin = byte === LF && bytes[at - 1] === CR ? at - 1 : at
    if (begin > 0 && (bytes[begin - 1] === LF || bytes[begin - 1] === CR)) return at + 1
  }
  return 0
}

function lastBytes(chunks: readonly Uint8Array[], count: number): Uint8Array {
  const last: Uint8Array[] = []
  for (let index = chunks.length - 1, missing = count; index >= 0 && missing > 0; index--) {
    const part = (chunks[index] as Uint8Array).slice(-missing)
    last.unshift(part)
    missing -= part.length
  }
  return joined(last)
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
