import { misfit } from './fits-schema.ts'
import type { Message, Tool, ToolCall } from './messages.ts'

export type CheckedArguments =
  | { readonly fits: true; readonly arguments: Readonly<Record<string, unknown>> }
  | {
      readonly fits: false
      readonly code: 'unknown_tool' | 'not_json' | 'does_not_fit'
      /** Where in the arguments: `items.0.price`; empty for all of them. */
      readonly field: string
      readonly message: string
      /** Put it into the conversation: most models then call again, rightly. */
      readonly answer: Extract<Message, { role: 'tool' }>
    }

/**
 * Reads what a model wrote as arguments, against the tool's own schema. Models make mistakes, and not every vendor guarantees the
 * schema: check before you act on it. No arguments at all are an empty object.
 */
export function checkArguments(tools: Tool | readonly Tool[], call: ToolCall): CheckedArguments {
  const wrong = (code: 'unknown_tool' | 'not_json' | 'does_not_fit', field: string, message: string): CheckedArguments => ({
    ...{ fits: false, code, field, message },
    answer: { role: 'tool', toolCall: call.id, content: message, isError: true },
  })
  const tool = ('name' in tools ? [tools] : tools).find(({ name }) => name === call.name)
  if (tool === undefined) return wrong('unknown_tool', '', 'There is no tool of this name. Use one of the given tools.')
  let value: unknown
  try {
    value = call.arguments.trim() === '' ? {} : JSON.parse(call.arguments)
  } catch {
    return wrong('not_json', '', 'The arguments are not valid JSON. Call the tool again with valid JSON.')
  }
  const problem = misfit(tool.parameters, value)
  if (problem === undefined) return { fits: true, arguments: value as Record<string, unknown> }
  const place = problem.path === '' ? 'The whole of it' : `"${problem.path}"`
  return wrong('does_not_fit', problem.path, `The arguments do not fit the tool's schema: ${place} ${problem.message}.`)
}
