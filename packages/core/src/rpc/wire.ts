// Frames of the Cap'n Web protocol, as far as they must be known to renumber and replay them. capnweb writes JSON without
// white space, so a frame's kind and first id are found without parsing it; whatever looks otherwise is parsed and written anew.
import { refuse } from '@do/provider/errors'

export type Expression = unknown
export type Path = readonly (string | number)[]

/** Where ids occur in an expression. Each answers the id to be put there. */
export interface Ids {
  /** Something of the other side: its main object (0), the answer of a push (> 0), what it has handed out (< 0). */
  theirs(id: number): number
  /** Something that the sender of this expression hands out (< 0). */
  own(id: number, kind: 'export' | 'promise' | 'writable', path: Path): number
  /** A pipe that the sender has opened (> 0). */
  pipe(id: number): number
}

export const maxFrameDepth = 128

/** Does anything beside the frame's own head refer to an id? Such an array cannot occur inside a JSON text value: its quotes would be escaped. */
const references = /\["(?:import|pipeline|export|promise|writable|readable|remap)",/g

export function hasReferences(text: string, from: number): boolean {
  references.lastIndex = from
  return references.test(text)
}

export interface Head {
  readonly id: number
  /** Where the id begins and ends in the text. */
  readonly start: number
  readonly end: number
}

const minus = 45
const comma = 44
const bracket = 93

/**
 * The number that stands at a place of the text, before a comma or the end of an array. Digit by digit: every call is looked at
 * several times, and a regular expression with its pieces of text takes five times as long.
 */
function numberAt(text: string, start: number): Head | undefined {
  const negative = text.charCodeAt(start) === minus
  const first = negative ? start + 1 : start
  let end = first
  let value = 0
  for (; ; end += 1) {
    const digit = text.charCodeAt(end) - 48
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
  }
  const after = text.charCodeAt(end)
  if (end === first || (after !== comma && after !== bracket)) return undefined
  return { id: negative ? -value : value, start, end }
}

const calls = ['["push",["pipeline",', '["stream",["pipeline",'] as const
const answers = ['["pull",', '["release",', '["resolve",', '["reject",'] as const

/** The target of a call: `["push",["pipeline",12,…`. */
export function callHead(text: string): Head | undefined {
  for (const prefix of calls) if (text.startsWith(prefix)) return numberAt(text, prefix.length)
  return undefined
}

/** The id of `["pull",12]`, `["release",12,1]`, `["resolve",12,…]`. */
export function frameHead(text: string): Head | undefined {
  for (const prefix of answers) if (text.startsWith(prefix)) return numberAt(text, prefix.length)
  return undefined
}

/** @throws ProviderError `malformed_frame` */
export function releaseOf(text: string): { readonly id: number; readonly count: number } {
  const head = text.startsWith('["release",') ? numberAt(text, 11) : undefined
  const at = (head?.end ?? 0) + 1
  const count = head !== undefined && text.charCodeAt(head.end) === comma ? numberAt(text, at) : undefined
  const whole = count !== undefined && text.charCodeAt(at) !== minus && text.charCodeAt(count.end) === bracket
  if (head === undefined || count === undefined || !whole || count.end !== text.length - 1) throw malformed()
  return { id: head.id, count: count.id }
}

export function withHead(text: string, { start, end }: Head, id: number): string {
  return `${text.slice(0, start)}${id}${text.slice(end)}`
}

export type FrameKind = 'push' | 'stream' | 'pipe' | 'pull' | 'release' | 'resolve' | 'reject' | 'abort'

const prefixes: readonly (readonly [FrameKind, string])[] = [
  ['push', '["push",['],
  ['pull', '["pull",'],
  ['release', '["release",'],
  ['resolve', '["resolve",'],
  ['reject', '["reject",'],
  ['stream', '["stream",['],
  ['pipe', '["pipe"]'],
  ['abort', '["abort",'],
]

export function kindOf(text: string): FrameKind | undefined {
  for (const [kind, prefix] of prefixes) if (text.startsWith(prefix)) return kind
  return undefined
}

/**
 * A frame as capnweb itself would write it.
 * @throws ProviderError `malformed_frame`
 */
export function canonical(text: string): string {
  const frame = parseFrame(text)
  const written = JSON.stringify(frame)
  if (kindOf(written) === undefined) throw malformed()
  return written
}

export function parseFrame(text: string): readonly [string, ...unknown[]] {
  try {
    const frame = JSON.parse(text)
    if (Array.isArray(frame) && typeof frame[0] === 'string') return frame as unknown as readonly [string, ...unknown[]]
  } catch {
    // Told below, without the text.
  }
  throw malformed()
}

export function malformed() {
  return refuse('malformed_frame', "This is no frame of the Cap'n Web protocol. Use the client library.")
}

/** The same expression with other ids. Arrays and objects are new, leaves are shared. @throws ProviderError `frame_too_deep` */
export function mapIds(expression: Expression, ids: Ids, path: Path = [], depth = 0): Expression {
  if (depth > maxFrameDepth) throw refuse('frame_too_deep', `A frame may be nested ${maxFrameDepth} deep. Send flatter values.`)
  const inside = (value: Expression, ...more: (string | number)[]) => mapIds(value, ids, [...path, ...more], depth + 1)
  if (typeof expression !== 'object' || expression === null) return expression
  if (!Array.isArray(expression)) {
    const mapped: Record<string, Expression> = {}
    for (const [key, value] of Object.entries(expression)) {
      // A field of this name must stay a field: assigned, it would become the prototype.
      const item = inside(value, key)
      if (key === '__proto__')
        Object.defineProperty(mapped, key, { value: item, enumerable: true, configurable: true, writable: true })
      else mapped[key] = item
    }
    return mapped
  }
  // A literal array is wrapped in another one.
  if (expression.length === 1 && Array.isArray(expression[0])) return [expression[0].map((item, index) => inside(item, index))]
  const [kind, id, ...rest] = expression
  // Not an id: capnweb will refuse it, or it is a header that happens to have such a name.
  if (typeof id !== 'number' && kind !== 'error' && kind !== 'request' && kind !== 'response' && kind !== 'blob')
    return expression
  switch (kind) {
    case 'import':
      return ['import', ids.theirs(id), ...rest]
    case 'pipeline': {
      const [names, args] = rest
      return [
        'pipeline',
        ids.theirs(id),
        ...(rest.length > 0 ? [names] : []),
        ...(Array.isArray(args) ? [args.map((item) => inside(item))] : rest.slice(1)),
      ]
    }
    case 'remap': {
      const [names, captures, instructions] = rest
      if (!Array.isArray(captures)) return expression
      const mapped = captures.map((capture) => {
        if (!Array.isArray(capture)) return capture
        return capture[0] === 'import' ? ['import', ids.theirs(capture[1])] : [capture[0], ids.own(capture[1], 'export', [])]
      })
      // Its instructions count their own variables.
      return ['remap', ids.theirs(id), names, mapped, instructions]
    }
    case 'export':
    case 'promise':
    case 'writable':
      return [kind, ids.own(id, kind, path)]
    case 'readable':
      return ['readable', ids.pipe(id)]
    case 'error':
      return expression.map((item, index) => (index < 4 ? item : inside(item)))
    case 'request':
    case 'response':
    case 'blob':
      return expression.map((item, index) => (index === 0 ? item : inside(item)))
    default:
      return expression
  }
}

/** Looks at the ids without changing any. */
export function eachId(
  expression: Expression,
  see: Partial<{ [Name in keyof Ids]: (...args: Parameters<Ids[Name]>) => void }>,
): void {
  mapIds(expression, {
    theirs: (id) => {
      see.theirs?.(id)
      return id
    },
    own: (id, kind, path) => {
      see.own?.(id, kind, path)
      return id
    },
    pipe: (id) => {
      see.pipe?.(id)
      return id
    },
  })
}
