import type { FinishReason, GenerationEvent, PriceTable, Usage } from '@do/llm'
import type { Part } from '@google/genai/web'
import { madeUp } from './contents.ts'
import { refusalOf } from './errors.ts'
import type { Answer } from './sse.ts'
import { counted, usageOf } from './usage.ts'

/** https://ai.google.dev/api/generate-content#FinishReason What is not here is `other`. */
const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
}

/** Models now and then put the namespace that Google keeps functions in before the name. */
function nameOf(name = ''): string {
  const own = name.replace(/^default_api[.:]/, '')
  if (/^[\w-]{1,64}$/.test(own)) return own
  throw new Error('The model calls a function by a name that none can have.')
}

export interface Facts {
  readonly provider: string
  readonly model: string
  readonly prices: PriceTable
  readonly warnings: readonly string[]
}

export interface Reader {
  /** @throws VendorRefusal where the prompt was blocked. */
  read(chunk: Answer): readonly GenerationEvent[]
  /** Once no more comes: the last event, or nothing where Google never said that it was done. */
  finish(): GenerationEvent | undefined
}

/** Reads an answer, whole or in chunks, into the same events. Only the first candidate counts: no more are asked for. */
export function readerOf({ provider, model, prices, warnings }: Facts): Reader {
  let started = false
  let id = ''
  /** Some answers say nothing of themselves; the ids of their calls must differ from those of others all the same. */
  let unique: string | undefined
  let served = model
  let reason: string | undefined
  let usage: Usage | undefined
  let calls = 0
  let dropped = false
  /** The last that came was text. */
  let saysText = false
  const ids = new Set<string>()

  const callId = (given: string | undefined): string => {
    unique ??= id === '' ? crypto.randomUUID() : id
    const own = given !== undefined && given !== '' && !ids.has(given) ? given : `${madeUp}${unique.slice(0, 26)}-${calls}`
    ids.add(own)
    return own
  }

  const eventsOf = (part: Part): GenerationEvent[] => {
    const { functionCall, thoughtSignature: signature } = part
    const signedBy = 'google'
    if (functionCall !== undefined) {
      const index = calls
      const events: GenerationEvent[] = [
        { type: 'tool_call', index, id: callId(functionCall.id), name: nameOf(functionCall.name) },
        { type: 'tool_arguments', index, text: JSON.stringify(functionCall.args ?? {}) },
      ]
      if (signature !== undefined) events.push({ type: 'signature', signature, signedBy, toolCall: index })
      calls += 1
      saysText = false
      return events
    }
    const text = part.text === undefined ? undefined : String(part.text)
    if (part.thought === true) {
      saysText = false
      const events: GenerationEvent[] = [{ type: 'reasoning', text: text ?? '' }]
      return signature === undefined ? events : [...events, { type: 'signature', signature, signedBy }]
    }
    if (text === undefined && signature === undefined) {
      dropped = true
      return []
    }
    const said: GenerationEvent[] = text === undefined || text === '' ? [] : [{ type: 'text', text }]
    saysText ||= said.length > 0
    if (signature === undefined) return said
    // The seal of a text stands behind it as thoughts that nobody may see. One in a part of its own is told apart by its place.
    const isOnText = said.length > 0 || !saysText
    return [...said, { type: 'signature', ...(isOnText ? { redacted: signature } : { signature }), signedBy }]
  }

  return {
    read(chunk) {
      id ||= chunk.responseId ?? ''
      served = chunk.modelVersion ?? served
      usage = usageOf(chunk.usageMetadata) ?? usage
      const [candidate] = chunk.candidates ?? []
      const blocked = chunk.promptFeedback?.blockReason
      if (candidate === undefined && blocked !== undefined) throw refusalOf('blocked', blocked)
      reason = candidate?.finishReason ?? reason
      const events = (candidate?.content?.parts ?? []).flatMap(eventsOf)
      if (started) return events
      started = true
      return [{ type: 'start', id, provider, model: served }, ...events]
    },
    finish() {
      if (reason === undefined) return undefined
      const known = Object.hasOwn(reasons, reason) ? (reasons[reason] as FinishReason) : 'other'
      const all = dropped ? [...warnings, 'part_dropped'] : warnings
      return {
        type: 'finish',
        finish: known === 'stop' && calls > 0 ? 'tool_calls' : known,
        rawFinish: reason,
        ...counted(prices, { asked: model, served }, usage),
        ...(all.length === 0 ? {} : { warnings: [...all] }),
      }
    },
  }
}
