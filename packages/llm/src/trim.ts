import { refuse } from '@do/provider'
import { estimateMessage } from './estimate.ts'
import type { AssistantPart, Message } from './messages.ts'

export interface TrimLimit {
  /** Most tokens of all messages together. Leave room for the answer, tools and what the estimate misses. */
  readonly tokens: number
  /** How many tokens a message has. Default: `estimateMessage`. */
  readonly count?: (message: Message) => number
}

/**
 * Shortens a conversation from its oldest end. What belongs together stays or goes together: a tool's result never loses its call
 * nor a call its results, which every vendor refuses for good. System messages stay, and so does what the user said last; the
 * result begins with a user's message. What was orphaned before is left out.
 * @throws ProviderError `context_length` where even what has to stay is too long.
 */
export function trimConversation(messages: readonly Message[], { tokens, count = estimateMessage }: TrimLimit): Message[] {
  const groups = groupsOf(messages).map((group) => ({
    ...group,
    tokens: group.messages.reduce((sum, each) => sum + count(each), 0),
  }))
  const lastUser = groups.findLastIndex(({ role }) => role === 'user')
  // What came after the user's last word is the answer being worked on: its newest step must stay.
  const newest = groups.findLastIndex(({ role }) => role !== 'system')
  const kept = new Set<number>()
  let total = 0
  for (const [index, group] of groups.entries()) {
    if (group.role !== 'system' && index !== lastUser && index !== newest) continue
    kept.add(index)
    total += group.tokens
  }
  if (total > tokens) {
    throw refuse(
      'context_length',
      'What has to stay of this conversation is longer than the limit. Shorten it, or raise the limit.',
      {
        field: 'messages',
        elsewhere: true,
      },
    )
  }
  for (let index = newest; index >= 0; index--) {
    const group = groups[index] as (typeof groups)[number]
    if (kept.has(index)) continue
    if (total + group.tokens > tokens) break
    kept.add(index)
    total += group.tokens
  }
  const first = groups.findIndex(({ role }, index) => role === 'user' && kept.has(index))
  return groups.flatMap(({ role, messages }, index) =>
    kept.has(index) && (role === 'system' || first === -1 || index >= first) ? messages : [],
  )
}

interface Group {
  readonly role: 'system' | 'user' | 'assistant'
  readonly messages: readonly Message[]
}

/** A message, or an assistant's calls with all their results. */
function groupsOf(messages: readonly Message[]): Group[] {
  const answered = answersOf(messages)
  const groups: Group[] = []
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') continue
    if (message.role !== 'assistant') {
      groups.push({ role: message.role, messages: [message] })
      continue
    }
    const answers = answered.get(message) ?? []
    // Calls at the very end wait for their results still.
    const isPending = messages.slice(index + 1).every(({ role }) => role === 'tool')
    const whole = isPending ? message : withoutUnanswered(message, new Set(answers.map(({ toolCall }) => toolCall)))
    if (whole !== undefined) groups.push({ role: 'assistant', messages: [whole, ...answers] })
  }
  return groups
}

type ToolMessage = Extract<Message, { role: 'tool' }>
type AssistantMessage = Extract<Message, { role: 'assistant' }>

/** Results by the message whose call they answer: the nearest before them, since some vendors number calls anew in each answer. */
function answersOf(messages: readonly Message[]): ReadonlyMap<AssistantMessage, ToolMessage[]> {
  const open = new Map<string, AssistantMessage>()
  const answers = new Map<AssistantMessage, ToolMessage[]>()
  for (const message of messages) {
    if (message.role === 'assistant') for (const { id } of callsOf(message)) open.set(id, message)
    if (message.role !== 'tool') continue
    const caller = open.get(message.toolCall)
    if (caller === undefined) continue
    open.delete(message.toolCall)
    answers.set(caller, [...(answers.get(caller) ?? []), message])
  }
  return answers
}

function callsOf({ content }: AssistantMessage) {
  return typeof content === 'string' ? [] : content.filter((part) => part.type === 'tool_call')
}

/** Undefined where nothing is left to say. */
function withoutUnanswered(message: AssistantMessage, answered: ReadonlySet<string>): AssistantMessage | undefined {
  if (callsOf(message).every(({ id }) => answered.has(id))) return message
  const parts = message.content as readonly AssistantPart[]
  const content = parts.filter((part) => part.type !== 'tool_call' || answered.has(part.id))
  return content.some(({ type }) => type !== 'reasoning') ? { ...message, content } : undefined
}
