import type { GenerationEvent } from '@do/llm'

interface RawCall {
  readonly index?: unknown
  readonly id?: unknown
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null
  /** Google's seal, in its compatible endpoint. */
  readonly extra_content?: unknown
}

interface Call {
  readonly index: number
  /** The vendor's, as it came. */
  readonly rawId: string
  id: string
  name: string
  arguments: string
  isOpen: boolean
}

/** Tool calls of one answer, numbered from 0 in the order in which they begin, whatever the vendor numbers. */
export interface ToolCalls {
  readonly size: number
  read(raw: unknown): GenerationEvent[]
  /** What is still to be said when the answer ends. @throws Error for a call without a name. */
  end(): GenerationEvent[]
}

/** `answer`: the vendor's id of it, for ids of calls that have none. */
export function toolCalls(answer: () => string, signedBy: string): ToolCalls {
  const calls: Call[] = []
  const current = new Map<unknown, Call>()

  const begin = (rawId: string): Call => {
    const index = calls.length
    const isTaken = rawId === '' || calls.some(({ id }) => id === rawId)
    const call = { index, rawId, id: isTaken ? `call_${answer()}_${index}` : rawId, name: '', arguments: '', isOpen: false }
    calls.push(call)
    return call
  }

  /** Ollama labels every parallel call 0; each comes whole, with an id of its own, or at least a name of its own. */
  const belongs = (call: Call | undefined, rawId: string, name: string): call is Call =>
    call !== undefined && (rawId === '' ? name === '' || !isWhole(call.arguments) : rawId === call.rawId || call.rawId === '')

  const one = (raw: RawCall): GenerationEvent[] => {
    const events: GenerationEvent[] = []
    const rawId = typeof raw.id === 'string' ? raw.id : ''
    const name = typeof raw.function?.name === 'string' ? raw.function.name : ''
    const key = raw.index ?? (rawId === '' ? 'last' : rawId)
    const known = current.get(key)
    const call = belongs(known, rawId, name) ? known : begin(rawId)
    current.set(key, call).set('last', call)
    if (call.name === '') call.name = name
    const given = raw.function?.arguments
    const text = typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given)
    call.arguments += text
    if (call.isOpen) {
      if (text !== '') events.push({ type: 'tool_arguments', index: call.index, text })
    } else if (call.name !== '') {
      call.isOpen = true
      events.push({ type: 'tool_call', index: call.index, id: call.id, name: call.name })
      if (call.arguments !== '') events.push({ type: 'tool_arguments', index: call.index, text: call.arguments })
    }
    if (raw.extra_content !== undefined && raw.extra_content !== null) {
      events.push({ type: 'signature', signature: JSON.stringify(raw.extra_content), signedBy, toolCall: call.index })
    }
    return events
  }

  return {
    get size() {
      return calls.length
    },
    read: (raw) => (Array.isArray(raw) ? raw.flatMap((each: RawCall | null) => (each === null ? [] : one(each))) : []),
    end: () =>
      calls.flatMap((call): GenerationEvent[] => {
        if (!call.isOpen) throw new Error('The answer has a tool call without a name.')
        // Nothing at all is how some say that there are no arguments; it is no JSON.
        return call.arguments === '' ? [{ type: 'tool_arguments', index: call.index, text: '{}' }] : []
      }),
  }
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}
