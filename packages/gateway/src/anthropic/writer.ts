import type { GenerationEvent } from '@do/llm'
import type { Json } from '../body.ts'
import type { AnswerFacts, EventWriter } from '../language.ts'
import { emptyUsage, messageId, messageUsage, stopReasons } from './answer.ts'
import { sealFor } from './seal.ts'

interface WaitingTool {
  readonly id: string
  readonly name: string
  arguments: string
}

const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

/**
 * One block at a time, since clients take the last one that began for the one that ends. Tools whose arguments come interleaved
 * wait for the one before them. See https://docs.claude.com/en/docs/build-with-claude/streaming
 */
export function messageWriter(_: Json, { requestId }: AnswerFacts): EventWriter {
  let index = -1
  let open: 'text' | 'thinking' | number | undefined
  const tools = new Map<number, WaitingTool>()

  const close = () => {
    if (open === undefined) return ''
    open = undefined
    return event('content_block_stop', { index })
  }
  const begin = (kind: NonNullable<typeof open>, content_block: object) => {
    const before = close()
    open = kind
    index += 1
    return before + event('content_block_start', { index, content_block })
  }
  const delta = (fields: object) => event('content_block_delta', { index, delta: fields })
  const text = (piece: string) =>
    (open === 'text' ? '' : begin('text', { type: 'text', text: '' })) + delta({ type: 'text_delta', text: piece })
  const thinking = (piece: string) => {
    const start = open === 'thinking' ? '' : begin('thinking', { type: 'thinking', thinking: '', signature: '' })
    return piece === '' ? start : start + delta({ type: 'thinking_delta', thinking: piece })
  }
  const json = (piece: string) => (piece === '' ? '' : delta({ type: 'input_json_delta', partial_json: piece }))
  const tool = (number: number) => {
    const { id, name, arguments: so } = tools.get(number) as WaitingTool
    return begin(number, { type: 'tool_use', id, name, input: {} }) + json(so)
  }
  /** Tools that wait begin, in their order, while the one before them is whole. */
  const next = (all: boolean): string => {
    let written = ''
    for (;;) {
      const current = typeof open === 'number' ? open : -1
      const waiting = [...tools.keys()].find((number) => number > current)
      if (waiting === undefined) return written
      if (current >= 0 && !all && !isWhole((tools.get(current) as WaitingTool).arguments)) return written
      written += tool(waiting)
    }
  }

  const signed = ({ signature, redacted, signedBy, toolCall }: Extract<GenerationEvent, { type: 'signature' }>) => {
    // A seal on a tool call has no place in this language.
    if (toolCall !== undefined) return ''
    let written = ''
    if (signature !== undefined) {
      written = thinking('') + delta({ type: 'signature_delta', signature: sealFor(signature, signedBy) }) + close()
    }
    if (redacted !== undefined) {
      written += begin('text', { type: 'redacted_thinking', data: sealFor(redacted, signedBy) }) + close()
    }
    return written
  }

  return {
    write(piece) {
      switch (piece.type) {
        case 'start': {
          const id = messageId(piece.id, requestId)
          const message = { id, type: 'message', role: 'assistant', model: piece.model, content: [] }
          return event('message_start', { message: { ...message, stop_reason: null, stop_sequence: null, usage: emptyUsage } })
        }
        case 'text':
        case 'refusal':
          return piece.text === '' ? '' : text(piece.text)
        case 'reasoning':
          return piece.text === '' ? '' : thinking(piece.text)
        case 'signature':
          return signed(piece)
        case 'tool_call':
          tools.set(piece.index, { id: piece.id, name: piece.name, arguments: '' })
          return next(false)
        case 'tool_arguments': {
          const waiting = tools.get(piece.index)
          if (waiting === undefined) return ''
          waiting.arguments += piece.text
          return open === piece.index ? json(piece.text) + (tools.size > 1 ? next(false) : '') : ''
        }
        case 'finish': {
          const usage = piece.usage === undefined ? emptyUsage : messageUsage(piece.usage)
          const stop = { stop_reason: stopReasons[piece.finish], stop_sequence: null }
          return next(true) + close() + event('message_delta', { delta: stop, usage }) + event('message_stop', {})
        }
      }
    },
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
