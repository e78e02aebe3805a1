import type { Problem } from '../problem.ts'
import { renamed } from '../renamed.ts'

/** Fields in our words, as the client wrote them. */
const names = {
  maxOutputTokens: 'max_tokens',
  topP: 'top_p',
  toolChoice: 'tool_choice',
  parallelTools: 'tool_choice',
  output: 'output_config.format',
  stop: 'stop_sequences',
}

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** Anthropic has a status of its own for it. */
export const anthropicStatus = ({ status, code }: Problem): number => (code === 'overloaded' ? 529 : status)

/** See https://docs.claude.com/en/api/errors */
export const anthropicError = (problem: Problem, requestId: string) => {
  const status = anthropicStatus(problem)
  const type = types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  const param = renamed(problem.param, names)
  const message = param === undefined ? problem.message : `${param}: ${problem.message}`
  return { type: 'error', error: { type, message }, request_id: requestId }
}

export const anthropicErrorEvent = (problem: Problem, requestId: string): string =>
  `event: error\ndata: ${JSON.stringify(anthropicError(problem, requestId))}\n\n`
