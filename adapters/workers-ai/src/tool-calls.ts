import type { GenerationEvent } from '@do/llm'

/** OpenAI's form, or the older flat one: `{ name, arguments: { … } }`. In a stream, pieces of them. */
export interface VendorCall {
  readonly index?: number | null
  readonly id?: string | null
  readonly name?: string | null
  readonly arguments?: unknown
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null
}

interface OpenCall {
  readonly at: number
  readonly vendorIndex: number | undefined
  readonly vendorId: string | undefined
  hasArguments: boolean
}

export interface ToolCalls {
  readonly count: number
  read(pieces: readonly VendorCall[]): readonly GenerationEvent[]
  end(): readonly GenerationEvent[]
}

/** Counts the calls of an answer from 0 and gives an id to those that have none. */
export function toolCalls(answerId: string): ToolCalls {
  const open: OpenCall[] = []
  const seed = answerId.replace(/[^\w-]/g, '').slice(-24)

  const continued = (vendorIndex: number | undefined, vendorId: string | undefined, name: string) => {
    if (vendorId !== undefined) {
      return open.find((call) => call.vendorId === vendorId && (vendorIndex === undefined || call.vendorIndex === vendorIndex))
    }
    // Without index and id a name begins a call.
    if (vendorIndex === undefined) return name === '' ? open.at(-1) : undefined
    // The last of that index: some servers give every call the same one.
    return open.findLast((call) => call.vendorIndex === vendorIndex)
  }

  return {
    get count() {
      return open.length
    },
    read: (pieces) =>
      pieces.flatMap((piece): GenerationEvent[] => {
        const name = piece.function?.name ?? piece.name ?? ''
        const text = argumentsOf(piece.function?.arguments ?? piece.arguments)
        const vendorId = piece.id || undefined
        const vendorIndex = piece.index ?? undefined
        const known = continued(vendorIndex, vendorId, name)
        if (known === undefined && name === '') return []
        const call = known ?? { at: open.length, vendorIndex, vendorId, hasArguments: false }
        const begins: GenerationEvent[] = []
        if (known === undefined) {
          const taken = vendorId === undefined || open.some((other) => other.vendorId === vendorId)
          const id = taken ? `call_${seed}_${call.at}` : vendorId
          open.push(call)
          begins.push({ type: 'tool_call', index: call.at, id, name })
        }
        if (text !== '') call.hasArguments = true
        return text === '' ? begins : [...begins, { type: 'tool_arguments', index: call.at, text }]
      }),
    // A call without arguments has an empty object of them.
    end: () =>
      open
        .filter(({ hasArguments }) => !hasArguments)
        .map(({ at }) => ({ type: 'tool_arguments' as const, index: at, text: '{}' })),
  }
}

function argumentsOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
