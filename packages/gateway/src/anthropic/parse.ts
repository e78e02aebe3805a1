import type { Tool } from '@do/llm'
import { given, isObject, type Json } from '../body.ts'
import { itemAt, listIn, objectIn, requiredText } from '../fields.ts'
import type { Translated } from '../language.ts'
import { nothingLost, untranslatable } from '../lossless.ts'
import { assistantMessage, cacheOf, systemContent, userMessages } from './blocks.ts'

const kept: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'max_tokens', 'stream', 'temperature', 'top_p', 'stop_sequences'],
  ...['tools', 'tool_choice', 'thinking', 'output_config', 'metadata'],
])
const neutral = { service_tier: (value: unknown) => value === 'auto' || value === 'standard_only' }
const keptOfTool: ReadonlySet<string> = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])

/** A messages request in our words. @throws GatewayRefusal for what would be lost; `param` names it. */
export function translateMessages(body: Json): Translated {
  nothingLost(body, kept, neutral)
  const stop = listIn(body, 'stop_sequences') as string[] | undefined
  if (stop !== undefined && stop.length > 4) throw untranslatable('stop_sequences')
  const config = objectIn(body, 'output_config') ?? {}
  nothingLost(config, new Set(['format', 'effort']), {}, 'output_config')
  const user = objectIn(body, 'metadata')?.user_id
  const fields: Partial<Translated> = {
    tools: toolsOf(body),
    ...choiceOf(objectIn(body, 'tool_choice')),
    output: outputOf(config),
    thinking: thinkingOf(objectIn(body, 'thinking'), config.effort),
    maxOutputTokens: body.max_tokens as number,
    temperature: (body.temperature ?? undefined) as number | undefined,
    topP: (body.top_p ?? undefined) as number | undefined,
    stop: stop?.length === 0 ? undefined : stop,
    user: typeof user === 'string' ? user : undefined,
  }
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { messages: messagesOf(body), ...present }
}

function messagesOf(body: Json): Translated['messages'] {
  const system: Translated['messages'] = given(body.system)
    ? [{ role: 'system', content: systemContent(body.system, 'system') }]
    : []
  const rest = (body.messages as Json[]).flatMap(({ role, content, ...more }, index) => {
    const at = `messages.${index}`
    nothingLost(more, new Set(), {}, at)
    if (role === 'system') return [{ role: 'system' as const, content: systemContent(content, `${at}.content`) }]
    return role === 'assistant' ? [assistantMessage(content, `${at}.content`)] : userMessages(content, `${at}.content`)
  })
  return [...system, ...rest]
}

function toolsOf(body: Json): Tool[] | undefined {
  const tools = listIn(body, 'tools')
  if (tools === undefined || tools.length === 0) return undefined
  return tools.map((_, index) => {
    const at = `tools.${index}`
    const tool = itemAt(tools, index, at)
    if (given(tool.type) && tool.type !== 'custom') throw untranslatable(`${at}.type`)
    nothingLost(tool, keptOfTool, {}, at)
    return {
      name: requiredText(tool, 'name', `${at}.name`),
      parameters: tool.input_schema as Record<string, unknown>,
      ...(typeof tool.description === 'string' ? { description: tool.description } : {}),
      ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
      ...cacheOf(tool, at),
    }
  })
}

function choiceOf(choice: Json | undefined): Pick<Translated, 'toolChoice' | 'parallelTools'> {
  if (choice === undefined) return {}
  const { type, name, disable_parallel_tool_use: alone } = choice
  const parallel = typeof alone === 'boolean' ? { parallelTools: !alone } : {}
  if (type === 'tool') return { toolChoice: { tool: name as string }, ...parallel }
  return { toolChoice: type === 'any' ? 'required' : (type as 'auto' | 'none'), ...parallel }
}

function outputOf(config: Json): Translated['output'] {
  const format = objectIn(config, 'format', 'output_config.format')
  if (format === undefined) return undefined
  if (format.type !== 'json_schema' || !isObject(format.schema) || format.schema.type !== 'object')
    throw untranslatable('output_config.format')
  return { schema: format.schema }
}

const levels = ['low', 'medium', 'high'] as const

/** A budget of tokens is a level here: up to 4,096 low, up to 16,384 medium, above it high. */
function thinkingOf(thinking: Json | undefined, effort: unknown): Translated['thinking'] {
  const level = levels.find((one) => one === effort)
  if (given(effort) && level === undefined) throw untranslatable('output_config.effort')
  switch (thinking?.type) {
    case undefined:
      return level
    case 'disabled':
      return 'off'
    case 'adaptive':
      return level ?? 'high'
    case 'enabled': {
      const budget = thinking.budget_tokens
      if (typeof budget !== 'number') throw untranslatable('thinking.budget_tokens')
      if (budget <= 4_096) return 'low'
      return budget <= 16_384 ? 'medium' : 'high'
    }
    default:
      throw untranslatable('thinking.type')
  }
}
