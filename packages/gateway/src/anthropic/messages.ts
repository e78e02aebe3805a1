import { given, isObject, type Json } from '../body.ts'
import type { Language } from '../language.ts'
import { textOf } from '../openai/chat.ts'
import { messageAnswer } from './answer.ts'
import { blocksIn, checkMessages } from './check.ts'
import { translateMessages } from './parse.ts'
import { sealOf } from './seal.ts'
import { messageWriter } from './writer.ts'

/** Anthropic's messages. */
export const messages: Language = {
  wire: 'anthropic.messages',
  check: checkMessages,
  facts: (body) => ({
    outputTokens: body.max_tokens as number,
    needs: needsOf(body),
    text: textOf((body.messages as Json[]).findLast(({ role }) => role === 'user')?.content),
    user: isObject(body.metadata) && typeof body.metadata.user_id === 'string' ? body.metadata.user_id : undefined,
  }),
  translate: translateMessages,
  isForeign: (body) => {
    for (const { type, signature, data } of blocksIn(body)) {
      const seal = type === 'thinking' ? signature : type === 'redacted_thinking' ? data : undefined
      if (typeof seal === 'string' && sealOf(seal).signedBy !== 'anthropic') return true
    }
    return false
  },
  answer: messageAnswer,
  writer: messageWriter,
  relayHeaders: (headers) => {
    const passed: Record<string, string> = {}
    for (const name of ['anthropic-beta', 'anthropic-version']) {
      const value = headers.get(name)
      if (value !== null) passed[name] = value
    }
    return passed
  },
}

function needsOf(body: Json): readonly string[] {
  const needs = new Set<string>()
  if (Array.isArray(body.tools) && body.tools.length > 0) needs.add('tools')
  if (isObject(body.output_config) && given(body.output_config.format)) needs.add('structured-output')
  if (isObject(body.thinking) && body.thinking.type !== 'disabled') needs.add('thinking')
  for (const { type } of blocksIn(body)) {
    if (type === 'image') needs.add('vision')
    if (type === 'document') needs.add('files')
  }
  return [...needs]
}
