import type { AssistantPart, Message, UserPart } from '@do/llm'
import { toBase64 } from '@do/provider'
import { lacks } from './lacks.ts'
import type { Dialect } from './options.ts'
import { sealedThoughts } from './thoughts.ts'

/** Messages on the wire. The SDK's types know neither other servers' fields nor their laxness. */
export type WireMessage = Readonly<Record<string, unknown>>

type Content<Role extends Message['role']> = Extract<Message, { role: Role }>['content']

/** The conversation in the vendor's words. Equal conversations give equal bytes, or no prompt cache would find them. */
export function messagesOf(messages: readonly Message[], dialect: Dialect): WireMessage[] {
  const wire: WireMessage[] = []
  let shown: WireMessage[] = []
  for (const [index, message] of messages.entries()) {
    // Results of tools hold no pictures: these follow, as if the user showed them, once all results are in.
    if (message.role !== 'tool') wire.push(...shown.splice(0))
    switch (message.role) {
      case 'system':
        wire.push({ role: 'system', content: textsOf(message.content) })
        break
      case 'user':
        wire.push({
          role: 'user',
          content:
            typeof message.content === 'string' ? message.content : message.content.map((part) => userPart(part, dialect, index)),
          ...(message.name === undefined ? {} : { name: message.name }),
        })
        break
      case 'assistant':
        wire.push(assistantMessage(message.content, dialect))
        break
      case 'tool':
        wire.push({ role: 'tool', tool_call_id: message.toolCall, content: textsOf(message.content) })
        shown = [...shown, ...shownBy(message, dialect, index)]
    }
  }
  return [...wire, ...shown]
}

export function textsOf(content: Content<'system'> | Content<'tool'>, type = 'text'): string | readonly object[] {
  if (typeof content === 'string') return content
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length < 2 ? (texts[0] ?? '') : texts.map((text) => ({ type, text }))
}

function shownBy({ toolCall, content }: Extract<Message, { role: 'tool' }>, dialect: Dialect, index: number): WireMessage[] {
  if (typeof content === 'string') return []
  const images = content.flatMap((part) => (part.type === 'image' ? [userPart(part, dialect, index)] : []))
  if (images.length === 0) return []
  return [{ role: 'user', content: [{ type: 'text', text: `Pictures of the result of ${toolCall}:` }, ...images] }]
}

function userPart(part: UserPart, { isOpenai }: Dialect, index: number): object {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image': {
      const { data, url = dataUrl(part.mediaType, data), detail } = part
      return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } }
    }
    case 'file': {
      const { data, url, mediaType, name = `file.${mediaType.split('/')[1]}` } = part
      if (url !== undefined && isOpenai)
        throw lacks(placeOf(index), 'OpenAI reads files from bytes, not from a URL: give `data`.')
      return { type: 'file', file: { filename: name, file_data: url ?? dataUrl(mediaType, data) } }
    }
    case 'audio': {
      const format = audioFormats[part.mediaType]
      if (format === undefined) throw lacks(placeOf(index), 'Only WAV and MP3 can be heard within a conversation.')
      return { type: 'input_audio', input_audio: { data: toBase64(part.data), format } }
    }
  }
}

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
}

export const dataUrl = (mediaType: string | undefined, data: Uint8Array | undefined) =>
  `data:${mediaType};base64,${toBase64(data ?? new Uint8Array())}`

export const placeOf = (index: number) => `messages.${index}.content`

function assistantMessage(content: Content<'assistant'>, { vendor, thoughtsField }: Dialect): WireMessage {
  if (typeof content === 'string') return { role: 'assistant', content }
  const of = <Type extends AssistantPart['type']>(type: Type) =>
    content.filter((part): part is Extract<AssistantPart, { type: Type }> => part.type === type)
  const text = of('text')
    .map((part) => part.text)
    .join('')
  const calls = of('tool_call')
  const thoughts = of('reasoning')
  const sealed = thoughts.flatMap((part) => (part.signedBy === vendor ? sealedThoughts(part.signature) : []))
  const plain = thoughts.map((part) => part.text).join('')
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(thoughtsField === undefined || plain === '' ? {} : { [thoughtsField]: plain }),
    ...(sealed.length === 0 ? {} : { reasoning_details: sealed }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => wireCall(call, vendor)) }),
  }
}

function wireCall(call: Extract<AssistantPart, { type: 'tool_call' }>, vendor: string): object {
  const [extra] = call.signedBy === vendor ? sealedThoughts(call.signature) : []
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments === '' ? '{}' : call.arguments },
    ...(extra === undefined ? {} : { extra_content: extra }),
  }
}
