import { type GenerateRequest, type Tool, warningsOf } from '@do/llm'
import { messagesOf, type WireMessage } from './messages.ts'
import type { Dialect } from './options.ts'
import { isStrict } from './strict.ts'

/** The body of a request for an answer, and what could not be kept of the wish. */
export interface WireRequest {
  readonly model: string
  readonly body: Readonly<Record<string, unknown>>
  readonly warnings: readonly string[]
}

/**
 * The request for an input: worked out once, when it is checked, and taken again when it is sent.
 * @throws ProviderError `unsupported` for what this model or vendor has not.
 */
export function requests(dialect: Dialect): (input: GenerateRequest) => WireRequest {
  const made = new WeakMap<GenerateRequest, WireRequest>()
  return (input) => {
    const request = made.get(input) ?? requestOf(input, dialect)
    made.set(input, request)
    return request
  }
}

function requestOf(input: GenerateRequest, dialect: Dialect): WireRequest {
  const model = input.model as string
  const warnings = [...warningsOf(input)]
  const thinking = dialect.thinking({ level: input.thinking, model, hasTools: (input.tools ?? []).length > 0 })
  if (thinking.warning !== undefined) warnings.push(thinking.warning)
  const { output } = input
  if (typeof output === 'object' && !isStrict(output.schema)) warnings.push('schema_not_strict')
  const body = defined({
    model,
    messages: output === 'json' ? sayingJson(messagesOf(input.messages, dialect)) : messagesOf(input.messages, dialect),
    ...toolsOf(input),
    response_format: formatOf(output),
    ...thinking.body,
    [dialect.maxTokensField]: input.maxOutputTokens,
    temperature: input.temperature,
    top_p: input.topP,
    stop: input.stop,
    seed: input.seed,
    presence_penalty: input.presencePenalty,
    frequency_penalty: input.frequencyPenalty,
    [dialect.isOpenai ? 'safety_identifier' : 'user']: input.user,
  })
  return { model, body, warnings }
}

/** JSON of any shape is refused where no message asks for it by that word. */
function sayingJson(messages: readonly WireMessage[]): readonly WireMessage[] {
  return /json/i.test(JSON.stringify(messages))
    ? messages
    : [{ role: 'system', content: 'Answer with one JSON object.' }, ...messages]
}

function toolsOf({ tools = [], toolChoice, parallelTools }: GenerateRequest) {
  if (tools.length === 0) return {}
  return {
    tools: tools.map(toolOf),
    tool_choice: typeof toolChoice === 'object' ? { type: 'function', function: { name: toolChoice.tool } } : toolChoice,
    parallel_tool_calls: parallelTools,
  }
}

const toolOf = ({ name, description, parameters, strict }: Tool) => ({
  type: 'function',
  function: defined({ name, description, parameters, strict }),
})

function formatOf(output: GenerateRequest['output']) {
  if (output === undefined) return undefined
  if (output === 'json') return { type: 'json_object' }
  const { schema, name = 'answer', description } = output
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict: isStrict(schema) }) }
}

/** The same object without its undefined members. */
export const defined = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
