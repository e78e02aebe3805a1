import type { GenerationEvent } from '@do/llm'
import { type AnswerReader, answerReader, type Delta } from './answer.ts'
import { inBand } from './errors.ts'
import type { Dialect } from './options.ts'

/** A thing among the output. What all servers that speak this language may send; nothing of it is sure to be there. */
interface Item {
  readonly type?: unknown
  readonly call_id?: unknown
  readonly name?: unknown
  readonly arguments?: unknown
  readonly content?: unknown
  readonly summary?: unknown
  readonly encrypted_content?: unknown
}

interface Response {
  readonly id?: unknown
  readonly model?: unknown
  readonly status?: unknown
  readonly error?: unknown
  readonly incomplete_details?: { readonly reason?: unknown } | null
  readonly output?: unknown
  readonly usage?: unknown
}

/** https://developers.openai.com/api/reference/resources/responses/streaming-events */
interface Event {
  readonly type?: unknown
  readonly response?: Response | null
  readonly output_index?: unknown
  readonly summary_index?: unknown
  readonly item?: Item | null
  readonly delta?: unknown
}

const deltas: Readonly<Record<string, keyof Delta>> = {
  output_text: 'content',
  refusal: 'refusal',
  reasoning_summary_text: 'reasoning',
  // Of servers with open models, which show the thoughts themselves.
  reasoning_text: 'reasoning',
}

/**
 * Reads an answer of Responses, whole or event by event, as if it came in chat completions: each event says what a chunk there would
 * say. What the pieces of an item have told, its end does not tell again.
 */
export function responseReader(
  dialect: Dialect,
  asked: { readonly model: string; readonly warnings: readonly string[] },
): AnswerReader {
  const reader = answerReader(dialect, asked)
  /** Items of which something is out, by their place. */
  const begun = new Set<unknown>()
  let hasStarted = false
  let isOver = false

  const say = (delta: Delta): GenerationEvent[] => reader.read({ choices: [{ delta }] })

  const call = (index: unknown, text: unknown, { call_id: id, name }: Item = {}) => {
    if (text) begun.add(index)
    return say({ tool_calls: [{ index, id, function: { name, arguments: text } }] })
  }

  /** All of an item that is not out yet. */
  const rest = (item: Item, at: unknown): GenerationEvent[] => {
    const isNew = !begun.has(at)
    begun.add(at)
    const shown = (given: unknown) =>
      partsOf(given)
        .map(({ text }) => text)
        .join('\n\n')
    switch (item.type) {
      case 'function_call':
        return isNew ? call(at, item.arguments, item) : []
      case 'message':
        return isNew ? partsOf(item.content).flatMap(({ text, refusal }) => say({ content: text, refusal })) : []
      case 'reasoning':
        return say({ reasoning: isNew ? shown(item.summary) || shown(item.content) : '', seal: item.encrypted_content })
      default:
        return []
    }
  }

  const finish = ({ status, error, incomplete_details: cut, output, usage }: Response): GenerationEvent[] => {
    if (error || (status !== 'completed' && status !== 'incomplete')) throw inBand(error ?? { code: 'server_error' })
    isOver = true
    // In an answer that comes at once all of it is here.
    const all = begun.size > 0 ? [] : partsOf(output).flatMap(rest)
    return [...all, ...reader.read({ choices: [{ finish_reason: cut?.reason ?? status }], usage })]
  }

  const tell = ({ type, response, output_index: at, summary_index: part, item, delta }: Event): GenerationEvent[] => {
    const [, kind = '', step] = /^response\.(\w+)\.?(\w*)$/.exec(String(type)) ?? []
    if (step === 'delta') {
      if (kind === 'function_call_arguments') return call(at, delta)
      if (!Object.hasOwn(deltas, kind)) return []
      begun.add(at)
      return say({ [deltas[kind] as string]: delta })
    }
    switch (kind) {
      case 'output_item':
        if (step === 'done') return rest(item ?? {}, at)
        return item?.type === 'function_call' ? call(at, item.arguments, item) : []
      case 'reasoning_summary_part':
        return step === 'added' && part ? say({ reasoning: '\n\n' }) : []
      case 'completed':
      case 'incomplete':
      case 'failed':
        return finish(response ?? {})
      default:
        return []
    }
  }

  return {
    get isOver() {
      return isOver
    },
    read(chunk) {
      const event: Event = 'object' in chunk ? { type: 'response.completed', response: chunk } : chunk
      if (isOver) return []
      if (hasStarted) return tell(event)
      hasStarted = true
      const { id, model } = event.response ?? {}
      return [...reader.read({ id, model, choices: [{}] }), ...tell(event)]
    },
    end: () => reader.end(),
  }
}

/** A list of objects, or none. */
const partsOf = (given: unknown): readonly (Item & { readonly text?: unknown; readonly refusal?: unknown })[] =>
  Array.isArray(given) ? given.filter((part) => typeof part === 'object' && part !== null) : []
