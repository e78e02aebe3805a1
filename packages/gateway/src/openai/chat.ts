import { given, isObject, type Json } from '../body.ts'
import type { Language } from '../language.ts'
import { chatAnswer, chatWriter } from './chat-answer.ts'
import { checkChat } from './chat-check.ts'
import { translateChat } from './chat-parse.ts'
import { restreamChat } from './chat-restream.ts'

/** OpenAI's chat completions. */
export const chat: Language = {
  wire: 'openai.chat',
  check: checkChat,
  facts: (body) => ({ outputTokens: outputTokens(body), needs: needsOf(body), text: lastText(body), user: userOf(body) }),
  translate: translateChat,
  isForeign: () => false,
  answer: chatAnswer,
  writer: chatWriter,
  restream: restreamChat,
  relayHeaders: () => ({}),
}

function outputTokens(body: Json): number | undefined {
  const each = body.max_completion_tokens ?? body.max_tokens
  return typeof each === 'number' ? each * (typeof body.n === 'number' ? body.n : 1) : undefined
}

const partNeeds: ReadonlyMap<unknown, string> = new Map([
  ['image_url', 'vision'],
  ['input_audio', 'audio-input'],
  ['file', 'files'],
])

function needsOf(body: Json): readonly string[] {
  const needs = new Set<string>()
  if (Array.isArray(body.tools) && body.tools.length > 0) needs.add('tools')
  const format = isObject(body.response_format) ? body.response_format.type : undefined
  if (format === 'json_object') needs.add('json')
  if (format === 'json_schema') needs.add('structured-output')
  if (given(body.reasoning_effort) && body.reasoning_effort !== 'none') needs.add('thinking')
  for (const { content } of body.messages as Json[]) {
    if (!Array.isArray(content)) continue
    for (const { type } of content as Json[]) {
      const need = partNeeds.get(type)
      if (need !== undefined) needs.add(need)
    }
  }
  return [...needs]
}

function lastText(body: Json): string {
  const content = (body.messages as Json[]).findLast(({ role }) => role === 'user')?.content
  return textOf(content)
}

/** All text of a content. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as Json[])
    .flatMap((part) => (part.type === 'text' && typeof part.text === 'string' ? [part.text] : []))
    .join('\n')
}

function userOf(body: Json): string | undefined {
  const user = body.safety_identifier ?? body.user
  return typeof user === 'string' ? user : undefined
}
