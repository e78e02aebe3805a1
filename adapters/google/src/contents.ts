import type { AssistantPart, Message, ReasoningPart, ToolCall, UserPart } from '@do/llm'
import { refuse, toBase64 } from '@do/provider'
import type { Content, FunctionResponse, FunctionResponsePart, Part } from '@google/genai/web'
import { defined } from './client.ts'
import { combinesTools, insistsOnSignatures } from './model.ts'
import { isObject } from './schema.ts'

/** Ids that were made up here, since older models give their calls none. Google never sees them. */
export const madeUp = 'do-call-'

/** Google's own words for a call that it did not sign. https://ai.google.dev/gemini-api/docs/thought-signatures */
const unsigned = 'skip_thought_signature_validator'

export interface Conversation {
  readonly contents: Content[]
  /** Google has one place for what the system says, before everything else. */
  readonly system: Part[]
  /** Some of it stood further back. */
  readonly moved: boolean
}

/** @throws ProviderError `invalid_input` or `unsupported`, naming the message. */
export function conversationOf(messages: readonly Message[], model: string): Conversation {
  const contents: Content[] = []
  const system: Part[] = []
  const calls = new Map<string, ToolCall>()
  let results: { content: Content; order: number[] } | undefined
  let moved = false
  for (const [index, message] of messages.entries()) {
    const field = `messages.${index}`
    if (message.role === 'user' || message.role === 'assistant') results = undefined
    if (message.role === 'system') {
      moved ||= contents.length > 0
      for (const text of textsOf(message.content)) if (text !== '') system.push({ text })
    } else if (message.role === 'user') {
      contents.push({ role: 'user', parts: userParts(message.content) })
    } else if (message.role === 'assistant') {
      const content: readonly AssistantPart[] =
        typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content
      for (const part of content) {
        if (part.type !== 'tool_call') continue
        // Some count their calls anew in every turn: the last one of a name is meant.
        calls.delete(part.id)
        calls.set(part.id, part)
      }
      const parts = modelParts(content, model, field)
      if (parts.length > 0) contents.push({ role: 'model', parts })
    } else {
      const call = calls.get(message.toolCall)
      if (call === undefined) {
        throw refuse('invalid_input', 'This is the result of a call that no message before it makes.', {
          field: `${field}.toolCall`,
        })
      }
      // The results of one turn go together, in the order of its calls: where calls have no ids, Google goes by that.
      if (results === undefined) {
        results = { content: { role: 'user', parts: [] }, order: [] }
        contents.push(results.content)
      }
      const order = [...calls.keys()].indexOf(message.toolCall)
      const at = results.order.findIndex((other) => other > order)
      const place = at === -1 ? results.order.length : at
      results.order.splice(place, 0, order)
      results.content.parts?.splice(place, 0, { functionResponse: resultOf(message, call, model, field) })
    }
  }
  if (contents.length === 0) {
    throw refuse('invalid_input', 'Google needs at least one message that is not of the system.', { field: 'messages' })
  }
  return { contents, system, moved }
}

const textsOf = (content: string | readonly { readonly text: string }[]): readonly string[] =>
  typeof content === 'string' ? [content] : content.map(({ text }) => text)

/** Texts without a character are left out, where anything else is there. */
function userParts(content: string | readonly UserPart[]): Part[] {
  const parts = typeof content === 'string' ? [{ text: content }] : content.map(userPart)
  const said = parts.filter(({ text }) => text !== '')
  return said.length > 0 ? said : parts
}

function userPart(part: UserPart): Part {
  if (part.type === 'text') return { text: part.text }
  if (part.data !== undefined) return { inlineData: { mimeType: part.mediaType as string, data: toBase64(part.data) } }
  const url = part.type === 'audio' ? '' : (part.url as string)
  return { fileData: defined({ mimeType: part.mediaType ?? guess(url), fileUri: url }) }
}

/** Google wants to know what a URL leads to, where its own headers do not say. */
function guess(url: string): string | undefined {
  const kind = /\.(jpe?g|png|webp|gif|heic)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase()
  return kind && `image/${kind === 'jpg' ? 'jpeg' : kind}`
}

/**
 * What the model said, as it said it. Seals that Google puts on text stand behind it, as reasoning without words: `redacted` goes back
 * onto the text, a `signature` was in a part of its own.
 */
function modelParts(content: readonly AssistantPart[], model: string, field: string): Part[] {
  const parts: Part[] = []
  let calls = 0
  for (const [index, part] of content.entries()) {
    if (part.type === 'text') {
      if (part.text !== '') parts.push({ text: part.text })
      continue
    }
    const isOurs = part.signedBy === 'google'
    if (part.type === 'reasoning') {
      // Thoughts without a seal are a summary for people: the model has no use for them.
      if (isOurs) putBack(part, parts)
      continue
    }
    const own = isOurs ? part.signature : undefined
    const thoughtSignature = own ?? (calls === 0 && insistsOnSignatures(model) ? unsigned : undefined)
    calls += 1
    const { name } = part
    const functionCall = defined({ id: idOf(part), name, args: argumentsOf(part, `${field}.content.${index}.arguments`) })
    parts.push(defined({ functionCall, thoughtSignature }))
  }
  return parts
}

function putBack({ text, signature, redacted }: ReasoningPart, parts: Part[]): void {
  if (signature !== undefined) parts.push(defined({ text, thought: text === '' ? undefined : true, thoughtSignature: signature }))
  if (redacted === undefined) return
  const last = parts.at(-1)
  const isOnText = text === '' && last?.text !== undefined && last.thoughtSignature === undefined
  if (isOnText) last.thoughtSignature = redacted
  else parts.push({ text: '', thoughtSignature: redacted })
}

const idOf = ({ id }: ToolCall) => (id.startsWith(madeUp) ? undefined : id)

function argumentsOf(call: ToolCall, field: string): Record<string, unknown> {
  try {
    const args: unknown = JSON.parse(call.arguments === '' ? '{}' : call.arguments)
    if (isObject(args)) return args
  } catch {}
  throw refuse('invalid_input', "A call's arguments must be a JSON object: Google takes nothing else.", { field })
}

function resultOf(message: Extract<Message, { role: 'tool' }>, call: ToolCall, model: string, field: string): FunctionResponse {
  const texts: string[] = []
  const parts: FunctionResponsePart[] = []
  for (const [index, part] of (typeof message.content === 'string' ? [] : message.content).entries()) {
    if (part.type === 'text') texts.push(part.text)
    else if (!combinesTools(model)) {
      throw refuse('unsupported', `"${model}" takes no pictures in the result of a tool.`, {
        field: `${field}.content.${index}`,
        elsewhere: true,
      })
    } else parts.push(userPart(part) as FunctionResponsePart)
  }
  const text = typeof message.content === 'string' ? message.content : texts.join('')
  return defined({
    id: idOf(call),
    name: call.name,
    response: message.isError === true ? { error: text } : { output: text },
    parts: parts.length === 0 ? undefined : parts,
  })
}
