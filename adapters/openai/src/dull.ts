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
 * Are these whole events of one JSON object each that tell nothing but output? It is asked for every chunk of every stream, so it
 * looks at the bytes as they are: reading each as JSON costs five times as much.
 */
export function isDull(bytes: Uint8Array): boolean {
  const { length } = bytes
  let at = 0
  while (at < length) {
    if (!startsWith(bytes, at, opening)) return false
    at += opening.length
    if (bytes[at] === SPACE) at += 1
    if (bytes[at] !== OPEN) return false
    for (; at < length; at++) {
      const byte = bytes[at]
      if (byte === LF || byte === CR) break
      if (byte === QUOTE && tells(bytes, at + 1)) return false
    }
    if (bytes[at - 1] !== CLOSE) return false
    if (bytes[at] === LF && bytes[at + 1] === LF) at += 2
    else if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) at += 4
    else return false
  }
  return true
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
