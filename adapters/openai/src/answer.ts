import type { FinishReason, GenerationEvent } from '@do/llm'
import { inBand } from './errors.ts'
import type { Dialect } from './options.ts'
import { detailed, seals, textIn } from './thoughts.ts'
import { toolCalls } from './tool-calls.ts'
import { counted, usageOf } from './usage.ts'

export interface Delta {
  readonly content?: unknown
  readonly refusal?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly reasoning_details?: unknown
  readonly tool_calls?: unknown
  /** Of Responses: ends the thoughts so far. */
  readonly seal?: unknown
}

/** What all servers that speak this language may send; nothing of it is sure to be there. */
interface Chunk {
  readonly id?: unknown
  readonly model?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  /** Groq's place for usage in streams. */
  readonly x_groq?: { readonly usage?: unknown } | null
}

interface Choice {
  readonly index?: unknown
  readonly delta?: Delta | null
  readonly message?: Delta | null
  readonly finish_reason?: unknown
  readonly error?: unknown
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  // Together's word.
  eos: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  // Of Responses.
  completed: 'stop',
  max_output_tokens: 'length',
}

export const finishOf = (raw: string): FinishReason =>
  Object.hasOwn(finishReasons, raw) ? (finishReasons[raw] as FinishReason) : 'other'

/** Reads one answer, whole or chunk by chunk: the same words come to the same events either way. */
export interface AnswerReader {
  /** The end of the answer has been read, whatever else may come. */
  readonly isOver?: boolean
  /** @throws VendorRefusal for an error within the answer. */
  read(chunk: object): GenerationEvent[]
  /**
   * What is left to say; with `finish` as the last, if the vendor has said why it ended. `whole`: it came in one piece, so it is
   * whole even without a word on that.
   */
  end(options?: { readonly whole?: boolean }): GenerationEvent[]
}

export function answerReader(
  dialect: Dialect,
  asked: { readonly model: string; readonly warnings: readonly string[] },
): AnswerReader {
  let id = ''
  let model = asked.model
  let started = false
  let usage: unknown
  let rawFinish: string | undefined
  let refused = false
  const sealed = seals()
  const calls = toolCalls(() => id, dialect.vendor)

  const seal = (): GenerationEvent[] => {
    const signature = sealed.take()
    return signature === undefined ? [] : [{ type: 'signature', signature, signedBy: dialect.vendor }]
  }

  const said = (delta: Delta): GenerationEvent[] => {
    const events: GenerationEvent[] = []
    const { text, thoughts } = textIn(delta.content)
    // Some say the same under several names.
    const named = textIn(delta.reasoning_content).text || textIn(delta.reasoning).text || detailed(delta.reasoning_details)
    const thought = named + thoughts
    const refusal = textIn(delta.refusal).text
    sealed.add(delta.reasoning_details)
    if (thought !== '') events.push({ type: 'reasoning', text: thought })
    if (delta.seal) events.push({ type: 'signature', signature: String(delta.seal), signedBy: dialect.vendor })
    const called = calls.read(delta.tool_calls)
    if (text !== '' || refusal !== '' || called.length > 0) events.push(...seal())
    if (text !== '') events.push({ type: 'text', text })
    if (refusal !== '') {
      refused = true
      events.push({ type: 'refusal', text: refusal })
    }
    events.push(...called)
    return events
  }

  const finish = (raw: string | undefined): FinishReason => {
    if (raw === undefined) return calls.size > 0 ? 'tool_calls' : 'other'
    const reason = finishOf(raw)
    // A call of a named tool ends with `stop`, and so does the model's own refusal.
    if (reason !== 'stop') return reason
    return calls.size > 0 ? 'tool_calls' : refused ? 'refusal' : 'stop'
  }

  return {
    read(chunk) {
      const { id: itsId, model: itsModel, choices, usage: itsUsage, x_groq } = chunk as Chunk
      usage = itsUsage ?? x_groq?.usage ?? usage
      const choice = (Array.isArray(choices) ? choices : []).find(isFirst)
      if (choice === undefined) return []
      if (choice.error !== undefined && choice.error !== null) throw inBand(choice.error)
      const events: GenerationEvent[] = []
      if (!started) {
        started = true
        if (typeof itsId === 'string') id = itsId
        if (typeof itsModel === 'string' && itsModel !== '') model = itsModel
        events.push({ type: 'start', id, provider: dialect.provider, model })
      }
      events.push(...said(choice.delta ?? choice.message ?? {}))
      if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') rawFinish = choice.finish_reason
      // OpenRouter's word for an answer that broke off at whoever gave it.
      if (rawFinish === 'error') throw inBand({ code: 'server_error' })
      return events
    },
    end({ whole = false } = {}) {
      if (rawFinish === undefined && !(whole && started)) return []
      const { warnings } = asked
      return [
        ...seal(),
        ...calls.end(),
        {
          type: 'finish',
          finish: finish(rawFinish),
          ...(rawFinish === undefined ? {} : { rawFinish }),
          ...counted(dialect, [model, asked.model], usageOf(usage)),
          ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
        },
      ]
    },
  }
}

const isFirst = (choice: Choice | null): choice is Choice => choice !== null && (choice.index ?? 0) === 0
