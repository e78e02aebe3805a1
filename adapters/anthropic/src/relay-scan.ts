import type { Anthropic } from '@anthropic-ai/sdk'
import { type AnswerBody, type Cost, type RelayEvent, type Usage, wholeEvents } from '@do/llm'
import { streamError } from './errors.ts'
import { eventsIn, type VendorEvent } from './events.ts'
import { finishOf, usageOf, type VendorUsage } from './usage.ts'

type CostOf = (model: string, usage: Usage) => Cost | undefined

/** A line that begins an event of one of these types, named or not. Text of the model never looks like one: JSON escapes its line ends. */
const lineOf = (types: string) => new RegExp(`(?:^|[\\r\\n])(?:event: ?(?:${types})[\\r\\n]|data: ?{"type": ?"(?:${types})")`)

/** What must be read even when nothing else is. */
const telling = lineOf('message_start|message_delta|message_stop|error')
const failing = lineOf('error')

interface Seen {
  model: string
  reports: (VendorUsage | null | undefined)[]
  reason?: string | null | undefined
  details?: { readonly category?: unknown } | null | undefined
}

/**
 * Passes a stream on in the vendor's bytes. Until there is output every event is read; after that only those that count or end,
 * which a scan finds.
 */
export async function* relayed(body: AnswerBody, cost: CostOf): AsyncGenerator<RelayEvent> {
  const decoder = new TextDecoder()
  const seen: Seen = { model: '', reports: [] }
  let output = false
  for await (const chunk of wholeEvents(body)) {
    const text = decoder.decode(chunk)
    // Cut off in the middle of an event: the rest of it will not come, and what follows must not become part of it.
    if (!isWhole.test(text)) break
    let ended = false
    if (!output || telling.test(text)) {
      for (const event of eventsIn(text)) {
        if (event.type === 'error') {
          yield* before(text, output)
          throw streamError(event.error)
        }
        note(event, seen)
        output ||= isOutput(event)
        ended ||= event.type === 'message_stop'
      }
    }
    yield { type: 'bytes', data: chunk as Uint8Array<ArrayBuffer>, output }
    if (ended) {
      body.settle()
      yield finished(seen, cost)
      return
    }
    // The first output goes out at once.
    if (output) body.gather()
  }
  // It said why it ended, and only the end mark got lost on the way: its client needs one.
  if (typeof seen.reason !== 'string') return
  yield { type: 'bytes', data: endMark, output }
  yield finished(seen, cost)
}

/** It ends with a blank line. */
const isWhole = /(?:\n\r?\n|\r\r)$/

const endMark = new TextEncoder().encode('event: message_stop\ndata: {"type":"message_stop"}\n\n')

/** What came in one chunk with the error, but before it. */
function* before(text: string, output: boolean): Generator<RelayEvent> {
  const at = failing.exec(text)?.index ?? 0
  if (at > 0) yield { type: 'bytes', data: new TextEncoder().encode(text.slice(0, at + 1)), output }
}

/** An answer that comes at once. */
export async function* relayedWhole(body: AsyncIterable<Uint8Array>, cost: CostOf): AsyncGenerator<RelayEvent> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const data = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    data.set(chunk, at)
    at += chunk.length
  }
  const message = JSON.parse(new TextDecoder().decode(data)) as Partial<Anthropic.Message> | null
  if (message?.type !== 'message') throw new Error('The answer is no message.')
  yield { type: 'bytes', data, output: true }
  const { stop_reason: reason, stop_details: details } = message
  yield finished({ model: String(message.model), reports: [message.usage], reason, details }, cost)
}

function note(event: VendorEvent, seen: Seen): void {
  if (event.type === 'message_start') {
    const message = event.message as Partial<Anthropic.Message> | undefined
    seen.model = String(message?.model)
    seen.reports.push(message?.usage)
  } else if (event.type === 'message_delta') {
    const delta = event.delta as Partial<Anthropic.RawMessageDeltaEvent.Delta> | undefined
    seen.reason = delta?.stop_reason
    seen.details = delta?.stop_details
    seen.reports.push(event.usage as VendorUsage)
  }
}

/** A delta that says something: neither a seal nor an empty one. */
function isOutput({ type, delta }: VendorEvent): boolean {
  if (type !== 'content_block_delta') return false
  const { text, thinking, partial_json } = (delta ?? {}) as Record<string, unknown>
  return Boolean(text || thinking || partial_json)
}

function finished({ model, reports, reason, details }: Seen, cost: CostOf): RelayEvent {
  const usage = usageOf(reports)
  const price = usage === undefined ? undefined : cost(model, usage)
  return {
    type: 'finish',
    finish: finishOf(reason, details),
    ...(usage === undefined ? {} : { usage }),
    ...(price === undefined ? {} : { cost: price }),
  }
}
