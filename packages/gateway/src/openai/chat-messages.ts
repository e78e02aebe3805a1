import type { AssistantPart, Message, TextPart, ToolCall, UserPart } from '@do/llm'
import { given, isObject, type Json } from '../body.ts'
import { itemAt, listIn, objectIn, oneOf, requiredText, textIn } from '../fields.ts'
import { bytesOf, dataOf, nothingLost, untranslatable, urlOf } from '../lossless.ts'
import { invalid } from '../refusal.ts'

const only = (...names: string[]): ReadonlySet<string> => new Set(names)
const kept = {
  system: only('role', 'content'),
  user: only('role', 'content', 'name'),
  assistant: only('role', 'content', 'tool_calls', 'refusal', 'reasoning_content'),
  tool: only('role', 'content', 'tool_call_id'),
  text: only('type', 'text'),
  call: only('id', 'type', 'function', 'index', 'extra_content'),
}

/** A message of the client's in our words. @throws GatewayRefusal for what would be lost. */
export function messageOf(message: Json, path: string): Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      nothingLost(message, kept.system, {}, path)
      return { role: 'system', content: textsOf(message.content, `${path}.content`) }
    case 'user': {
      nothingLost(message, kept.user, {}, path)
      const name = textIn(message, 'name', `${path}.name`)
      return { role: 'user', content: userContent(message.content, `${path}.content`), ...(name === undefined ? {} : { name }) }
    }
    case 'assistant':
      return assistantMessage(message, path)
    case 'tool':
      nothingLost(message, kept.tool, {}, path)
      return { role: 'tool', toolCall: message.tool_call_id as string, content: textsOf(message.content, `${path}.content`) }
    default:
      throw untranslatable(`${path}.role`)
  }
}

function textsOf(content: unknown, path: string): string | TextPart[] {
  if (!Array.isArray(content)) return content as string
  return content.map((part: Json, index) => {
    if (part.type !== 'text') throw untranslatable(`${path}.${index}.type`)
    return textPart(part, `${path}.${index}`)
  })
}

function textPart(part: Json, path: string): TextPart {
  nothingLost(part, kept.text, {}, path)
  return { type: 'text', text: textIn(part, 'text', `${path}.text`) ?? '' }
}

function userContent(content: unknown, path: string): string | UserPart[] {
  if (!Array.isArray(content)) return content as string
  return content.map((part: Json, index) => userPart(part, `${path}.${index}`))
}

function userPart(part: Json, path: string): UserPart {
  switch (part.type) {
    case 'text':
      return textPart(part, path)
    case 'image_url': {
      const at = `${path}.image_url`
      const image = objectIn(part, 'image_url', at) ?? {}
      const url = requiredText(image, 'url', `${at}.url`)
      const detail = oneOf(image, 'detail', ['auto', 'low', 'high'], `${at}.detail`)
      const source = dataOf(url, `${at}.url`) ?? { url: urlOf(url, `${at}.url`) }
      return { type: 'image', ...source, ...(detail === undefined ? {} : { detail }) }
    }
    case 'input_audio': {
      const at = `${path}.input_audio`
      const audio = objectIn(part, 'input_audio', at) ?? {}
      const format = oneOf(audio, 'format', ['wav', 'mp3'], `${at}.format`) ?? 'wav'
      const data = bytesOf(requiredText(audio, 'data', `${at}.data`), `${at}.data`)
      return { type: 'audio', data, mediaType: format === 'mp3' ? 'audio/mpeg' : 'audio/wav' }
    }
    case 'file': {
      const at = `${path}.file`
      const file = objectIn(part, 'file', at) ?? {}
      if (given(file.file_id)) throw untranslatable(`${at}.file_id`)
      const name = textIn(file, 'filename', `${at}.filename`)
      const source = dataOf(requiredText(file, 'file_data', `${at}.file_data`), `${at}.file_data`)
      if (source === undefined) throw invalid(`${at}.file_data`, `"${at}.file_data" must be a data URL.`)
      return { type: 'file', ...source, ...(name === undefined ? {} : { name }) }
    }
    default:
      throw untranslatable(`${path}.type`)
  }
}

function assistantMessage(message: Json, path: string): Message {
  nothingLost(message, kept.assistant, { audio: () => false, annotations: isEmptyList }, path)
  const parts: AssistantPart[] = []
  const thought = textIn(message, 'reasoning_content', `${path}.reasoning_content`)
  if (thought !== undefined && thought !== '') parts.push({ type: 'reasoning', text: thought })
  const { content } = message
  if (typeof content === 'string' && content !== '') parts.push({ type: 'text', text: content })
  if (Array.isArray(content)) {
    for (const [index, part] of (content as Json[]).entries()) {
      const at = `${path}.content.${index}`
      // What the model said when it declined is text of its own.
      if (part.type === 'refusal') parts.push({ type: 'text', text: requiredText(part, 'refusal', `${at}.refusal`) })
      else if (part.type === 'text') parts.push(textPart(part, at))
      else throw untranslatable(`${at}.type`)
    }
  }
  const refusal = textIn(message, 'refusal', `${path}.refusal`)
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'text', text: refusal })
  const calls = listIn(message, 'tool_calls', `${path}.tool_calls`) ?? []
  for (let index = 0; index < calls.length; index++) {
    const at = `${path}.tool_calls.${index}`
    parts.push(callOf(itemAt(calls, index, at), at))
  }
  return { role: 'assistant', content: parts }
}

function callOf(call: Json, path: string): ToolCall {
  nothingLost(call, kept.call, {}, path)
  if (given(call.type) && call.type !== 'function') throw untranslatable(`${path}.type`)
  const about = objectIn(call, 'function', `${path}.function`) ?? {}
  return {
    type: 'tool_call',
    id: call.id as string,
    name: requiredText(about, 'name', `${path}.function.name`),
    arguments: textIn(about, 'arguments', `${path}.function.arguments`) ?? '',
    ...sealOf(call.extra_content),
  }
}

/** A vendor's seal on a tool call, which some vendors want back: `{ google: { thought_signature } }`, as Google's own compatible API has it. */
function sealOf(extra: unknown): { signature: string; signedBy: string } | undefined {
  if (!isObject(extra)) return undefined
  for (const [signedBy, value] of Object.entries(extra)) {
    if (isObject(value) && typeof value.thought_signature === 'string') return { signature: value.thought_signature, signedBy }
  }
  return undefined
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0
