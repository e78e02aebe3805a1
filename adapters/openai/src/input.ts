import type { AssistantPart, Message, UserPart } from '@do/llm'
import { lacks } from './lacks.ts'
import { dataUrl, placeOf, textsOf, type WireMessage } from './messages.ts'
import type { Dialect } from './options.ts'

/**
 * The conversation as Responses want it: a list in which calls, their results and thoughts stand beside what was said.
 * Ids of items are left out: they name what is stored at the vendor, which here is nothing.
 */
export const inputOf = (messages: readonly Message[], dialect: Dialect): WireMessage[] =>
  messages.flatMap((message, index) => itemsOf(message, index, dialect))

function itemsOf(message: Message, index: number, dialect: Dialect): WireMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'developer', content: textsOf(message.content, 'input_text') }]
    case 'user':
      return [{ role: 'user', content: partsOf(message.content, index) }]
    case 'assistant':
      return typeof message.content === 'string'
        ? [{ role: 'assistant', content: message.content }]
        : saidAndDone(message.content, dialect)
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCall, output: partsOf(message.content, index) }]
  }
}

const partsOf = (content: string | readonly UserPart[], index: number) =>
  typeof content === 'string' ? content : content.map((part) => partOf(part, index))

function partOf(part: UserPart, index: number): object {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image': {
      const { data, mediaType, url = dataUrl(mediaType, data), detail = 'auto' } = part
      return { type: 'input_image', image_url: url, detail }
    }
    case 'file': {
      const { data, url, mediaType, name = `file.${mediaType.split('/')[1]}` } = part
      return { type: 'input_file', ...(url ? { file_url: url } : { filename: name, file_data: dataUrl(mediaType, data) }) }
    }
    case 'audio':
      throw lacks(placeOf(index), "OpenAI's Responses take no audio.")
  }
}

function saidAndDone(parts: readonly AssistantPart[], { vendor }: Dialect): WireMessage[] {
  const items: { [name: string]: unknown; content?: string }[] = []
  for (const part of parts) {
    const last = items.at(-1)
    switch (part.type) {
      case 'text':
        if (last?.role) last.content += part.text
        else items.push({ role: 'assistant', content: part.text })
        break
      case 'tool_call':
        items.push({ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments || '{}' })
        break
      case 'reasoning':
        if (part.signature !== undefined && part.signedBy === vendor) {
          const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
          items.push({ type: 'reasoning', summary, encrypted_content: part.signature })
        }
    }
  }
  // Thoughts that led to nothing, since the answer was cut, are refused without what follows them.
  return items.slice(0, items.findLastIndex(({ type }) => type !== 'reasoning') + 1)
}
