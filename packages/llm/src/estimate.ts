import { toBase64 } from '@do/provider'
import type { GenerateRequest } from './generation.ts'
import type { Message } from './messages.ts'

/** Pictures count by their pixels, differently at each vendor: from 85 tokens to more than 2,000. */
const picture = 1_000
const perMessage = 4

/**
 * About how many tokens a text has: one for four letters of ASCII, three for four of other characters. No vendor's own count; for
 * prose and code mostly within a third of it.
 */
export function estimateTokens(text: string): number {
  let other = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) other++
  return Math.ceil((text.length - other) / 4 + other * 0.75)
}

/** About how many tokens a message has. Files and sound count by their bytes. */
export function estimateMessage({ content, ...rest }: Message): number {
  const name = 'name' in rest && rest.name !== undefined ? estimateTokens(rest.name) : 0
  if (typeof content === 'string') return perMessage + name + estimateTokens(content)
  let tokens = perMessage + name
  for (const part of content) tokens += estimatePart(part)
  return tokens
}

function estimatePart(part: Exclude<Message['content'], string>[number]): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return estimateTokens(part.text)
    case 'tool_call':
      return perMessage + estimateTokens(part.name) + estimateTokens(part.arguments)
    case 'image':
      return picture
    case 'file':
      return part.data === undefined ? picture : Math.ceil(part.data.length / 20)
    case 'audio':
      return Math.ceil(part.data.length / 500)
  }
}

/** About how many tokens of prompt a request has, tools and schema included. */
export function estimateRequest({ messages, tools = [], output }: GenerateRequest): number {
  let tokens = 0
  for (const message of messages) tokens += estimateMessage(message)
  for (const { name, description = '', parameters } of tools) {
    tokens += perMessage + estimateTokens(name) + estimateTokens(description) + estimateTokens(textOf(parameters))
  }
  return output === undefined || output === 'json' ? tokens : tokens + estimateTokens(textOf(output.schema))
}

/** Bytes as base64, so that the same request always gives the same text. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? `bytes:${toBase64(each)}` : each)) ?? ''
