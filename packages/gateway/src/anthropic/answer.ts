import type { AssistantPart, FinishReason, Generation, Usage } from '@do/llm'
import { isObject } from '../body.ts'
import type { AnswerFacts } from '../language.ts'
import { sealFor } from './seal.ts'

export const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  other: 'end_turn',
}

/** Anthropic counts what comes from the cache apart from the input. */
export const messageUsage = ({ input, cacheRead, cacheWrite, output }: Usage) => ({
  input_tokens: input,
  cache_creation_input_tokens: cacheWrite,
  cache_read_input_tokens: cacheRead,
  output_tokens: output,
})

export const emptyUsage = messageUsage({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 })

export const messageId = (id: string, requestId: string) => (id === '' ? `msg_${requestId}` : id)

/** See https://docs.claude.com/en/api/messages */
export function messageAnswer(generation: Generation, { requestId }: AnswerFacts) {
  const content = generation.content.flatMap(blockOf)
  return {
    id: messageId(generation.id, requestId),
    type: 'message',
    role: 'assistant',
    model: generation.model,
    content: generation.refusal === undefined ? content : [...content, { type: 'text', text: generation.refusal }],
    stop_reason: stopReasons[generation.finish],
    stop_sequence: null,
    usage: generation.usage === undefined ? emptyUsage : messageUsage(generation.usage),
  }
}

function blockOf(part: AssistantPart): object[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'tool_call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: inputOf(part.arguments) }]
    case 'reasoning': {
      const { text, signature, redacted, signedBy = 'anthropic' } = part
      const seen = text === '' && signature === undefined ? [] : [thinkingBlock(text, signature, signedBy)]
      return redacted === undefined ? seen : [...seen, { type: 'redacted_thinking', data: sealFor(redacted, signedBy) }]
    }
  }
}

const thinkingBlock = (thinking: string, signature: string | undefined, signedBy: string) => ({
  type: 'thinking',
  thinking,
  signature: signature === undefined ? '' : sealFor(signature, signedBy),
})

/** Arguments are an object in this language; a model that was cut within them has none. */
function inputOf(text: string): object {
  try {
    const input: unknown = JSON.parse(text === '' ? '{}' : text)
    return isObject(input) ? input : {}
  } catch {
    return {}
  }
}
