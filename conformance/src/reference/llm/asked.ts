import type { AskedAnswer, AskedMessage } from '../../llm-twin.ts'
import type { VendorPart, VendorRequest, VendorTurn } from './wire.ts'

const roles = { user: 'user', model: 'assistant', tool: 'tool' } as const

/** A request in the words that all twins share. */
export function askedOf(body: VendorRequest): AskedAnswer {
  const { choice, effort, temperature, stop, seed, shape, json, limit } = body
  return {
    operation: 'generate',
    model: body.model,
    streamed: body.stream === true,
    system: body.system ?? [],
    messages: body.turns.map(messageOf),
    tools: (body.tools ?? []).map(({ name }) => name),
    ...(choice === undefined ? {} : { toolChoice: choiceOf(choice) }),
    ...(shape === undefined ? {} : { schema: shape }),
    ...(json === undefined ? {} : { json }),
    ...(effort === undefined ? {} : { thinking: effort === 'none' ? 'off' : effort }),
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
  }
}

function choiceOf(choice: NonNullable<VendorRequest['choice']>): AskedAnswer['toolChoice'] {
  if (typeof choice === 'object') return { tool: choice.name }
  return choice === 'must' ? 'required' : choice
}

function messageOf({ from, parts, answers }: VendorTurn): AskedMessage {
  const calls = parts.filter(({ kind }) => kind === 'call')
  return {
    role: roles[from],
    text: parts.flatMap(({ kind, text }) => (kind === 'text' && text !== undefined ? [text] : [])).join(''),
    media: parts.flatMap(mediaOf),
    toolCalls: calls.map(({ id = '', name = '', arguments: given = '{}' }) => ({ id, name, arguments: JSON.parse(given) })),
    ...(answers === undefined ? {} : { toolCall: answers }),
    signatures: parts.flatMap(({ seal }) => (seal === undefined ? [] : [seal])),
  }
}

function mediaOf({ kind, type, url, data }: VendorPart): string[] {
  if (kind !== 'image' && kind !== 'file' && kind !== 'audio') return []
  if (url !== undefined) return [`${kind}:url`]
  // What cannot be decoded is no picture.
  atob(data ?? '')
  return [`${kind}:${type}`]
}
