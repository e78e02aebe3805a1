import type { Anthropic } from '@anthropic-ai/sdk'
import type { GenerateRequest } from '@do/llm'
import { refuse } from '@do/provider'
import { marked } from './cache-marks.ts'
import type { ModelRules } from './models.ts'
import { closed } from './schema.ts'

/** The tool that stands for the answer, on models that cannot be held to a schema otherwise. */
export const answerTool = 'answer'

interface Tools {
  readonly tools: Anthropic.Tool[]
  readonly choice?: Anthropic.ToolChoice
  /** Must the model use one? */
  readonly forced: boolean
}

/** @throws ProviderError `unsupported` where a tool is forced on a model that cannot be. That it is there has been checked. */
export function toolsOf(input: GenerateRequest, rules: ModelRules): Tools {
  const { toolChoice, parallelTools, output } = input
  const tools = (input.tools ?? []).map((tool, index) => toolOf(tool, rules, `tools.${index}.parameters`))
  if (output !== undefined && output !== 'json' && !rules.structured) {
    if (tools.length > 0) throw unsupported('output', 'This model answers either tools or a schema, not both at once')
    const description = [output.name, output.description, 'Gives the answer.'].filter(Boolean).join(': ')
    const input_schema = closed(output.schema, 'output.schema') as Anthropic.Tool.InputSchema
    return { tools: [{ name: answerTool, description, input_schema }], choice: { type: 'tool', name: answerTool }, forced: true }
  }
  const wanted = typeof toolChoice === 'object' ? toolChoice.tool : undefined
  const forced = wanted !== undefined || toolChoice === 'required'
  if (forced && !rules.forcedTools) throw unsupported('toolChoice', 'This model decides by itself whether to use a tool')
  if (tools.length === 0) return { tools, forced }
  const single = parallelTools === undefined ? {} : { disable_parallel_tool_use: !parallelTools }
  if (wanted !== undefined) return { tools, choice: { type: 'tool', name: wanted, ...single }, forced }
  if (forced) return { tools, choice: { type: 'any', ...single }, forced }
  if (toolChoice === 'none') return { tools, choice: { type: 'none' }, forced }
  return toolChoice === undefined && parallelTools === undefined
    ? { tools, forced }
    : { tools, choice: { type: 'auto', ...single }, forced }
}

function toolOf(tool: NonNullable<GenerateRequest['tools']>[number], rules: ModelRules, field: string): Anthropic.Tool {
  const strict = tool.strict === true && rules.structured
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: (strict ? closed(tool.parameters, field) : tool.parameters) as Anthropic.Tool.InputSchema,
    ...(strict ? { strict } : {}),
    ...marked(tool.cache),
  }
}

const unsupported = (field: string, why: string) => refuse('unsupported', `"${field}": ${why}.`, { field, elsewhere: true })
