import { ProviderError } from '@do/provider'
import { isTyped } from '../expose/errors.ts'
import { internalError, invalidParams, McpError, type ToolResult } from './sdk.ts'

interface Words {
  readonly code: string
  readonly detail: string
  readonly field?: string
  readonly effect?: string
  readonly retryAfterMs?: number
  readonly requestId: string
}

/** What a failed tool answers: the model reads it, and may correct itself. The words are ours, or there are none. */
export function toolError(error: unknown, requestId: string): ToolResult {
  const words = wordsOf(error, requestId)
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(words) }], structuredContent: { ...words } }
}

/** The same where the protocol knows errors only as its own. */
export function protocolError(error: unknown, requestId: string): Error {
  const words = wordsOf(error, requestId)
  const code = words.code === 'internal' ? internalError : invalidParams
  return new McpError(code, words.detail, words)
}

function wordsOf(error: unknown, requestId: string): Words {
  if (!isTyped(error)) return { code: 'internal', detail: 'Something went wrong inside. Report the request id.', requestId }
  const { code, message: detail } = error as { readonly code: string; readonly message: string }
  const field = ProviderError.is(error) ? error.field : (error as { readonly more?: { readonly field?: string } }).more?.field
  const more = ProviderError.is(error) ? { effect: error.effect, retryAfterMs: error.retryAfterMs } : {}
  return JSON.parse(JSON.stringify({ code, detail, field, ...more, requestId })) as Words
}
