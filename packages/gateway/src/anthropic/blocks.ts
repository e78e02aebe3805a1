import type { AssistantPart, Message, TextPart, UserPart } from '@do/llm'
import { given, type Json } from '../body.ts'
import { itemAt, objectIn, oneOf, requiredText, textIn } from '../fields.ts'
import { bytesOf, nothingLost, untranslatable, urlOf } from '../lossless.ts'
import { sealOf } from './seal.ts'

type Cache = { cache?: '5m' | '1h' }

const only = (...names: string[]): ReadonlySet<string> => new Set(['type', 'cache_control', ...names])
const kept = {
  text: only('text'),
  image: only('source'),
  document: only('source', 'title'),
  tool_use: only('id', 'name', 'input'),
  tool_result: only('tool_use_id', 'content', 'is_error'),
  thinking: only('thinking', 'signature'),
  redacted_thinking: only('data'),
}
const isOff = (value: unknown) => (Array.isArray(value) ? value.length === 0 : (value as Json)?.enabled === false)
const neutral = { citations: isOff, caller: (value: unknown) => (value as Json)?.type === 'direct' }

function checked(block: Json, path: string): Cache {
  const names = Object.hasOwn(kept, block.type as string) ? kept[block.type as keyof typeof kept] : undefined
  if (names === undefined) throw untranslatable(`${path}.type`)
  nothingLost(block, names, neutral, path)
  return cacheOf(block, path)
}

/** "Up to here it stays the same" of a block. */
export function cacheOf(block: Json, path: string): Cache {
  const control = objectIn(block, 'cache_control', `${path}.cache_control`)
  if (control === undefined) return {}
  return { cache: oneOf(control, 'ttl', ['5m', '1h'], `${path}.cache_control.ttl`) ?? '5m' }
}

const blocksOf = (content: unknown, path: string): readonly (readonly [Json, string])[] =>
  Array.isArray(content)
    ? content.map((_, index) => [itemAt(content, index, `${path}.${index}`), `${path}.${index}`] as const)
    : []

export function systemContent(system: unknown, path: string): string | TextPart[] {
  if (typeof system === 'string') return system
  return blocksOf(system, path).map(([block, at]) => textPart(block, at))
}

function textPart(block: Json, path: string): TextPart {
  const cache = checked(block, path)
  if (block.type !== 'text') throw untranslatable(`${path}.type`)
  return { type: 'text', text: textIn(block, 'text', `${path}.text`) ?? '', ...cache }
}

/** One message of a user, which may answer tools as well: those are messages of their own in our words. */
export function userMessages(content: unknown, path: string): Message[] {
  if (typeof content === 'string') return [{ role: 'user', content }]
  const messages: Message[] = []
  let parts: UserPart[] = []
  const flush = () => {
    if (parts.length > 0) messages.push({ role: 'user', content: parts })
    parts = []
  }
  for (const [block, at] of blocksOf(content, path)) {
    if (block.type !== 'tool_result') {
      parts.push(userPart(block, at))
      continue
    }
    flush()
    messages.push(toolMessage(block, at))
  }
  flush()
  return messages
}

function toolMessage(block: Json, path: string): Message {
  const cache = checked(block, path)
  const { content } = block
  const parts = blocksOf(content, `${path}.content`).map(([part, at]) => mediaPart(part, at))
  return {
    role: 'tool',
    toolCall: requiredText(block, 'tool_use_id', `${path}.tool_use_id`),
    content: typeof content === 'string' ? content : parts,
    ...(block.is_error === true ? { isError: true } : {}),
    ...cache,
  }
}

function userPart(block: Json, path: string): UserPart {
  if (block.type !== 'document') return mediaPart(block, path)
  const cache = checked(block, path)
  const name = textIn(block, 'title', `${path}.title`)
  const source = sourceOf(block, `${path}.source`)
  return {
    type: 'file',
    ...source,
    mediaType: source.mediaType ?? 'application/pdf',
    ...(name === undefined ? {} : { name }),
    ...cache,
  }
}

function mediaPart(block: Json, path: string): TextPart | Extract<UserPart, { type: 'image' }> {
  if (block.type !== 'image') return textPart(block, path)
  return { type: 'image', ...checkedSource(block, path) }
}

const checkedSource = (block: Json, path: string) => ({ ...checked(block, path), ...sourceOf(block, `${path}.source`) })

function sourceOf(
  block: Json,
  path: string,
): { data: Uint8Array<ArrayBuffer>; mediaType: string } | { url: string; mediaType?: undefined } {
  const source = objectIn(block, 'source', path) ?? {}
  if (source.type === 'url') return { url: urlOf(requiredText(source, 'url', `${path}.url`), `${path}.url`) }
  if (source.type === 'base64') {
    const mediaType = requiredText(source, 'media_type', `${path}.media_type`)
    return { data: bytesOf(requiredText(source, 'data', `${path}.data`), `${path}.data`), mediaType }
  }
  if (source.type === 'text')
    return { data: new TextEncoder().encode(requiredText(source, 'data', `${path}.data`)), mediaType: 'text/plain' }
  throw untranslatable(`${path}.type`)
}

export function assistantMessage(content: unknown, path: string): Message {
  if (typeof content === 'string') return { role: 'assistant', content }
  return { role: 'assistant', content: blocksOf(content, path).map(([block, at]) => assistantPart(block, at)) }
}

function assistantPart(block: Json, path: string): AssistantPart {
  const cache = checked(block, path)
  switch (block.type) {
    case 'text':
      return { type: 'text', text: textIn(block, 'text', `${path}.text`) ?? '', ...cache }
    case 'tool_use':
      return {
        type: 'tool_call',
        id: requiredText(block, 'id', `${path}.id`),
        name: requiredText(block, 'name', `${path}.name`),
        arguments: JSON.stringify(block.input ?? {}),
      }
    case 'thinking': {
      const text = textIn(block, 'thinking', `${path}.thinking`) ?? ''
      if (!given(block.signature) || block.signature === '') return { type: 'reasoning', text }
      const { seal, signedBy } = sealOf(requiredText(block, 'signature', `${path}.signature`))
      return { type: 'reasoning', text, signature: seal, signedBy }
    }
    case 'redacted_thinking': {
      const { seal, signedBy } = sealOf(requiredText(block, 'data', `${path}.data`))
      return { type: 'reasoning', text: '', redacted: seal, signedBy }
    }
    default:
      throw untranslatable(`${path}.type`)
  }
}
