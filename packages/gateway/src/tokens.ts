import { isObject, type Json } from './body.ts'

/** What a picture costs at most, at the vendors of which it is known. */
const tokensPerImage = 2_000

interface Media {
  /** Characters of base64, which are no text. */
  characters: number
  tokens: number
}

const length = (value: unknown) => (typeof value === 'string' ? value.length : 0)

function countPart(part: Json, media: Media): void {
  const { type } = part
  if (type === 'image_url' || type === 'image') {
    const inside = (type === 'image' ? part.source : part.image_url) as Json | undefined
    media.characters += isObject(inside) ? Math.max(length(inside.url), length(inside.data)) : 0
    media.tokens += tokensPerImage
  } else if (type === 'input_audio' && isObject(part.input_audio)) {
    const characters = length(part.input_audio.data)
    media.characters += characters
    media.tokens += Math.ceil(characters / 1_000)
  } else if (type === 'file' || type === 'document') {
    const inside = (type === 'document' ? part.source : part.file) as Json | undefined
    const characters = isObject(inside) ? Math.max(length(inside.file_data), length(inside.data)) : 0
    media.characters += characters
    media.tokens += Math.ceil(characters / 8)
  } else if (type === 'tool_result' && Array.isArray(part.content)) {
    // Results have no results in them; whoever sends some a thousand deep means no good.
    for (const inner of part.content) if (isObject(inner) && inner.type !== 'tool_result') countPart(inner, media)
  }
}

/**
 * Tokens of a conversation, from above: two letters of ASCII are hardly ever more than one token, one of anything else no more than
 * three, and JSON itself is counted along. Media count by kind. Noise made for it may come to more; it is then settled as what it
 * came to.
 */
export function inputTokens(body: Json, text: string): number {
  const media: Media = { characters: 0, tokens: 0 }
  for (const { content } of body.messages as Json[]) {
    if (Array.isArray(content)) for (const part of content) if (isObject(part)) countPart(part, media)
  }
  return Math.max(0, textTokens(text) - Math.floor(media.characters / 2)) + media.tokens
}

/** The same for plain text. */
export function textTokens(text: string): number {
  let other = 0
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) other++
  return Math.ceil((text.length - other) / 2) + other * 3
}
