import type { Anthropic } from '@anthropic-ai/sdk'
import type { GenerateRequest, Message } from '@do/llm'
import { refuse } from '@do/provider'
import { assistantBlocks, type Block, textBlock, toolResult, userBlocks } from './parts.ts'

export interface Conversation {
  readonly system: Anthropic.TextBlockParam[]
  readonly messages: { readonly role: 'user' | 'assistant'; content: Block[] }[]
}

/**
 * The system's messages go before all others, neighbours of one role become one turn, and results of tools open the turn of the
 * user after the calls: Anthropic knows no other order.
 */
export function conversationOf({ messages }: GenerateRequest, warn: (warning: string) => void): Conversation {
  const conversation: Conversation = { system: [], messages: [] }
  for (const [index, message] of messages.entries()) {
    const field = `messages.${index}.content`
    if (message.role === 'system') {
      if (conversation.messages.length > 0) warn('system_moved')
      conversation.system.push(...systemBlocks(message))
    } else if (message.role === 'assistant') {
      append(
        conversation,
        'assistant',
        assistantBlocks(message.content, field, () => warn('unsigned_reasoning_dropped')),
      )
    } else if (message.role === 'tool') append(conversation, 'user', [toolResult(message, field)])
    else {
      if (message.name !== undefined) warn('name_ignored')
      append(conversation, 'user', userBlocks(message.content, field))
    }
  }
  if (conversation.messages.length === 0) {
    throw refuse('invalid_input', '"messages" must hold something that is not of the system.', { field: 'messages' })
  }
  for (const turn of conversation.messages) {
    if (turn.role === 'user')
      turn.content = [...turn.content.filter(isResult), ...turn.content.filter((block) => !isResult(block))]
  }
  return conversation
}

const isResult = ({ type }: Block) => type === 'tool_result'

function systemBlocks({ content }: Extract<Message, { role: 'system' }>): readonly Anthropic.TextBlockParam[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  return parts.filter(({ text }) => text !== '').map(textBlock)
}

/** What says nothing makes no turn: Anthropic refuses empty ones. */
function append({ messages }: Conversation, role: 'user' | 'assistant', content: readonly Block[]): void {
  if (content.length === 0) return
  const last = messages.at(-1)
  if (last?.role === role) last.content.push(...content)
  else messages.push({ role, content: [...content] })
}
