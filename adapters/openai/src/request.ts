import { type GenerateRequest, warningsOf } from '@do/llm'
import { inputOf } from './input.ts'
import { lacks } from './lacks.ts'
import { messagesOf, type WireMessage } from './messages.ts'
import type { Api, Dialect } from './options.ts'
import { isStrict } from './strict.ts'

/** The body of a request for an answer, and what could not be kept of the wish. */
export interface WireRequest {
  readonly api: Api
  readonly model: string
  /** Undefined members are none: they are not written. */
  readonly body: Readonly<Record<string, unknown>>
  /** What it says beside, where a stream is wanted. */
  readonly streamed?: object
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
  const api = dialect.api(model)
  const warnings = [...warningsOf(input)]
  const thinking = dialect.thinking({ api, level: input.thinking, model, hasTools: (input.tools ?? []).length > 0 })
  if (thinking.warning !== undefined) warnings.push(thinking.warning)
  const { output } = input
  if (typeof output === 'object' && !isStrict(output.schema)) warnings.push('schema_not_strict')
  const common = {
    model,
    ...toolsOf(input, api),
    temperature: input.temperature,
    top_p: input.topP,
    [dialect.isOpenai ? 'safety_identifier' : 'user']: input.user,
  }
  const onlyChat = {
    seed: input.seed,
    presence_penalty: input.presencePenalty,
    frequency_penalty: input.frequencyPenalty,
  }
  const json = output === 'json' ? sayingJson : (messages: readonly WireMessage[]) => messages
  const format = formatOf(output, api)
  if (api === 'responses') {
    checkResponses(input, dialect)
    const unsaid = { ...onlyChat, name: input.messages.find((message) => 'name' in message) }
    for (const [name, given] of Object.entries(unsaid)) if (given !== undefined) warnings.push(`${name}_ignored`)
    const { reasoning_effort: effort, ...words } = thinking.body
    const summary = thinking.thinks ? dialect.thoughts : undefined
    const body = {
      ...common,
      input: json(inputOf(input.messages, dialect)),
      text: format && { format },
      reasoning: effort || summary ? { effort, summary } : undefined,
      ...words,
      max_output_tokens: input.maxOutputTokens,
      store: false,
      include: thinking.thinks ? ['reasoning.encrypted_content'] : undefined,
    }
    return { api, model, body, warnings }
  }
  const body = {
    ...common,
    messages: json(messagesOf(input.messages, dialect)),
    response_format: format,
    ...thinking.body,
    [dialect.maxTokensField]: input.maxOutputTokens,
    stop: input.stop,
    ...onlyChat,
  }
  return { api, model, body, warnings, ...(dialect.streamUsage && { streamed: { stream_options: { include_usage: true } } }) }
}

/** What Responses have no word for, and what would change the answer if it were left out. */
function checkResponses(input: GenerateRequest, { isOpenai }: Dialect): void {
  const takes = (field: string, what: string) =>
    lacks(field, `OpenAI's Responses take ${what}. Change "${field}", or ask another model.`)
  if (input.stop?.length) throw takes('stop', 'no stop sequences')
  if (isOpenai && (input.maxOutputTokens ?? 16) < 16) throw takes('maxOutputTokens', '16 tokens or more')
}

/** JSON of any shape is refused where no message asks for it by that word. */
function sayingJson(messages: readonly WireMessage[]): readonly WireMessage[] {
  return /json/i.test(JSON.stringify(messages))
    ? messages
    : [{ role: 'system', content: 'Answer with one JSON object.' }, ...messages]
}

/** Chat completions put under a name what Responses say outright. */
const nested = (api: Api, name: string, value: object) => (api === 'chat' ? { [name]: value } : value)

function toolsOf({ tools = [], toolChoice, parallelTools }: GenerateRequest, api: Api) {
  if (tools.length === 0) return {}
  const called = (about: Readonly<Record<string, unknown>>) => ({
    type: 'function',
    ...nested(api, 'function', about),
  })
  return {
    tools: tools.map(({ name, description, parameters, strict }) =>
      // Responses are strict where nothing is said, chat completions are not.
      called({ name, description, parameters, strict: api === 'chat' ? strict : (strict ?? false) }),
    ),
    tool_choice: typeof toolChoice === 'object' ? called({ name: toolChoice.tool }) : toolChoice,
    parallel_tool_calls: parallelTools,
  }
}

function formatOf(output: GenerateRequest['output'], api: Api) {
  if (output === undefined) return undefined
  if (output === 'json') return { type: 'json_object' }
  const { schema, name = 'answer', description } = output
  const about = { name, description, schema, strict: isStrict(schema) }
  return { type: 'json_schema', ...nested(api, 'json_schema', about) }
}
