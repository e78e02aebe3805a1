import { given, isObject, type Json } from '../body.ts'
import { countIn, flagIn, itemAt, listIn, modelIn, numberIn, objectIn, oneOf, requiredText, textIn } from '../fields.ts'
import { invalid } from '../refusal.ts'
import { schemaSentence } from '../schema-sentence.ts'

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const
const toolName = /^[\w-]{1,64}$/

/**
 * Refuses what the vendor would refuse, before it is asked. What it does not know it lets pass: the language grows.
 * See https://platform.openai.com/docs/api-reference/chat/create
 */
export function checkChat(body: Json): void {
  modelIn(body)
  const messages = listIn(body, 'messages')
  if (messages === undefined || messages.length === 0)
    throw invalid('messages', '"messages" must hold at least one message.', 'missing_required_parameter')
  for (let index = 0; index < messages.length; index++)
    checkMessage(itemAt(messages, index, `messages.${index}`), `messages.${index}`)
  const isStreamed = flagIn(body, 'stream') ?? false
  if (objectIn(body, 'stream_options') !== undefined && !isStreamed)
    throw invalid('stream_options', '"stream_options" is only allowed with "stream": true.')
  countIn(body, 'n', 1, 128)
  countIn(body, 'max_tokens')
  countIn(body, 'max_completion_tokens')
  numberIn(body, 'temperature', 0, 2)
  numberIn(body, 'top_p', 0, 1)
  numberIn(body, 'presence_penalty', -2, 2)
  numberIn(body, 'frequency_penalty', -2, 2)
  flagIn(body, 'logprobs')
  flagIn(body, 'parallel_tool_calls')
  textIn(body, 'user')
  checkStop(body.stop)
  checkTools(body)
  checkFormat(body)
}

function checkMessage(message: Json, path: string): void {
  const role = oneOf(message, 'role', roles, `${path}.role`)
  if (role === undefined) throw invalid(`${path}.role`, `"${path}.role" must be given.`, 'missing_required_parameter')
  const { content } = message
  const isSilent = role === 'assistant' && !given(content)
  if (!isSilent && typeof content !== 'string' && !(Array.isArray(content) && content.every(isObject)))
    throw invalid(`${path}.content`, `"${path}.content" must be a string or a list of parts.`, 'invalid_type')
  if (Array.isArray(content))
    for (let index = 0; index < content.length; index++)
      requiredText(content[index] as Json, 'type', `${path}.content.${index}.type`)
  if (role === 'tool') requiredText(message, 'tool_call_id', `${path}.tool_call_id`)
  const calls = listIn(message, 'tool_calls', `${path}.tool_calls`) ?? []
  if (isSilent && calls.length === 0 && !given(message.refusal) && !given(message.function_call) && !given(message.audio))
    throw invalid(`${path}.content`, `"${path}" must have content or tool calls.`, 'missing_required_parameter')
  for (let index = 0; index < calls.length; index++) {
    const at = `${path}.tool_calls.${index}`
    const call = itemAt(calls, index, at)
    requiredText(call, 'id', `${at}.id`)
    textIn(call, 'type', `${at}.type`)
  }
}

function checkStop(stop: unknown): void {
  if (!given(stop) || typeof stop === 'string') return
  if (!Array.isArray(stop) || stop.length > 4 || !stop.every((word) => typeof word === 'string'))
    throw invalid('stop', '"stop" must be a string or a list of at most 4 strings.')
}

function checkTools(body: Json): void {
  const tools = listIn(body, 'tools') ?? []
  if (tools.length > 128) throw invalid('tools', '"tools" may hold at most 128 tools.')
  const names = new Set<string>()
  for (let index = 0; index < tools.length; index++) {
    const at = `tools.${index}`
    const tool = itemAt(tools, index, at)
    const type = requiredText(tool, 'type', `${at}.type`)
    if (type !== 'function') continue
    const about = objectIn(tool, 'function', `${at}.function`) ?? {}
    const name = requiredText(about, 'name', `${at}.function.name`)
    if (!toolName.test(name))
      throw invalid(`${at}.function.name`, `"${at}.function.name" must be 1 to 64 letters, digits, "_" or "-".`)
    names.add(name)
    checkParameters(about.parameters, `${at}.function.parameters`)
  }
  const choice = body.tool_choice
  if (!given(choice)) return
  if (tools.length === 0 && choice !== 'none') throw invalid('tool_choice', '"tool_choice" is only allowed with "tools".')
  if (typeof choice === 'string') {
    oneOf(body, 'tool_choice', ['none', 'auto', 'required'])
    return
  }
  const { type, function: about } = objectIn(body, 'tool_choice') ?? {}
  if (type !== 'function') return
  const name = isObject(about) ? about.name : undefined
  if (typeof name !== 'string' || !names.has(name))
    throw invalid('tool_choice.function.name', '"tool_choice" names a tool that is not in "tools".')
}

function checkParameters(parameters: unknown, path: string): void {
  if (!given(parameters)) return
  const problem = schemaSentence(parameters)
  if (problem !== undefined) throw invalid(path, `"${path}" is no valid JSON Schema: ${problem}.`, 'invalid_function_parameters')
  if (isObject(parameters) && parameters.type !== 'object' && Object.keys(parameters).length > 0)
    throw invalid(path, `"${path}" must be a JSON Schema with "type": "object".`, 'invalid_function_parameters')
}

function checkFormat(body: Json): void {
  const format = objectIn(body, 'response_format')
  if (format === undefined) return
  if (oneOf(format, 'type', ['text', 'json_object', 'json_schema'], 'response_format.type') !== 'json_schema') return
  const at = 'response_format.json_schema'
  const about = objectIn(format, 'json_schema', at)
  if (about === undefined) throw invalid(at, `"${at}" must be given.`, 'missing_required_parameter')
  if (!toolName.test(requiredText(about, 'name', `${at}.name`)))
    throw invalid(`${at}.name`, `"${at}.name" must be 1 to 64 letters, digits, "_" or "-".`)
  const problem = given(about.schema) ? schemaSentence(about.schema) : undefined
  if (problem !== undefined)
    throw invalid(`${at}.schema`, `"${at}.schema" is no valid JSON Schema: ${problem}.`, 'invalid_json_schema')
}
