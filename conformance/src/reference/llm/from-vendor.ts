import {
  type AssistantPart,
  type Cost,
  costOf,
  type Generation,
  type GenerationEvent,
  generationOf,
  type PriceTable,
  type Usage,
} from '@do/llm'
import { VendorRefusal } from '@do/provider'
import { dataOf } from './sse.ts'
import { endMark, type VendorAnswer, type VendorCounts, type VendorEvent, type VendorPart } from './wire.ts'
import { finishes } from './words.ts'

/** Who answers, and what it costs there. */
export interface From {
  readonly provider: string
  readonly prices: PriceTable
  readonly warnings: readonly string[]
}

/** The vendor's prompt contains what came from the cache and what went into it. */
export function usageOf({ prompt, cached, stored, output, thought }: VendorCounts): Usage {
  return { input: prompt - cached - stored, cacheRead: cached, cacheWrite: stored, output, reasoning: thought }
}

export function counted(counts: VendorCounts, model: string, prices: PriceTable): { usage: Usage; cost?: Cost } {
  const usage = usageOf(counts)
  const cost = costOf(prices, 'memory', model, usage)
  return { usage, ...(cost === undefined ? {} : { cost }) }
}

const warned = ({ warnings }: From) => (warnings.length === 0 ? {} : { warnings: [...warnings] })

const ending = (ended: string) => ({ finish: finishes[ended] ?? 'other', rawFinish: ended }) as const

const sealed = (seal: string | undefined) => (seal === undefined ? {} : { signature: seal, signedBy: 'memory' })

function partOf({ kind, text = '', seal, id = '', name = '', arguments: given = '' }: VendorPart): AssistantPart {
  if (kind === 'text') return { type: 'text', text }
  if (kind === 'thought') return { type: 'reasoning', text, ...sealed(seal) }
  return { type: 'tool_call', id, name, arguments: given, ...sealed(seal) }
}

/** @throws Error for an answer that is none of the vendor's: its own words are always there. */
export function generation(answer: VendorAnswer, from: From, object: boolean): Generation {
  const { id, model, parts, decline, ended, counts } = answer
  if (typeof id !== 'string' || typeof ended !== 'string') throw new TypeError('This is no answer of the vendor.')
  return generationOf(
    {
      ...{ id, provider: from.provider, model, content: parts.map(partOf), raw: answer },
      ...(decline === undefined ? {} : { refusal: decline }),
      ...ending(ended),
      ...counted(counts, model, from.prices),
      ...warned(from),
    },
    { object },
  )
}

/** The vendor's events as pieces; the `finish` only once the vendor's end mark is there. */
export async function* pieces(body: ReadableStream<Uint8Array>, from: From): AsyncGenerator<GenerationEvent> {
  let model = ''
  let ended: string | undefined
  let counts: VendorCounts | undefined
  const slots = new Map<number, number>()
  for await (const data of dataOf(body)) {
    if (data === endMark) {
      if (ended === undefined) return
      yield {
        ...{ type: 'finish', ...ending(ended) },
        ...(counts === undefined ? {} : counted(counts, model, from.prices)),
        ...warned(from),
      }
      return
    }
    const event = JSON.parse(data) as VendorEvent
    if (event.error !== undefined) throw new VendorRefusal(event.error.code)
    if (event.begin !== undefined) {
      model = event.begin.model
      yield { type: 'start', provider: from.provider, ...event.begin }
    }
    if (event.thought !== undefined) yield { type: 'reasoning', text: event.thought }
    if (event.seal !== undefined) yield { type: 'signature', signature: event.seal, signedBy: 'memory' }
    if (event.text !== undefined) yield { type: 'text', text: event.text }
    if (event.decline !== undefined) yield { type: 'refusal', text: event.decline }
    if (event.call !== undefined) yield* callPieces(event.call, slots)
    ended = event.ended ?? ended
    counts = event.counts ?? counts
  }
}

function* callPieces(call: NonNullable<VendorEvent['call']>, slots: Map<number, number>): Generator<GenerationEvent> {
  const { slot, id, name, seal } = call
  if (id !== undefined && name !== undefined) {
    slots.set(slot, slots.size)
    yield { type: 'tool_call', index: slots.get(slot) as number, id, name }
  }
  const index = slots.get(slot)
  if (index === undefined) throw new TypeError('Arguments of a call that has not begun.')
  if (call.arguments !== undefined) yield { type: 'tool_arguments', index, text: call.arguments }
  if (seal !== undefined) yield { type: 'signature', signature: seal, signedBy: 'memory', toolCall: index }
}
