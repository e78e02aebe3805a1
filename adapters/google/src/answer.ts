import type { FinishReason, GenerationEvent, PriceTable, Usage } from '@do/llm'
import { VendorRefusal } from '@do/provider'
import type { GenerateContentResponse, Part } from '@google/genai/web'
import { madeUp } from './contents.ts'
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

export interface Facts {
  readonly provider: string
  readonly model: string
  readonly prices: PriceTable | undefined
  readonly warnings: readonly string[]
}

export interface Reader {
  /** @throws VendorRefusal where the prompt was blocked. */
  read(chunk: GenerateContentResponse): readonly GenerationEvent[]
  /** Once no more comes: the last event, or nothing where Google never said that it was done. */
  finish(): GenerationEvent | undefined
}

/** Reads an answer, whole or in chunks, into the same events. Only the first candidate counts: no more are asked for. */
export function readerOf({ provider, model, prices, warnings }: Facts): Reader {
  let started = false
  let id = ''
  let served = model
  let reason: string | undefined
  let usage: Usage | undefined
  let calls = 0
  let dropped = false
  const ids = new Set<string>()

  const callId = (given: string | undefined): string => {
    const own = given !== undefined && given !== '' && !ids.has(given) ? given : `${madeUp}${id.slice(0, 26)}-${calls}`
    ids.add(own)
    return own
  }

  const eventsOf = (part: Part): GenerationEvent[] => {
    const { functionCall, thoughtSignature: signature } = part
    const signedBy = 'google'
    if (functionCall !== undefined) {
      const index = calls
      const events: GenerationEvent[] = [
        { type: 'tool_call', index, id: callId(functionCall.id), name: functionCall.name ?? '' },
        { type: 'tool_arguments', index, text: JSON.stringify(functionCall.args ?? {}) },
      ]
      if (signature !== undefined) events.push({ type: 'signature', signature, signedBy, toolCall: index })
      calls += 1
      return events
    }
    const text = part.text === undefined ? undefined : String(part.text)
    if (part.thought === true) {
      const events: GenerationEvent[] = [{ type: 'reasoning', text: text ?? '' }]
      return signature === undefined ? events : [...events, { type: 'signature', signature, signedBy }]
    }
    if (text === undefined && signature === undefined) {
      dropped = true
      return []
    }
    // A seal on text goes before it, so that it can be put back on it.
    const seal: GenerationEvent[] = signature === undefined ? [] : [{ type: 'signature', redacted: signature, signedBy }]
    return text === undefined || text === '' ? seal : [...seal, { type: 'text', text }]
  }

  return {
    read(chunk) {
      id ||= chunk.responseId ?? ''
      served = chunk.modelVersion ?? served
      usage = usageOf(chunk.usageMetadata) ?? usage
      const [candidate] = chunk.candidates ?? []
      const blocked = chunk.promptFeedback?.blockReason
      if (candidate === undefined && blocked !== undefined) throw new VendorRefusal(`blocked:${blocked}`)
      reason = candidate?.finishReason ?? reason
      const events = (candidate?.content?.parts ?? []).flatMap(eventsOf)
      if (started) return events
      started = true
      // Some answers say nothing of themselves; ids of calls must be unique all the same.
      id ||= crypto.randomUUID()
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
        ...counted(prices, served, usage),
        ...(all.length === 0 ? {} : { warnings: [...all] }),
      }
    },
  }
}
