import type { Tool } from '@do/llm'
import { given, isObject, type Json } from '../body.ts'
import { itemAt, listIn, objectIn } from '../fields.ts'
import type { Translated } from '../language.ts'
import { type Neutral, nothingLost, untranslatable } from '../lossless.ts'
import { messageOf } from './chat-messages.ts'

const kept: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'reasoning_effort'],
  ...['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty'],
  ...['user', 'safety_identifier', 'stream', 'stream_options'],
  // Hints for the vendor's own cache: they change no answer.
  ...['prompt_cache_key', 'prompt_cache_retention'],
])

const is =
  (...values: unknown[]): Neutral =>
  (value) =>
    values.includes(value)
const isEmpty: Neutral = (value) => isObject(value) && Object.keys(value).length === 0

/** What says nothing where it has its usual value. Metadata only belongs to answers that are stored, which is refused. */
const neutral: Readonly<Record<string, Neutral>> = {
  n: is(1),
  logprobs: is(false),
  store: is(false),
  metadata: () => true,
  service_tier: is('auto', 'default'),
  logit_bias: isEmpty,
  verbosity: is('medium'),
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
}

const levels = { none: 'off', low: 'low', medium: 'medium', high: 'high' } as const

/** A chat completion request in our words. @throws GatewayRefusal for what would be lost; `param` names it. */
export function translateChat(body: Json): Translated {
  nothingLost(body, kept, neutral)
  const messages = (body.messages as Json[]).map((message, index) => messageOf(message, `messages.${index}`))
  const given: Partial<Translated> = {
    tools: toolsOf(body),
    toolChoice: choiceOf(body.tool_choice),
    parallelTools: optional(body.parallel_tool_calls),
    output: outputOf(body),
    thinking: thinkingOf(body.reasoning_effort),
    maxOutputTokens: optional(body.max_completion_tokens) ?? optional(body.max_tokens),
    temperature: optional(body.temperature),
    topP: optional(body.top_p),
    stop: typeof body.stop === 'string' ? [body.stop] : optional(body.stop),
    seed: optional(body.seed),
    presencePenalty: optional(body.presence_penalty),
    frequencyPenalty: optional(body.frequency_penalty),
    user: optional(body.safety_identifier) ?? optional(body.user),
  }
  return { messages, ...withoutAbsent(given) }
}

/** As it is, for the schema of the interface to judge; null is left out. */
const optional = <T>(value: unknown): T | undefined => (given(value) ? (value as T) : undefined)

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function toolsOf(body: Json): Tool[] | undefined {
  const tools = listIn(body, 'tools')
  if (tools === undefined || tools.length === 0) return undefined
  return tools.map((_, index) => {
    const at = `tools.${index}`
    const tool = itemAt(tools, index, at)
    if (tool.type !== 'function') throw untranslatable(`${at}.type`)
    const { name, description, parameters, strict, ...rest } = objectIn(tool, 'function', `${at}.function`) ?? {}
    nothingLost(rest, new Set(), {}, `${at}.function`)
    return {
      name: name as string,
      parameters: isObject(parameters) && Object.keys(parameters).length > 0 ? parameters : { type: 'object', properties: {} },
      ...withoutAbsent({ description: optional<string>(description), strict: optional<boolean>(strict) }),
    }
  })
}

function choiceOf(choice: unknown): Translated['toolChoice'] {
  if (!given(choice)) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) return { tool: choice.function.name as string }
  throw untranslatable('tool_choice')
}

function outputOf(body: Json): Translated['output'] {
  const format = objectIn(body, 'response_format')
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json_object') return 'json'
  const at = 'response_format.json_schema'
  const { name, description, schema, strict: _, ...rest } = objectIn(format, 'json_schema', at) ?? {}
  nothingLost(rest, new Set(), {}, at)
  // The interface knows schemas of objects, which is all that vendors guarantee.
  if (!isObject(schema) || schema.type !== 'object') throw untranslatable(`${at}.schema`)
  return { schema, ...withoutAbsent({ name: optional<string>(name), description: optional<string>(description) }) }
}

function thinkingOf(effort: unknown): Translated['thinking'] {
  if (!given(effort)) return undefined
  if (typeof effort !== 'string' || !Object.hasOwn(levels, effort)) throw untranslatable('reasoning_effort')
  return levels[effort as keyof typeof levels]
}
