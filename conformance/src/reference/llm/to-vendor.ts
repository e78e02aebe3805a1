import type { AssistantPart, GenerateRequest, Message, TextPart, UserPart } from '@do/llm'
import { toBase64 } from '@do/provider'
import type { VendorPart, VendorRequest, VendorTurn } from './wire.ts'

const efforts = { off: 'none', low: 'little', medium: 'some', high: 'much' } as const

/** A request in the vendor's language. `undefined` is left out by JSON. */
export function toVendor(input: GenerateRequest, stream: boolean): object {
  const { messages, tools, toolChoice, output, thinking, temperature, stop, seed } = input
  const system = messages.flatMap((message) => (message.role === 'system' ? [textOf(message.content)] : []))
  return {
    model: input.model as string,
    ...(stream ? { stream } : {}),
    ...(system.length === 0 ? {} : { system }),
    turns: messages.flatMap(turnOf),
    tools: tools?.map(({ name, description, parameters }) => ({ name, description, schema: parameters })),
    choice: toolChoice === 'required' ? 'must' : typeof toolChoice === 'object' ? { name: toolChoice.tool } : toolChoice,
    shape: typeof output === 'object' ? output.schema : undefined,
    json: output === 'json' ? true : undefined,
    effort: thinking === undefined ? undefined : efforts[thinking],
    limit: input.maxOutputTokens,
    top_p: input.topP,
    ...{ temperature, stop, seed },
  } satisfies { [K in keyof VendorRequest]: VendorRequest[K] | undefined }
}

function turnOf(message: Message): VendorTurn[] {
  switch (message.role) {
    case 'system':
      return []
    case 'user':
      return [{ from: 'user', parts: partsOf(message.content).map(shown) }]
    case 'assistant':
      return [{ from: 'model', parts: partsOf(message.content).map(said) }]
    case 'tool': {
      const parts = partsOf(message.content).map(shown)
      return [{ from: 'tool', answers: message.toolCall, parts, ...(message.isError ? { failed: true } : {}) }]
    }
  }
}

const partsOf = <Part>(content: string | readonly Part[]): readonly (Part | TextPart)[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const textOf = (content: string | readonly TextPart[]) =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n')

function shown(part: UserPart): VendorPart {
  if (part.type === 'text') return { kind: 'text', text: part.text }
  const { type: kind, mediaType: type, data } = part
  const source = 'url' in part && part.url !== undefined ? { url: part.url } : {}
  return {
    kind,
    ...(type === undefined ? {} : { type }),
    ...(data === undefined ? source : { data: toBase64(new Uint8Array(data)) }),
  }
}

function said(part: AssistantPart): VendorPart {
  if (part.type === 'text') return { kind: 'text', text: part.text }
  const seal = part.signature === undefined ? {} : { seal: part.signature }
  if (part.type === 'reasoning') return { kind: 'thought', text: part.text, ...seal }
  return { kind: 'call', id: part.id, name: part.name, arguments: part.arguments, ...seal }
}
