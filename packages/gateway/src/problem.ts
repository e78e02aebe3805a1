import { ProviderError, type TrailEntry } from '@do/provider'
import { GatewayRefusal } from './refusal.ts'

/** An error as a client shall see it, in no vendor's shape yet. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly shouldRetry: boolean | undefined
  readonly headers: Readonly<Record<string, string>>
}

type Row = Pick<Problem, 'status' | 'code' | 'message'> & { readonly param?: string; readonly shouldRetry?: boolean }

/** By the code of the provider's error. The messages are ours: what a vendor says may quote the prompt. */
const byCode: Readonly<Record<string, Row>> = {
  model_not_found: {
    status: 404,
    code: 'model_not_found',
    message: 'No provider has this model. GET /v1/models lists what there is.',
    param: 'model',
  },
  context_length: {
    status: 400,
    code: 'context_length_exceeded',
    message: 'The messages are longer than the context of the model. Shorten them, or ask a model with a larger context.',
    param: 'messages',
  },
  content_filter: {
    status: 400,
    code: 'content_filter',
    message: "The provider's content filter refused the request. Change the prompt.",
  },
  invalid_schema: {
    status: 400,
    code: 'invalid_schema',
    message: 'The provider refused a JSON Schema of the request (a tool, or the response format). Correct the schema.',
  },
  insufficient_quota: {
    status: 429,
    code: 'insufficient_quota',
    message: 'The quota at the provider is used up. It has to be raised there, repeating does not help.',
    shouldRetry: false,
  },
  overloaded: {
    status: 503,
    code: 'overloaded',
    message: 'The provider is overloaded. Repeat the request later.',
  },
  unsupported: {
    status: 400,
    code: 'unsupported',
    message: 'No provider of this model can do what the request asks for (tools, a picture, a format). Ask another model.',
  },
  conversation_bound: {
    status: 400,
    code: 'conversation_bound',
    message: 'The conversation carries thoughts that another vendor signed. Ask a model of that vendor.',
    param: 'messages',
  },
  model_not_allowed: {
    status: 403,
    code: 'model_not_allowed',
    message: 'This key may not use the model. Ask another one, or its owner for a larger tier.',
    param: 'model',
  },
  not_json: {
    status: 502,
    code: 'not_json',
    message: 'The model promised JSON and answered something else. Repeat the request.',
  },
  cancelled: { status: 499, code: 'cancelled', message: 'The client left before the answer.' },
  no_provider_left: {
    status: 503,
    code: 'no_provider_left',
    message: 'No provider could answer. Repeat the request later.',
  },
}

const timeouts: ReadonlySet<string> = new Set(['timeout', 'connect_timeout', 'first_output_timeout', 'idle_timeout'])

/** What went wrong, for a client: the reason of all that were asked where they agree, otherwise that nobody could answer. */
export function problemOf(error: unknown): Problem {
  if (GatewayRefusal.is(error)) {
    const { status, code, message, param, retryAfterMs, shouldRetry, headers } = error
    return { status, code, message, param, retryAfterMs, shouldRetry, headers }
  }
  if (!ProviderError.is(error)) {
    const message = 'The gateway failed. Repeat the request; its id (x-request-id) is in the log.'
    return { ...nothing, status: 500, code: 'internal_error', message }
  }
  const reason = telling(error)
  const row = rowOf(reason)
  const attempts = error.trail.filter(({ action }) => action === 'attempt').length
  return {
    ...nothing,
    ...row,
    param: row.param ?? (row.status === 400 && reason.field !== '' ? reason.field : undefined),
    retryAfterMs: row.status === 429 || row.status >= 500 ? error.retryAfterMs : undefined,
    headers: { 'x-do-attempts': String(attempts) },
  }
}

const nothing = { param: undefined, retryAfterMs: undefined, shouldRetry: undefined, headers: {} }

interface Telling {
  readonly code: string
  readonly fault: string | undefined
  readonly field?: string | undefined
  readonly message?: string
}

/** Behind "nobody could" there often is one reason, which helps more. */
function telling(error: ProviderError): Telling {
  if (error.code === 'stream_interrupted' && ProviderError.is(error.cause)) return telling(error.cause)
  if (error.code !== 'no_provider_left') return error
  const attempts = error.trail.filter(({ action }) => action === 'attempt')
  const reasons = error.trail.filter(({ action }) => action === 'skip').map(({ reason }) => reason)
  if (attempts.length > 0) return common(attempts) ?? error
  if (reasons.length > 0 && reasons.every((reason) => reason === 'model_elsewhere'))
    return { code: 'model_not_found', fault: 'caller' }
  if (reasons.length > 0 && reasons.every((reason) => reason === 'unsupported' || reason === 'model_elsewhere'))
    return { code: 'unsupported', fault: 'caller' }
  return error
}

function common(attempts: readonly TrailEntry[]): Telling | undefined {
  const { code, fault } = attempts.at(-1) as TrailEntry
  return code !== undefined && attempts.every((attempt) => attempt.code === code) ? { code, fault } : undefined
}

function rowOf({ code, fault, message }: Telling): Row {
  if (Object.hasOwn(byCode, code)) return byCode[code] as Row
  if (timeouts.has(code))
    return { status: 504, code: 'timeout', message: 'The provider did not answer in time. Repeat the request.' }
  switch (fault) {
    case 'caller':
    case 'recipient':
    case 'declined':
      return {
        status: 400,
        code,
        message: message ?? 'The provider refused the request as invalid. Check its fields.',
      }
    case 'policy':
      return { status: 400, code, message: "The request is against the provider's policy. Change it." }
    case 'quota':
      return { status: 429, code: 'rate_limit_exceeded', message: 'The provider limits the rate. Repeat the request later.' }
    case 'credential':
      // The client's own key is right: its operator's is not, and no repetition changes that.
      return {
        status: 502,
        code: 'provider_credential',
        message: 'The provider does not accept the credential of this gateway. Its operator has to replace it.',
        shouldRetry: false,
      }
    default:
      return { status: 502, code: 'provider_failed', message: 'The provider failed. Repeat the request.' }
  }
}
