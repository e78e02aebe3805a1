import type { Anthropic } from '@anthropic-ai/sdk'
import { type GenerateRequest, warningsOf } from '@do/llm'
import { refuse } from '@do/provider'
import { settleMarks } from './cache-marks.ts'
import { type Conversation, conversationOf } from './conversation.ts'
import { type ModelRules, rulesOf } from './models.ts'
import { closed } from './schema.ts'
import { type Thinking, thinkingOf } from './thinking.ts'
import { answerTool, toolsOf } from './tools.ts'

interface Sampling {
  temperature?: number
  top_p?: number
}

export interface VendorRequest {
  readonly body: Anthropic.MessageCreateParamsNonStreaming & Sampling
  readonly headers: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
  /** The tool whose arguments are the answer. */
  readonly answerTool: string | undefined
}

export const modelOf = ({ model }: { readonly model: string | readonly string[] }) =>
  typeof model === 'string' ? model : (model[0] as string)

/**
 * A request in Anthropic's words. https://platform.claude.com/docs/en/api/messages/create
 * @throws ProviderError for what Anthropic or this model cannot do: nothing of a request is dropped without a warning.
 */
export function requestOf(input: GenerateRequest): VendorRequest {
  const warnings = new Set(warningsOf(input))
  const warn = (warning: string) => void warnings.add(warning)
  const model = modelOf(input)
  const rules = rulesOf(model)
  const max_tokens = input.maxOutputTokens ?? rules.maxOutput
  const { system, messages } = conversationOf(input, warn)
  const { tools, choice, forced } = toolsOf(input, rules)
  const thinking = settled(thinkingOf(input.thinking, rules, max_tokens, forced), messages, warn)
  if (thinking.on && forced) {
    throw refuse('unsupported', '"toolChoice": no tool can be forced while the model thinks. Leave one of them out.', {
      field: 'toolChoice',
      elsewhere: true,
    })
  }
  checkPrefill(input, rules, thinking.on)
  settleMarks([...tools, ...system, ...messages.flatMap(({ content }) => content as { cache_control?: never }[])])
  const output_config = outputConfig(input, rules, thinking.effort)
  for (const [name, given] of [
    ['seed', input.seed],
    ['presence_penalty', input.presencePenalty],
    ['frequency_penalty', input.frequencyPenalty],
  ] as const) {
    if (given !== undefined && given !== 0) warn(`${name}_ignored`)
  }
  const chosen = sampling(input, rules, thinking.on, warn)
  const body: VendorRequest['body'] = {
    model,
    max_tokens,
    ...(system.length > 0 ? { system } : {}),
    messages,
    ...(tools.length > 0 ? { tools } : {}),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(output_config === undefined ? {} : { output_config }),
    ...chosen,
    ...stopSequences(input.stop),
    ...(input.user === undefined ? {} : { metadata: { user_id: input.user } }),
  }
  // The API's version of 2026 has no sampling for any model; the one before it still has it for those that take it.
  // https://platform.claude.com/docs/en/api/migration-2026-10-21
  const headers: Record<string, string> = Object.keys(chosen).length > 0 ? { 'anthropic-version': '2023-06-01' } : {}
  return {
    body,
    headers,
    warnings: [...warnings],
    answerTool: tools.some(isAnswer) && !rules.structured ? answerTool : undefined,
  }
}

const isAnswer = ({ name }: Anthropic.Tool) => name === answerTool

/**
 * A model that thinks by budget insists on its own sealed thought before calls whose results it is given. Where another model made
 * the calls there is none, and it answers without thinking.
 */
function settled(thinking: Thinking, messages: Conversation['messages'], warn: (warning: string) => void): Thinking {
  if (thinking.thinking?.type !== 'enabled') return thinking
  const last = messages.findLast(({ role }) => role === 'assistant')
  const open = messages.at(-1)?.content.some(({ type }) => type === 'tool_result') ?? false
  const first = last?.content[0]?.type
  if (!open || first === undefined || first === 'thinking' || first === 'redacted_thinking') return thinking
  warn('thinking_ignored')
  return { on: false }
}

function checkPrefill({ messages }: GenerateRequest, { prefill }: ModelRules, thinks: boolean): void {
  if ((prefill && !thinks) || messages.at(-1)?.role !== 'assistant') return
  throw refuse('unsupported', 'This model does not go on from an answer that was begun: end with a message of the user.', {
    field: `messages.${messages.length - 1}`,
    elsewhere: true,
  })
}

function outputConfig(
  { output }: GenerateRequest,
  { structured }: ModelRules,
  effort: Thinking['effort'],
): Anthropic.OutputConfig | undefined {
  const format =
    structured && output !== undefined && output !== 'json'
      ? { format: { type: 'json_schema' as const, schema: closed(output.schema, 'output.schema') } }
      : {}
  return effort === undefined && !('format' in format) ? undefined : { ...(effort === undefined ? {} : { effort }), ...format }
}

function sampling(
  { temperature, topP }: GenerateRequest,
  rules: ModelRules,
  thinks: boolean,
  warn: (warning: string) => void,
): Sampling {
  const free = rules.sampling && !thinks
  if (temperature !== undefined) {
    // Newer models refuse both at once.
    if (topP !== undefined) warn('top_p_ignored')
    if (!free) warn('temperature_ignored')
    if (free && temperature > 1) warn('temperature_limited')
    return free ? { temperature: Math.min(temperature, 1) } : {}
  }
  if (topP !== undefined && !free) warn('top_p_ignored')
  return topP === undefined || !free ? {} : { top_p: topP }
}

function stopSequences(stop: GenerateRequest['stop']): { stop_sequences?: string[] } {
  if (stop === undefined || stop.length === 0) return {}
  const blank = stop.findIndex((sequence) => sequence.trim() === '')
  if (blank >= 0) {
    throw refuse('unsupported', `"stop.${blank}": Anthropic does not stop at white space alone.`, {
      field: `stop.${blank}`,
      elsewhere: true,
    })
  }
  return { stop_sequences: [...stop] }
}
