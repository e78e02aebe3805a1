import type { Problem } from '../problem.ts'
import { renamed } from '../renamed.ts'

/** Fields in our words, as the client wrote them. */
const names = {
  maxOutputTokens: 'max_completion_tokens',
  topP: 'top_p',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  output: 'response_format',
  thinking: 'reasoning_effort',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
}

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
}

const typeOf = ({ status, code }: Problem) => {
  if (code === 'insufficient_quota') return 'insufficient_quota'
  return types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error')
}

/** See https://platform.openai.com/docs/guides/error-codes */
export const openaiError = (problem: Problem) => ({
  error: { message: problem.message, type: typeOf(problem), param: renamed(problem.param, names) ?? null, code: problem.code },
})

/** An error in the middle of a stream. Clients know it by the member `error`. */
export const openaiErrorEvent = (problem: Problem): string => `data: ${JSON.stringify(openaiError(problem))}\n\n`
