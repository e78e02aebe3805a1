import type { GenerateRequest, Tool } from '@do/llm'
import { refuse } from '@do/provider'
import type {
  FunctionCallingConfigMode,
  FunctionDeclaration,
  GenerateContentConfig,
  GenerateContentParameters,
  ToolConfig,
} from '@google/genai/web'
import { defined } from './client.ts'
import { conversationOf } from './contents.ts'
import { combinesTools, ignoresSampling, modelIn } from './model.ts'
import { fitSchema } from './schema.ts'
import { thinkingFor } from './thinking.ts'

/** One request is one request: the SDK would otherwise call functions, and send on what is not finished, by itself. */
export const oneRequest = { automaticFunctionCalling: { disable: true }, automaticContinuation: false } as const

/**
 * What this vendor, or this model of it, cannot do, before anything is sent.
 * @throws ProviderError `unsupported` or `model_not_found`, both good reasons to ask another provider.
 */
export function checkGenerate(input: GenerateRequest): void {
  const model = modelIn(input)
  thinkingFor(model, input.thinking)
  const hasTools = input.tools !== undefined && input.tools.length > 0
  if (hasTools && input.parallelTools === false) {
    throw refuse('unsupported', 'Google cannot be told to call one tool at a time. Leave `parallelTools` out.', {
      field: 'parallelTools',
      elsewhere: true,
    })
  }
  if (hasTools && input.output !== undefined && !combinesTools(model)) {
    throw refuse('unsupported', `"${model}" answers JSON or calls tools, not both: ask a model from Gemini 3 on.`, {
      field: 'output',
      elsewhere: true,
    })
  }
}

export interface Request {
  readonly parameters: GenerateContentParameters
  /** What was asked and is not kept. */
  readonly warnings: readonly string[]
}

/** @throws ProviderError `invalid_input`, `invalid_schema` or `unsupported`. */
export function requestOf(input: GenerateRequest): Request {
  const model = modelIn(input)
  const { contents, system, moved } = conversationOf(input.messages, model)
  const thinking = thinkingFor(model, input.thinking)
  const tools = input.tools ?? []
  const config: GenerateContentConfig = {
    ...oneRequest,
    ...defined({
      systemInstruction: system.length === 0 ? undefined : { parts: system },
      temperature: input.temperature,
      topP: input.topP,
      maxOutputTokens: input.maxOutputTokens,
      stopSequences: input.stop,
      seed: input.seed,
      // Models that pass over the temperature refuse these.
      presencePenalty: ignoresSampling(model) ? undefined : input.presencePenalty,
      frequencyPenalty: ignoresSampling(model) ? undefined : input.frequencyPenalty,
      thinkingConfig: thinking.config,
      tools: tools.length === 0 ? undefined : [{ functionDeclarations: tools.map(declaration) }],
      toolConfig: tools.length === 0 ? undefined : toolConfig(input.toolChoice, tools),
    }),
    ...outputOf(input.output),
  }
  const warnings = [...thinking.warnings, ...unkept(input, model), ...(moved ? ['system_moved'] : [])]
  return { parameters: { model, contents, config }, warnings }
}

function declaration({ name, description, parameters }: Tool, index: number): FunctionDeclaration {
  const parametersJsonSchema = fitSchema(parameters, `tools.${index}.parameters`)
  return defined({ name, description, parametersJsonSchema })
}

/** `VALIDATED` is `AUTO` with arguments that are sure to fit. https://ai.google.dev/gemini-api/docs/function-calling */
function toolConfig(choice: GenerateRequest['toolChoice'], tools: readonly Tool[]): ToolConfig | undefined {
  const mode = (name: string) => name as FunctionCallingConfigMode
  const strict = tools.some((tool) => tool.strict === true)
  if (choice === 'none') return { functionCallingConfig: { mode: mode('NONE') } }
  if (choice === 'required') return { functionCallingConfig: { mode: mode('ANY') } }
  if (typeof choice === 'object') {
    return { functionCallingConfig: { mode: mode('ANY'), allowedFunctionNames: [choice.tool] } }
  }
  if (strict) return { functionCallingConfig: { mode: mode('VALIDATED') } }
  return choice === 'auto' ? { functionCallingConfig: { mode: mode('AUTO') } } : undefined
}

function outputOf(output: GenerateRequest['output']): GenerateContentConfig {
  if (output === undefined) return {}
  if (output === 'json') return { responseMimeType: 'application/json' }
  // Google has no place for the name and the description of a schema but the schema.
  const named = { ...defined({ title: output.name, description: output.description }), ...output.schema }
  return { responseMimeType: 'application/json', responseJsonSchema: fitSchema(named, 'output.schema') }
}

function unkept(input: GenerateRequest, model: string): readonly string[] {
  const ignored = ignoresSampling(model)
  const named = input.messages.some((message) => message.role === 'user' && message.name !== undefined)
  return [
    ...(ignored && input.temperature !== undefined ? ['temperature_ignored'] : []),
    ...(ignored && input.topP !== undefined ? ['top_p_ignored'] : []),
    ...(ignored && input.presencePenalty !== undefined ? ['presence_penalty_ignored'] : []),
    ...(ignored && input.frequencyPenalty !== undefined ? ['frequency_penalty_ignored'] : []),
    ...(named ? ['name_ignored'] : []),
    ...(input.user !== undefined ? ['user_ignored'] : []),
  ]
}
