import { given, isObject, type Json } from '../body.ts'
import { countIn, flagIn, itemAt, listIn, modelIn, numberIn, objectIn, oneOf, requiredText } from '../fields.ts'
import { invalid } from '../refusal.ts'
import { schemaSentence } from '../schema-sentence.ts'

const toolName = /^[\w-]{1,128}$/

/**
 * Refuses what the vendor would refuse, before it is asked. What it does not know it lets pass: the language grows.
 * See https://docs.claude.com/en/api/messages
 */
export function checkMessages(body: Json): void {
  modelIn(body)
  if (countIn(body, 'max_tokens') === undefined)
    throw invalid('max_tokens', '"max_tokens" must be given.', 'missing_required_parameter')
  const messages = listIn(body, 'messages')
  if (messages === undefined || messages.length === 0)
    throw invalid('messages', '"messages" must hold at least one message.', 'missing_required_parameter')
  for (let index = 0; index < messages.length; index++) {
    const at = `messages.${index}`
    const message = itemAt(messages, index, at)
    if (oneOf(message, 'role', ['user', 'assistant', 'system'], `${at}.role`) === undefined)
      throw invalid(`${at}.role`, `"${at}.role" must be given.`, 'missing_required_parameter')
    checkContent(message.content, `${at}.content`)
  }
  if (given(body.system)) checkContent(body.system, 'system')
  flagIn(body, 'stream')
  numberIn(body, 'temperature', 0, 1)
  numberIn(body, 'top_p', 0, 1)
  const stops = listIn(body, 'stop_sequences') ?? []
  if (!stops.every((word) => typeof word === 'string'))
    throw invalid('stop_sequences', '"stop_sequences" must be a list of strings.')
  checkTools(body)
  const thinking = objectIn(body, 'thinking')
  if (thinking !== undefined) requiredText(thinking, 'type', 'thinking.type')
  const format = objectIn(objectIn(body, 'output_config') ?? {}, 'format', 'output_config.format')
  const problem = format === undefined || !given(format.schema) ? undefined : schemaSentence(format.schema)
  if (problem !== undefined)
    throw invalid(
      'output_config.format.schema',
      `"output_config.format.schema" is no valid JSON Schema: ${problem}.`,
      'invalid_json_schema',
    )
}

function checkContent(content: unknown, path: string): void {
  if (typeof content === 'string') return
  if (!Array.isArray(content)) throw invalid(path, `"${path}" must be a string or a list of blocks.`, 'invalid_type')
  for (let index = 0; index < content.length; index++) {
    const at = `${path}.${index}`
    const block = itemAt(content, index, at)
    // Results of tools have content of their own, which has no such results in it.
    if (requiredText(block, 'type', `${at}.type`) === 'tool_result' && given(block.content))
      checkResult(block.content, `${at}.content`)
  }
}

function checkResult(content: unknown, path: string): void {
  if (typeof content === 'string') return
  if (!Array.isArray(content)) throw invalid(path, `"${path}" must be a string or a list of blocks.`, 'invalid_type')
  for (let index = 0; index < content.length; index++)
    requiredText(itemAt(content, index, `${path}.${index}`), 'type', `${path}.${index}.type`)
}

function checkTools(body: Json): void {
  const tools = listIn(body, 'tools') ?? []
  const names = new Set<unknown>()
  for (let index = 0; index < tools.length; index++) {
    const at = `tools.${index}`
    const tool = itemAt(tools, index, at)
    const name = requiredText(tool, 'name', `${at}.name`)
    names.add(name)
    if (given(tool.type) && tool.type !== 'custom') continue
    if (!toolName.test(name)) throw invalid(`${at}.name`, `"${at}.name" must be 1 to 128 letters, digits, "_" or "-".`)
    const schema = objectIn(tool, 'input_schema', `${at}.input_schema`)
    const problem = schemaSentence(schema) ?? (schema?.type === 'object' ? undefined : 'its "type" must be "object"')
    if (problem !== undefined)
      throw invalid(
        `${at}.input_schema`,
        `"${at}.input_schema" is no valid JSON Schema: ${problem}.`,
        'invalid_function_parameters',
      )
  }
  const choice = objectIn(body, 'tool_choice')
  if (choice === undefined) return
  if (tools.length === 0) throw invalid('tool_choice', '"tool_choice" is only allowed with "tools".')
  if (oneOf(choice, 'type', ['auto', 'any', 'tool', 'none'], 'tool_choice.type') !== 'tool') return
  if (!names.has(choice.name)) throw invalid('tool_choice.name', '"tool_choice" names a tool that is not in "tools".')
}

/** Every block of a conversation. */
export function* blocksIn(body: Json): Generator<Json> {
  for (const { content } of body.messages as Json[]) if (Array.isArray(content)) yield* content.filter(isObject)
}
