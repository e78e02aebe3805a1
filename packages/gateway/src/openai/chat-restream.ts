import { isObject, type Json } from '../body.ts'

/** A whole chat completion as the chunks of a stream: everything of each choice in one, then why it ended. */
export function restreamChat(whole: Json, body: Json): string {
  const { choices, usage, object: _, ...rest } = whole
  const facts = { ...rest, object: 'chat.completion.chunk' }
  const wantsUsage = isObject(body.stream_options) && body.stream_options.include_usage === true
  const event = (fields: Json) =>
    `data: ${JSON.stringify({ ...facts, ...fields, ...(wantsUsage && fields.usage === undefined ? { usage: null } : {}) })}\n\n`
  const chunks = (Array.isArray(choices) ? choices.filter(isObject) : []).flatMap(
    ({ index = 0, message, logprobs = null, finish_reason }) => [
      event({ choices: [{ index, delta: deltaOf(message), logprobs, finish_reason: null }] }),
      event({ choices: [{ index, delta: {}, logprobs: null, finish_reason }] }),
    ],
  )
  const counted = wantsUsage && isObject(usage) ? event({ choices: [], usage }) : ''
  return `${chunks.join('')}${counted}data: [DONE]\n\n`
}

/** In a stream calls have a number. */
function deltaOf(message: unknown): unknown {
  if (!isObject(message) || !Array.isArray(message.tool_calls)) return message
  return { ...message, tool_calls: message.tool_calls.map((call, index) => ({ index, ...(call as Json) })) }
}
