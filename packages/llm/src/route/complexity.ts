import { estimateRequest } from '../estimate.ts'
import type { GenerateRequest } from '../generation.ts'
import type { Message } from '../messages.ts'
import { isObject } from '../schema-problem.ts'

export type Complexity = 'simple' | 'ordinary' | 'hard'

export interface Classified {
  readonly complexity: Complexity
  /** What spoke for it, with its points: `long +1`. */
  readonly signals: readonly string[]
}

/** Says how hard a request is, from itself alone: the same request is always as hard. */
export type Classifier = (request: GenerateRequest) => Classified

/**
 * Points for what is in the request: its length (1 above 2,000 tokens, 2 above 20,000), code (1), tools (1, from six on 2), a large
 * schema (1), files or pictures (1), a long conversation (1 above eight messages of the user), words that ask to reason (2), and
 * `thinking` (2 for low and medium). Up to 1 it is simple, from 4 on hard; `thinking: 'high'` is always hard. The words are English:
 * for other languages, or a better judge, give the router a classifier of your own.
 */
export const classify: Classifier = (request) => {
  const signals: string[] = []
  let points = 0
  const add = (name: string, value: number) => {
    if (value === 0) return
    points += value
    signals.push(`${name} +${value}`)
  }
  const said = lastSaid(request.messages)
  const tokens = estimateRequest(request)
  add('long', tokens > 20_000 ? 2 : tokens > 2_000 ? 1 : 0)
  add('code', code.test(said) ? 1 : 0)
  const tools = request.tools?.length ?? 0
  add('tools', tools > 5 ? 2 : tools > 0 ? 1 : 0)
  add('schema', isObject(request.output) && propertiesOf(request.output.schema) > 10 ? 1 : 0)
  add('media', hasMedia(request.messages) ? 1 : 0)
  add('turns', request.messages.filter(({ role }) => role === 'user').length > 8 ? 1 : 0)
  add('reasoning', reasoning.test(said) ? 2 : 0)
  if (request.thinking === 'high') return { complexity: 'hard', signals: [...signals, 'thinking high'] }
  add('thinking', request.thinking === 'low' || request.thinking === 'medium' ? 2 : 0)
  return { complexity: points <= 1 ? 'simple' : points < 4 ? 'ordinary' : 'hard', signals }
}

const code = /```|\b(?:function|class|const|def|import|SELECT|CREATE TABLE)\b[^.?!]{0,80}[({;=]|\bstack ?trace\b/

const reasoning =
  /\b(?:prove|proof|derive|step[- ]by[- ]step|analy[sz]e|compare|trade-?offs?|debug|refactor|optimi[sz]e|architect(?:ure)?|strateg(?:y|ies)|plan|evaluate|calculate|reason|why (?:does|do|is|are|did))\b/i

/** Of long texts only the ends: what is asked stands there, and the words of a pasted document say nothing of it. */
function lastSaid(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user')
  if (last === undefined) return ''
  const text =
    typeof last.content === 'string'
      ? last.content
      : last.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  return text.length <= 4_000 ? text : `${text.slice(0, 2_000)}\n${text.slice(-2_000)}`
}

const hasMedia = (messages: readonly Message[]) =>
  messages.some(
    ({ content }) => typeof content !== 'string' && content.some(({ type }) => ['image', 'file', 'audio'].includes(type)),
  )

function propertiesOf(schema: unknown, depth = 0): number {
  if (depth > 8 || typeof schema !== 'object' || schema === null) return 0
  const own = 'properties' in schema && isObject(schema.properties) ? Object.keys(schema.properties).length : 0
  let below = 0
  for (const child of Object.values(schema)) below += propertiesOf(child, depth + 1)
  return own + below
}
