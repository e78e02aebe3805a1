// The transport tells the facade how a call came by one more argument: it stays with the call however late it is delivered.
// It begins with a secret of the server's session, so that nobody else can say such a thing.
import { callHead, parseFrame } from './wire.ts'

export interface Mark {
  /** A capability is made again. */
  readonly replaying: boolean
  /** The client sends the call a second time. */
  readonly repeated: boolean
  /** The client's number of the call; undefined where answers are not kept. */
  readonly call: string | undefined
  /** One of many made by one frame: they cannot be told apart. */
  readonly mapped: boolean
}

export const plain: Mark = { replaying: false, repeated: false, call: undefined, mapped: false }
export const replay: Mark = { ...plain, replaying: true }

const argumentsStart = /^\["push",\["pipeline",-?\d+,\[(?:(?:"[^"\\\]]*"|\d+)(?:,(?:"[^"\\\]]*"|\d+))*)?\],\[/

/** A call's frame with the mark behind its last argument; other frames as they are. */
export function withMark(frame: string, secret: string, { replaying, repeated, call }: Mark): string {
  const kind = replaying ? 'r' : repeated ? 'p' : 'c'
  const start = argumentsStart.exec(frame)?.[0].length
  const mark = `"${secret}${kind}${call ?? ''}"`
  if (start !== undefined && frame.endsWith(']]]')) {
    return `${frame.slice(0, -3)}${frame[start] === ']' ? '' : ','}${mark}]]]`
  }
  // A property, not a call: nothing is to be told.
  if (callHead(frame) !== undefined && !frame.includes('],[')) return frame
  const [, expression] = parseFrame(frame)
  return JSON.stringify(['push', marked(expression, secret, kind, call ?? '')])
}

function marked(expression: unknown, secret: string, kind: string, call: string): unknown {
  if (!Array.isArray(expression)) return expression
  const [what, id, path, more, instructions] = expression
  if (what === 'pipeline' && Array.isArray(more)) return [what, id, path, [...more, secret + kind + call]]
  if (what !== 'remap' || !Array.isArray(instructions)) return expression
  const inside = kind === 'r' ? 'r' : kind === 'p' ? 'n' : 'm'
  return [what, id, path, more, instructions.map((instruction) => marked(instruction, secret, inside, call))]
}

/** Takes the mark off the arguments of a call. */
export function takeMark(given: readonly unknown[], secret: string): { readonly args: readonly unknown[]; readonly mark: Mark } {
  const last = given.at(-1)
  if (typeof last !== 'string' || !last.startsWith(secret)) return { args: given, mark: plain }
  const kind = last[secret.length]
  const mark =
    kind === 'r'
      ? replay
      : {
          replaying: false,
          repeated: kind === 'p' || kind === 'n',
          call: last.slice(secret.length + 1),
          mapped: kind === 'm' || kind === 'n',
        }
  return { args: given.slice(0, -1), mark }
}
