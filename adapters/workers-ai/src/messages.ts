import type { Message } from '@do/llm'
import { refuse, toBase64 } from '@do/provider'
import type { Shape } from './models.ts'

type UserMessage = Extract<Message, { role: 'user' }>
type ToolMessage = Extract<Message, { role: 'tool' }>
type AssistantMessage = Extract<Message, { role: 'assistant' }>

/** https://developers.cloudflare.com/workers-ai/features/function-calling/traditional/ */
export const vendorMessages = (messages: readonly Message[], shape: Shape): readonly object[] =>
  messages.map((message, index) => vendorMessage(message, shape, index))

function vendorMessage(message: Message, shape: Shape, index: number): object {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textOf(message.content) }
    case 'user':
      return { role: 'user', content: userContent(message, shape, index), ...(message.name ? { name: message.name } : {}) }
    case 'assistant':
      return assistant(message)
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCall, content: toolContent(message, index) }
  }
}

const textOf = (content: string | readonly { readonly text: string }[]) =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')

/** Text alone goes as text: the models that see nothing take no list. */
function userContent({ content }: UserMessage, shape: Shape, index: number): unknown {
  if (typeof content === 'string') return content
  if (content.every((part) => part.type === 'text')) return textOf(content)
  return content.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text }
    if (part.type !== 'image')
      throw unsupported(`messages.${index}.content`, 'Workers AI takes text and pictures in a conversation.')
    if (part.data === undefined && shape === 'native') {
      throw unsupported(`messages.${index}.content`, 'This model does not fetch pictures from a URL: pass the bytes.')
    }
    const url = part.data === undefined ? part.url : `data:${part.mediaType};base64,${toBase64(part.data)}`
    return { type: 'image_url', image_url: { url, ...(part.detail === undefined ? {} : { detail: part.detail }) } }
  })
}

/** Thoughts stay here: no model of Workers AI seals its own, or asks for them back. */
function assistant({ content }: AssistantMessage): object {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const calls = parts.flatMap((part) =>
    part.type === 'tool_call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } }]
      : [],
  )
  // An absent or null content is refused, even beside calls.
  return { role: 'assistant', content: text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }
}

function toolContent({ content, isError }: ToolMessage, index: number): string {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  const text = parts.map((part) => {
    if (part.type === 'text') return part.text
    throw unsupported(`messages.${index}.content`, 'Workers AI takes the result of a tool as text only.')
  })
  return isError ? `Error: ${text.join('')}` : text.join('')
}

const unsupported = (field: string, message: string) => refuse('unsupported', message, { field, elsewhere: true })
