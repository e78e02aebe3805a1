import type { Anthropic } from '@anthropic-ai/sdk'
import type { AssistantPart, Message, UserPart } from '@do/llm'
import { refuse, toBase64 } from '@do/provider'
import { marked } from './cache-marks.ts'

export type Block = Anthropic.ContentBlockParam
type Part<Type> = Extract<UserPart, { type: Type }>

export const textBlock = ({ text, cache }: Part<'text'>): Anthropic.TextBlockParam => ({ type: 'text', text, ...marked(cache) })

const pictures: ReadonlySet<string | undefined> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

function imageBlock({ data, url, mediaType, cache }: Part<'image'>, field: string): Anthropic.ImageBlockParam {
  if (data === undefined) return { type: 'image', source: { type: 'url', url: url as string }, ...marked(cache) }
  if (!pictures.has(mediaType)) throw unsupported(`${field}.mediaType`, 'Anthropic sees JPEG, PNG, GIF and WebP')
  const media_type = mediaType as Anthropic.Base64ImageSource['media_type']
  return { type: 'image', source: { type: 'base64', media_type, data: toBase64(data) }, ...marked(cache) }
}

/** PDFs by bytes or URL, plain text by bytes. */
function documentBlock({ data, url, mediaType, name, cache }: Part<'file'>, field: string): Anthropic.DocumentBlockParam {
  const rest = { ...(name === undefined ? {} : { title: name }), ...marked(cache) }
  if (mediaType === 'application/pdf') {
    const source: Anthropic.DocumentBlockParam['source'] =
      data === undefined ? { type: 'url', url: url as string } : { type: 'base64', media_type: mediaType, data: toBase64(data) }
    return { type: 'document', source, ...rest }
  }
  if (mediaType.startsWith('text/') && data !== undefined) {
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: new TextDecoder().decode(data) }, ...rest }
  }
  throw unsupported(`${field}.mediaType`, 'Anthropic reads PDFs, and plain text as bytes')
}

export function userBlocks(content: string | readonly UserPart[], field: string): readonly Block[] {
  return partsOf(content).flatMap((part, index): Block[] => {
    const where = `${field}.${index}`
    if (part.type === 'text') return part.text === '' ? [] : [textBlock(part)]
    if (part.type === 'image') return [imageBlock(part, where)]
    if (part.type === 'file') return [documentBlock(part, where)]
    throw unsupported(where, 'Anthropic does not listen')
  })
}

/** `dropped`: told of thoughts that are not sealed by Anthropic, which it does not take. */
export function assistantBlocks(
  content: string | readonly AssistantPart[],
  field: string,
  dropped: () => void,
): readonly Block[] {
  return partsOf(content).flatMap((part, index): Block[] => {
    if (part.type === 'text') return part.text === '' ? [] : [textBlock(part)]
    if (part.type === 'tool_call') {
      const { name, arguments: text } = part
      return [{ type: 'tool_use', id: toolId(part.id), name, input: inputOf(text, `${field}.${index}.arguments`) }]
    }
    if (part.signedBy === vendor && part.redacted !== undefined) return [{ type: 'redacted_thinking', data: part.redacted }]
    if (part.signedBy === vendor && part.signature !== undefined)
      return [{ type: 'thinking', thinking: part.text, signature: part.signature }]
    dropped()
    return []
  })
}

export function toolResult(message: Extract<Message, { role: 'tool' }>, field: string): Anthropic.ToolResultBlockParam {
  const parts = partsOf(message.content)
  const content = parts.flatMap((part, index): (Anthropic.TextBlockParam | Anthropic.ImageBlockParam)[] => {
    const { cache: _, ...rest } = part
    if (rest.type === 'image') return [imageBlock(rest, `${field}.${index}`)]
    return rest.text === '' ? [] : [textBlock(rest)]
  })
  const cache = message.cache ?? parts.map((part) => part.cache).findLast((mark) => mark !== undefined)
  return {
    type: 'tool_result',
    tool_use_id: toolId(message.toolCall),
    ...(content.length === 0 ? {} : { content }),
    ...(message.isError === undefined ? {} : { is_error: message.isError }),
    ...marked(cache),
  }
}

export const vendor = 'anthropic'

type TextPart = Part<'text'>
const partsOf = <T>(content: string | readonly T[]): readonly (T | TextPart)[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

/** Another vendor's ids may have characters that Anthropic refuses; the same id always becomes the same. */
const toolId = (id: string) => id.replace(/[^\w-]/gu, (character) => `_${(character.codePointAt(0) as number).toString(16)}_`)

/** @throws ProviderError `invalid_input`: Anthropic takes an object, not its text. */
function inputOf(text: string, field: string): unknown {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw refuse('invalid_input', `"${field}" must be the JSON of an object. Leave a call out that was cut off.`, { field })
}

const unsupported = (field: string, what: string) => refuse('unsupported', `"${field}": ${what}.`, { field, elsewhere: true })
