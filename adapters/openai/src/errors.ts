import { type VendorFault, VendorRefusal, type Verdict } from '@do/provider'

const page = 'https://developers.openai.com/api/docs/guides/error-codes'
const azure = 'https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter'

type Row = readonly [vendorCodes: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

/** The vendor says no before it answers, so the effect is none. `http:` rows are statuses without a code that is known. */
const rows: readonly Row[] = [
  [
    'model_not_found DeploymentNotFound unsupported_model http:404',
    'model_not_found',
    'caller',
    'The vendor has no such model, or this key may not use it. Check `model` and the address.',
    true,
  ],
  [
    'context_length_exceeded request_too_large http:413',
    'context_length',
    'caller',
    'The conversation is longer than the model can read. Shorten it, or ask a model with a longer context.',
    true,
  ],
  [
    'content_filter invalid_prompt content_policy_violation moderation_blocked cyber_policy_violation bio_policy image_content_policy_violation ResponsibleAIPolicyViolation',
    'content_filter',
    'policy',
    "The vendor's filter refused what was asked.",
  ],
  [
    'insufficient_quota billing_hard_limit_reached billing_not_active access_terminated http:402',
    'insufficient_quota',
    'quota',
    'The account has no credit left, or its spend limit is reached. Top it up at the vendor.',
    true,
  ],
  [
    'rate_limit_exceeded rate_limit_error tokens requests rate_limit_reached http:429',
    'rate_limited',
    'quota',
    'The vendor limits the rate. Wait for retryAfterMs, or raise the limit there.',
  ],
  [
    'invalid_json_schema invalid_function_parameters invalid_schema invalid_output_schema',
    'invalid_schema',
    'caller',
    'The vendor does not take this JSON Schema. Check `output.schema` and the `parameters` of the tools.',
  ],
  [
    'invalid_api_key incorrect_api_key invalid_authentication account_deactivated invalid_organization http:401',
    'unauthorized',
    'credential',
    'The vendor refused the API key. Replace it in the configuration.',
  ],
  [
    'mismatched_organization mismatched_project insufficient_permissions permission_denied http:403',
    'forbidden',
    'credential',
    'The API key may not do this. Give it the permission at the vendor.',
  ],
  [
    'unsupported_country_region_territory',
    'region_not_supported',
    'policy',
    'The vendor does not serve the place where this runs.',
    true,
  ],
  [
    'unsupported_parameter unsupported_value',
    'unsupported',
    'caller',
    'The model does not take one of the settings. Leave the named field out, or ask another model.',
    true,
  ],
  // What OpenAI's many other codes for a bad request say in one. The field says more.
  [
    'invalid_request_error BadRequestError invalid_encrypted_content http:400 http:422',
    'invalid_input',
    'caller',
    'The vendor refused the input as invalid. Check the named field.',
  ],
  [
    'overloaded overloaded_error server_overloaded engine_overloaded slow_down service_unavailable capacity_exceeded http:503 http:529',
    'overloaded',
    'provider',
    'The vendor is overloaded. Ask again later, or another provider.',
  ],
  [
    'server_error internal_error internal_server_error api_error vector_store_timeout stream_error http:500 http:502',
    'vendor_error',
    'provider',
    'The vendor failed. Ask again, or another provider.',
  ],
  // Groq's words for a model that wrote no valid tool call or JSON.
  [
    'tool_use_failed json_validate_failed',
    'malformed_output',
    'provider',
    'The model wrote a tool call or JSON that is not valid. Ask again, or another model.',
  ],
  ['timeout request_timeout http:408 http:504 http:524', 'timeout', 'provider', 'The vendor gave up on the request.'],
]

/** What the vendor's codes mean. */
export const errors: Readonly<Record<string, Verdict>> = Object.fromEntries(
  rows.flatMap(([vendorCodes, code, fault, message, elsewhere = false]) =>
    vendorCodes.split(' ').map((vendorCode): [string, Verdict] => {
      const see = vendorCode.startsWith('Responsible') ? azure : page
      return [vendorCode, { code, effect: 'none', fault, message, elsewhere, see }]
    }),
  ),
)

/** An answer that is no success, on the way where the SDK is not. */
export class RefusedAnswer extends Error {
  readonly status: number
  readonly headers: Headers
  /** What the body says under `error`, or the body. */
  readonly error: unknown

  constructor(status: number, headers: Headers, body: string) {
    super(`The vendor answered ${status}.`)
    this.name = 'RefusedAnswer'
    this.status = status
    this.headers = headers
    this.error = errorIn(body)
  }
}

function errorIn(body: string): unknown {
  try {
    const parsed = JSON.parse(body) as { error?: unknown } | null
    return parsed?.error ?? parsed
  } catch {
    return undefined
  }
}

interface ErrorBody {
  readonly code?: unknown
  readonly type?: unknown
  readonly param?: unknown
  readonly message?: unknown
  /** Azure's more exact one. */
  readonly innererror?: { readonly code?: unknown } | null
  /** OpenRouter's. */
  readonly metadata?: { readonly error_type?: unknown; readonly reasons?: unknown } | null
}

/**
 * An error that the vendor tells within an answer that says success: in a stream, or as OpenRouter does in JSON. Responses have a dozen
 * codes for what is wrong with a picture.
 */
export const inBand = (error: unknown): VendorRefusal => {
  const other = /image/.test(String(bodyOf(error).code)) ? 'invalid_request_error' : 'stream_error'
  return new VendorRefusal(specificCode(error) ?? generalCode(error) ?? other)
}

/** They say less than the status does. */
const general: readonly unknown[] = ['invalid_request_error', 'BadRequestError', 'api_error', 'server_error']

// Many servers tell these only in words.
const said: readonly (readonly [words: RegExp, code: string])[] = [
  [/context[ _]length|context window|maximum context|too many tokens|prompt is too long/i, 'context_length_exceeded'],
  [/invalid (json )?schema/i, 'invalid_json_schema'],
]

const bodyOf = (error: unknown): ErrorBody =>
  typeof error === 'string' ? { message: error } : typeof error === 'object' && error !== null ? error : {}

/** The code of it that our table has: its `code`, its `type`, what its words say, or the status that stands for a code. */
function specificCode(error: unknown): string | undefined {
  const { code, type, message, param, innererror, metadata } = bodyOf(error)
  if (code === 'string_above_max_length' && String(param).startsWith('messages')) return 'context_length_exceeded'
  if (metadata?.reasons !== undefined) return 'content_filter'
  const words = typeof message === 'string' ? said.find(([pattern]) => pattern.test(message))?.[1] : undefined
  const candidates = [innererror?.code, metadata?.error_type, code, type].filter((candidate) => !general.includes(candidate))
  return [...candidates, words, `http:${code}`].find(isKnown)
}

const generalCode = (error: unknown) => [bodyOf(error).code, bodyOf(error).type].find(isKnown)

const isKnown = (code: unknown): code is string => typeof code === 'string' && Object.hasOwn(errors, code)

/** Where our names are others. */
const renamed = new Map(
  Object.entries({
    tool_choice: 'toolChoice',
    response_format: 'output',
    reasoning_effort: 'thinking',
    max_tokens: 'maxOutputTokens',
    max_completion_tokens: 'maxOutputTokens',
    max_output_tokens: 'maxOutputTokens',
    reasoning: 'thinking',
    text: 'output',
    top_p: 'topP',
    presence_penalty: 'presencePenalty',
    frequency_penalty: 'frequencyPenalty',
    n: 'count',
    file: 'audio',
  }),
)

export function readFault(error: unknown): VendorFault {
  if (error instanceof VendorRefusal) return {}
  const { error: body, headers } = (error ?? {}) as { error?: unknown; headers?: { get?: (name: string) => string | null } }
  const { code, type, param } = bodyOf(body)
  const raw = [code, type].find((each) => typeof each === 'string' && /^[\w.-]{1,64}$/.test(each) && !general.includes(each))
  const name = typeof param === 'string' ? (/^\w{1,64}/.exec(param)?.[0] ?? '') : ''
  const wait = Number(headers?.get?.('retry-after-ms') || Number.NaN)
  return {
    vendorCode: specificCode(body) ?? (raw as string | undefined),
    // Whoever relays named the fields in the vendor's own words.
    field: (error instanceof RefusedAnswer ? undefined : renamed.get(name)) ?? (name || undefined),
    retryAfterMs: wait >= 0 ? Math.ceil(wait) : undefined,
  }
}
