import type { GenerateRequest, Tool } from '@do/llm'
import { warningsOf } from '@do/llm'
import { vendorMessages } from './messages.ts'
import { type Shape, shapeOf, thinkingOf } from './models.ts'

/** A request as the model gets it, and what of it could not be kept. */
export interface VendorRequest {
  readonly model: string
  readonly shape: Shape
  readonly inputs: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
  /** Tokens after which the model stops, as asked for. */
  readonly maxTokens: number | undefined
  /** The model cannot stream this: it is asked for all of it at once. */
  readonly atOnce: boolean
}

const seeds = { least: 1, most: 9_999_999_999 }

export function requestOf(input: GenerateRequest, defaultMaxTokens: number): VendorRequest {
  const model = input.model as string
  const shape = shapeOf(model)
  const thinking = thinkingOf(model, input.thinking)
  const maxTokens = input.maxOutputTokens ?? (shape === 'native' ? defaultMaxTokens : undefined)
  // The older models' seeds begin at 1.
  const seedFits = shape === 'chat' || input.seed === undefined || (input.seed >= seeds.least && input.seed <= seeds.most)
  const hasStop = input.stop !== undefined && input.stop.length > 0
  const tools = toolFields(input, shape)
  const inputs = defined({
    messages: vendorMessages(input.messages, shape),
    ...tools,
    response_format: formatOf(input, shape),
    [shape === 'native' ? 'max_tokens' : 'max_completion_tokens']: maxTokens,
    temperature: input.temperature,
    // 0 is refused.
    top_p: input.topP === undefined ? undefined : Math.max(0.001, input.topP),
    stop: hasStop ? input.stop : undefined,
    seed: seedFits ? input.seed : undefined,
    presence_penalty: input.presencePenalty,
    frequency_penalty: input.frequencyPenalty,
    user: shape === 'chat' ? input.user : undefined,
    ...thinking.fields,
  })
  const warnings = [
    ...warningsOf(input),
    ...(thinking.warning === undefined ? [] : [thinking.warning]),
    ...(seedFits ? [] : ['seed_ignored']),
    ...(shape === 'native' && hasStop ? ['stop_may_be_ignored'] : []),
  ]
  return { model, shape, inputs, warnings, maxTokens, atOnce: shape === 'native' && input.output !== undefined }
}

/** https://developers.cloudflare.com/workers-ai/features/json-mode/ */
function formatOf({ output }: GenerateRequest, shape: Shape): object | undefined {
  if (output === undefined) return undefined
  if (output === 'json') return { type: 'json_object' }
  const { schema, name = 'answer', description } = output
  if (shape === 'native') return { type: 'json_schema', json_schema: schema }
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict: true }) }
}

/** The older models cannot be told which tool to take: they see only that one, and must take one. */
function toolFields({ tools, toolChoice, parallelTools }: GenerateRequest, shape: Shape): object {
  if (tools === undefined || tools.length === 0) return {}
  const only = typeof toolChoice === 'object' && shape === 'native' ? toolChoice.tool : undefined
  return {
    tools: tools.filter(({ name }) => only === undefined || name === only).map(vendorTool),
    tool_choice:
      typeof toolChoice !== 'object'
        ? toolChoice
        : only === undefined
          ? { type: 'function', function: { name: toolChoice.tool } }
          : 'required',
    parallel_tool_calls: shape === 'chat' ? parallelTools : undefined,
  }
}

const vendorTool = ({ name, description, parameters, strict }: Tool) => ({
  type: 'function',
  // The older models' own schema insists on a description, and on `properties`.
  function: defined({ name, description: description ?? name, parameters: { properties: {}, ...parameters }, strict }),
})

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}
