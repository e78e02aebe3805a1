import { ProviderError, type Streaming } from '@do/provider'
import type { FinishReason, Generation, GenerationEvent } from './generation.ts'
import type { AssistantPart } from './messages.ts'

interface ToolDraft {
  id: string
  name: string
  arguments: string
  signature?: string
  signedBy?: string
}

type Draft =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string; signature?: string; redacted?: string; signedBy?: string }
  | { type: 'tool'; index: number }

/** Puts the pieces of a streamed answer together, one by one. */
export interface Accumulator {
  add(event: GenerationEvent): void
  /** What there is so far; whole once the `finish` is in. */
  result(): Generation
}

/** `object`: the text is JSON and shall be parsed. */
export function accumulator(options: { readonly object?: boolean } = {}): Accumulator {
  const drafts: Draft[] = []
  const tools = new Map<number, ToolDraft>()
  let start: Extract<GenerationEvent, { type: 'start' }> | undefined
  let finish: Extract<GenerationEvent, { type: 'finish' }> | undefined
  let refusal = ''

  const grow = (type: 'text' | 'reasoning', text: string) => {
    const last = drafts.at(-1)
    if (last?.type === type && !('signedBy' in last && last.signedBy !== undefined)) last.text += text
    else if (text !== '') drafts.push({ type, text })
  }

  const sign = ({ signature, redacted, signedBy, toolCall }: Extract<GenerationEvent, { type: 'signature' }>) => {
    const seal = { ...(signature === undefined ? {} : { signature }), ...(redacted === undefined ? {} : { redacted }), signedBy }
    const call = toolCall === undefined ? undefined : tools.get(toolCall)
    if (call !== undefined) {
      Object.assign(call, seal)
      return
    }
    const last = drafts.at(-1)
    if (last?.type === 'reasoning' && last.signedBy === undefined) Object.assign(last, seal)
    else drafts.push({ type: 'reasoning', text: '', ...seal })
  }

  return {
    add(event) {
      switch (event.type) {
        case 'start':
          start = event
          return
        case 'text':
        case 'reasoning':
          grow(event.type, event.text)
          return
        case 'refusal':
          refusal += event.text
          return
        case 'signature':
          sign(event)
          return
        case 'tool_call':
          tools.set(event.index, { id: event.id, name: event.name, arguments: '' })
          drafts.push({ type: 'tool', index: event.index })
          return
        case 'tool_arguments': {
          const call = tools.get(event.index)
          if (call !== undefined) call.arguments += event.text
          return
        }
        case 'finish':
          finish = event
      }
    },
    result() {
      const content = drafts.map(
        (draft): AssistantPart =>
          draft.type === 'tool' ? { type: 'tool_call', ...(tools.get(draft.index) as ToolDraft) } : { ...draft },
      )
      const { type: _, ...facts } = start ?? { type: 'start', id: '', provider: '', model: '' }
      const { type: __, ...ending } = finish ?? { type: 'finish' as const, finish: 'other' as const }
      return generationOf({ ...facts, content, ...(refusal === '' ? {} : { refusal }), ...ending }, options)
    },
  }
}

/** Reads a whole streamed answer. @throws ProviderError `stream_interrupted` and whatever else reading throws. */
export async function collect(
  stream: Streaming<GenerationEvent>,
  options: { readonly object?: boolean } = {},
): Promise<Generation> {
  const whole = accumulator(options)
  for await (const event of stream) whole.add(event)
  return whole.result()
}

type Facts = Omit<Generation, 'text' | 'toolCalls' | 'object'>

/** Fills in what follows from `content`: for adapters. `object`: the text is JSON and shall be parsed. */
export function generationOf(facts: Facts, { object = false }: { readonly object?: boolean } = {}): Generation {
  // An empty text is no part: vendors refuse it when it comes back to them.
  const content = facts.content.filter((part) => part.type !== 'text' || part.text !== '')
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const toolCalls = content.filter((part) => part.type === 'tool_call')
  const whole = { ...facts, content, text, toolCalls }
  const wholeEnds: readonly FinishReason[] = ['stop']
  if (!object || !wholeEnds.includes(facts.finish)) return whole
  try {
    return { ...whole, object: JSON.parse(text) }
  } catch {
    throw new ProviderError({
      effect: 'none',
      fault: 'provider',
      code: 'not_json',
      message: `"${facts.provider}" promised JSON and answered something else. Ask again, or another model.`,
      provider: facts.provider,
    })
  }
}
