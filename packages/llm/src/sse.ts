/**
 * Cuts a body of server-sent events into chunks that hold whole events, without reading what is in them. The network's own
 * chunks mostly are such already, and then they pass untouched. What is left without its blank line at the end is the last chunk.
 * See https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* wholeEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array | undefined
  for await (const chunk of body) {
    const all = rest === undefined ? chunk : joined(rest, chunk)
    const end = endOfEvents(all)
    if (end === all.length) {
      rest = undefined
      yield all
    } else {
      if (end > 0) yield all.subarray(0, end)
      rest = all.slice(end)
    }
  }
  if (rest !== undefined && rest.length > 0) yield rest
}

const LF = 10
const CR = 13

/** Where the last whole event ends: behind its blank line. */
function endOfEvents(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at > 0; at--) {
    const byte = bytes[at]
    if (byte !== LF && byte !== CR) continue
    const before = bytes[at - 1]
    if (byte === LF && (before === LF || (before === CR && at >= 3 && bytes[at - 2] === LF && bytes[at - 3] === CR)))
      return at + 1
    // A lone CR ends a line, too; as the last byte it may be the first half of CRLF.
    if (byte === CR && before === CR && at < bytes.length - 1) return at + 1
  }
  return 0
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
