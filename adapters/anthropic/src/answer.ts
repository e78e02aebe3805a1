import type { Anthropic } from '@anthropic-ai/sdk'
import type { Cost, GenerationEvent, Usage } from '@do/llm'
import { streamError } from './errors.ts'
import type { VendorEvent } from './events.ts'
import { vendor } from './parts.ts'
import { finishOf, usageOf, type VendorUsage } from './usage.ts'

export interface ReaderOptions {
  readonly provider: string
  readonly warnings: readonly string[]
  readonly answerTool: string | undefined
  readonly cost: (model: string, usage: Usage) => Cost | undefined
}

type OpenBlock =
  | { readonly kind: 'thinking'; signature: string }
  | { readonly kind: 'tool' | 'answer'; readonly index: number; readonly whole: string; some: boolean }
  | { readonly kind: 'other' }

/** Reads an answer event by event; a whole message is read as its events would be, so both give the same. */
export function answerReader({ provider, warnings, answerTool, cost }: ReaderOptions) {
  const open = new Map<unknown, OpenBlock>()
  const reports: (VendorUsage | null | undefined)[] = []
  let start: Partial<Anthropic.Message> | undefined
  let ending: Partial<Anthropic.RawMessageDeltaEvent.Delta> | undefined
  let calls = 0

  function* begin(index: unknown, block: Record<string, unknown>): Generator<GenerationEvent> {
    switch (block.type) {
      case 'text':
        if (block.text) yield { type: 'text', text: String(block.text) }
        return
      case 'thinking':
        if (block.thinking) yield { type: 'reasoning', text: String(block.thinking) }
        open.set(index, { kind: 'thinking', signature: String(block.signature ?? '') })
        return
      case 'redacted_thinking':
        yield { type: 'signature', redacted: String(block.data), signedBy: vendor }
        return
      case 'tool_use': {
        const whole = JSON.stringify(block.input ?? {})
        if (block.name === answerTool) {
          open.set(index, { kind: 'answer', index: -1, whole, some: false })
          return
        }
        const call = calls++
        open.set(index, { kind: 'tool', index: call, whole, some: false })
        yield { type: 'tool_call', index: call, id: String(block.id ?? `${start?.id}-${call}`), name: String(block.name) }
        return
      }
      default:
        open.set(index, { kind: 'other' })
    }
  }

  function* more(index: unknown, delta: Record<string, unknown>): Generator<GenerationEvent> {
    const block = open.get(index)
    if (delta.type === 'text_delta') yield { type: 'text', text: String(delta.text ?? '') }
    else if (delta.type === 'thinking_delta') yield { type: 'reasoning', text: String(delta.thinking ?? '') }
    else if (delta.type === 'signature_delta' && block?.kind === 'thinking') block.signature += String(delta.signature ?? '')
    else if (delta.type === 'input_json_delta' && (block?.kind === 'tool' || block?.kind === 'answer')) {
      const text = String(delta.partial_json ?? '')
      if (text === '') return
      block.some = true
      yield piece(block, text)
    }
  }

  function* close(index: unknown): Generator<GenerationEvent> {
    const block = open.get(index)
    open.delete(index)
    if (block?.kind === 'thinking' && block.signature !== '')
      yield { type: 'signature', signature: block.signature, signedBy: vendor }
    // No arguments at all come as no deltas at all.
    else if ((block?.kind === 'tool' || block?.kind === 'answer') && !block.some) yield piece(block, block.whole)
  }

  const piece = (block: OpenBlock & { index: number }, text: string): GenerationEvent =>
    block.kind === 'answer' ? { type: 'text', text } : { type: 'tool_arguments', index: block.index, text }

  function* end(): Generator<GenerationEvent> {
    const { stop_reason: reason, stop_details: details } = ending ?? {}
    const finish = answerTool !== undefined && reason === 'tool_use' ? 'stop' : finishOf(reason, details)
    if (finish === 'refusal' && details?.explanation) yield { type: 'refusal', text: details.explanation }
    const usage = usageOf(reports)
    const price = usage === undefined ? undefined : cost(start?.model ?? '', usage)
    yield {
      type: 'finish',
      finish,
      ...(typeof reason === 'string' ? { rawFinish: reason } : {}),
      ...(usage === undefined ? {} : { usage }),
      ...(price === undefined ? {} : { cost: price }),
      ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
    }
  }

  return {
    /** Nothing more comes. Who said why it ended, and closed all it had begun, has ended: servers in between may lose the end mark. */
    *over(): Generator<GenerationEvent> {
      if (typeof ending?.stop_reason === 'string' && open.size === 0) yield* end()
    },

    *read(event: VendorEvent): Generator<GenerationEvent> {
      switch (event.type) {
        case 'message_start': {
          start = event.message as Partial<Anthropic.Message>
          reports.push(start.usage)
          yield { type: 'start', id: String(start.id), provider, model: String(start.model) }
          return
        }
        case 'content_block_start':
          return yield* begin(event.index, event.content_block as Record<string, unknown>)
        case 'content_block_delta':
          return yield* more(event.index, event.delta as Record<string, unknown>)
        case 'content_block_stop':
          return yield* close(event.index)
        case 'message_delta':
          ending = event.delta as typeof ending
          reports.push(event.usage as VendorUsage)
          return
        case 'message_stop':
          return yield* end()
        case 'error':
          throw streamError(event.error)
        case 'ping':
          // While it thinks unseen nothing else comes for minutes: the vendor has not fallen silent.
          if ([...open.values()].some(({ kind }) => kind === 'thinking')) yield { type: 'reasoning', text: '' }
        // Whatever is yet to be invented says nothing: https://platform.claude.com/docs/en/build-with-claude/streaming
      }
    },
  }
}

/** A whole message as the events that would have brought it. @throws Error where it is none. */
export function* eventsOfMessage(message: Anthropic.Message): Generator<VendorEvent> {
  if (message?.type !== 'message' || !Array.isArray(message.content)) throw new Error('The answer is no message.')
  yield { type: 'message_start', message }
  for (const [index, content_block] of message.content.entries()) {
    yield { type: 'content_block_start', index, content_block }
    yield { type: 'content_block_stop', index }
  }
  yield { type: 'message_delta', delta: message, usage: message.usage }
  yield { type: 'message_stop' }
}
