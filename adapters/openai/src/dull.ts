const QUOTE = 34
const LF = 10
const CR = 13
const OPEN = 123
const CLOSE = 125
const SPACE = 32
const COLON = 58
/** The `n` of `null`. */
const NULL = 110

const codes = (text: string) => new TextEncoder().encode(text)
const opening = codes('data:')
/** Keys whose value tells something. Within text their quotes would be escaped, so they are found nowhere else. */
const telling = new Map(['finish_reason"', 'usage"', 'error"'].map((key) => [key.charCodeAt(0), codes(key)]))

/**
 * How far do these bytes go that are whole events of one JSON object each, and tell nothing but output? It is asked for every chunk of
 * every stream, so it looks at the bytes as they are: reading each as JSON costs five times as much.
 */
export function dullUntil(bytes: Uint8Array): number {
  let from = 0
  while (from < bytes.length) {
    const to = endOfDull(bytes, from)
    if (to === undefined) break
    from = to
  }
  return from
}

/** Where the dull event ends that begins here; undefined where there is none. */
function endOfDull(bytes: Uint8Array, from: number): number | undefined {
  const { length } = bytes
  if (!startsWith(bytes, from, opening)) return undefined
  let at = from + opening.length
  if (bytes[at] === SPACE) at += 1
  if (bytes[at] !== OPEN) return undefined
  for (; at < length; at++) {
    const byte = bytes[at]
    if (byte === LF || byte === CR) break
    if (byte === QUOTE && tells(bytes, at + 1)) return undefined
  }
  if (bytes[at - 1] !== CLOSE) return undefined
  if (bytes[at] === LF && bytes[at + 1] === LF) return at + 2
  if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4
  return undefined
}

function tells(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]
  if (first !== 102 && first !== 117 && first !== 101) return false
  const key = telling.get(first)
  if (key === undefined || !startsWith(bytes, at, key)) return false
  let value = at + key.length
  while (bytes[value] === SPACE || bytes[value] === COLON) value += 1
  return bytes[value] !== NULL
}

function startsWith(bytes: Uint8Array, at: number, what: Uint8Array): boolean {
  for (let index = 0; index < what.length; index++) if (bytes[at + index] !== what[index]) return false
  return true
}
