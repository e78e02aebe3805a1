import type { FinishReason, GenerationEvent, Usage } from '@do/llm'
import { VendorRefusal } from '@do/provider'
import { errors, vendorCodeIn } from './errors.ts'
import { toolCalls, type VendorCall } from './tool-calls.ts'
import { usageOf, type VendorUsage } from './usage.ts'

/** An answer, or a piece of one, in either of the two shapes. The same reader takes both, so that a stream ends like a whole answer. */
export interface VendorPiece {
  readonly id?: string | null
  /** Native: text, a number where the token is one, the parsed object in JSON mode. */
  readonly response?: unknown
  readonly tool_calls?: readonly VendorCall[] | null
  readonly finish_reason?: string | null
  readonly choices?: readonly VendorChoice[] | null
  readonly usage?: VendorUsage | null
  readonly error?: unknown
  readonly errors?: unknown
  readonly success?: unknown
}

interface VendorChoice {
  readonly index?: number
  readonly delta?: VendorMessage | null
  readonly message?: VendorMessage | null
  readonly finish_reason?: string | null
}

interface VendorMessage {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly refusal?: unknown
  readonly tool_calls?: readonly VendorCall[] | null
}

export interface Reader {
  read(piece: VendorPiece): readonly GenerationEvent[]
  /** Is the answer whole? `done`: the end mark has come. It alone is enough only for the older models, which give no reason. */
  isWhole(done: boolean): boolean
  /** What ends the answer. */
  end(): {
    readonly events: readonly GenerationEvent[]
    readonly finish: FinishReason
    readonly rawFinish?: string
    readonly usage?: Usage
  }
}

/** @param id the answer's, which made-up ids of calls derive from. */
export function reader(id: string, maxTokens: number | undefined): Reader {
  const calls = toolCalls(id)
  let rawFinish: string | undefined
  let usage: Usage | undefined
  let refused = false
  let isNative = true

  return {
    read(piece) {
      throwIfRefused(piece)
      usage = usageOf(piece.usage) ?? usage
      if (piece.choices) isNative = false
      const choice = piece.choices?.find(({ index = 0 }) => index === 0)
      rawFinish = choice?.finish_reason ?? piece.finish_reason ?? rawFinish
      const message = choice?.delta ?? choice?.message ?? {}
      const thought = textOf(message.reasoning_content ?? message.reasoning)
      const text = textOf(message.content) + textOf(piece.response)
      const refusal = textOf(message.refusal)
      if (refusal !== '') refused = true
      return [
        ...(thought === '' ? [] : [{ type: 'reasoning' as const, text: thought }]),
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...(refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
        ...calls.read([...(message.tool_calls ?? []), ...(piece.tool_calls ?? [])]),
      ]
    },
    isWhole: (done) => rawFinish !== undefined || (done && isNative),
    end() {
      const isLong = maxTokens !== undefined && usage !== undefined && usage.output >= maxTokens
      const events = calls.end()
      const finish = finishOf(rawFinish, { isLong, refused, calls: calls.count > 0 })
      return { events, finish, ...(rawFinish === undefined ? {} : { rawFinish }), ...(usage === undefined ? {} : { usage }) }
    },
  }
}

/** A refusal inside an answer that says success: of the envelope, or an event of the stream. */
export function throwIfRefused(piece: VendorPiece): void {
  const hasErrors = Array.isArray(piece.errors) && piece.errors.length > 0
  if (!piece.error && !hasErrors && piece.success !== false) return
  const code = vendorCodeIn(piece)
  throw new VendorRefusal(code !== undefined && Object.hasOwn(errors, code) ? code : 'unnamed')
}

/** Tokens that are numbers come as numbers, answers in JSON mode as objects. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) && value.every((part) => typeof part?.text === 'string')) return value.map(({ text }) => text).join('')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
}

/** The older models give no reason: it follows from what they answered, and from whether they used up what they may. */
export function finishOf(raw: string | undefined, seen: { isLong: boolean; refused: boolean; calls: boolean }): FinishReason {
  const told =
    raw === undefined ? (seen.isLong ? 'length' : 'stop') : Object.hasOwn(reasons, raw) ? (reasons[raw] as FinishReason) : 'other'
  if (told !== 'stop') return told
  if (seen.calls) return 'tool_calls'
  return seen.refused ? 'refusal' : 'stop'
}
