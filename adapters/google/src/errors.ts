import { type VendorFault, VendorRefusal, type Verdict } from '@do/provider'
import { isObject } from './schema.ts'

const docs = 'https://ai.google.dev/gemini-api/docs/troubleshooting'
const limits = 'https://ai.google.dev/gemini-api/docs/rate-limits'
const safety = 'https://ai.google.dev/api/generate-content#BlockReason'
const finishing = 'https://ai.google.dev/api/generate-content#FinishReason'

type Row = readonly [vendorCodes: string, see: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

/**
 * By the status of google.rpc.Status, or the reason of its ErrorInfo; a word behind a slash is ours, where the status alone says too
 * little. None of these had an effect.
 */
const rows: readonly Row[] = [
  ['INVALID_ARGUMENT', docs, 'invalid_input', 'caller', 'Google refused the request as invalid. Check the input.'],
  ['FAILED_PRECONDITION', docs, 'not_available', 'policy', 'Google does not serve this account or this country so.', true],
  ['OUT_OF_RANGE', docs, 'invalid_input', 'caller', 'A value is out of the range that Google takes.'],
  [
    'INVALID_ARGUMENT/context',
    docs,
    'context_length',
    'caller',
    'The conversation is longer than the model can read. Shorten it, or ask a model with a larger context.',
    true,
  ],
  ['INVALID_ARGUMENT/size', docs, 'too_large', 'caller', 'The request is larger than Google takes. Send files by URL.', true],
  [
    'INVALID_ARGUMENT/schema',
    docs,
    'invalid_schema',
    'caller',
    'Google refused a JSON Schema of `tools` or `output`. Say it with fewer words, or ask another provider.',
  ],
  [
    'INVALID_ARGUMENT/signature',
    'https://ai.google.dev/gemini-api/docs/thought-signatures',
    'invalid_signature',
    'caller',
    'Google does not know a signature in the conversation as its own. Give back what the model said unchanged.',
  ],
  [
    'API_KEY_INVALID UNAUTHENTICATED API_KEY_EXPIRED ACCESS_TOKEN_EXPIRED',
    docs,
    'unauthorized',
    'credential',
    'Google refused the API key. Replace it in the configuration.',
  ],
  [
    'PERMISSION_DENIED API_KEY_SERVICE_BLOCKED API_KEY_HTTP_REFERRER_BLOCKED API_KEY_IP_ADDRESS_BLOCKED CONSUMER_INVALID CONSUMER_SUSPENDED SERVICE_DISABLED',
    docs,
    'forbidden',
    'credential',
    'The API key may not do this. See its restrictions, and that the Gemini API is enabled for its project.',
  ],
  ['BILLING_DISABLED', docs, 'insufficient_quota', 'quota', 'The project has no billing. Set it up at Google.', true],
  ['NOT_FOUND', docs, 'model_not_found', 'caller', 'Google has no such model, or it cannot do this. See `models.list()`.', true],
  [
    'RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED',
    limits,
    'rate_limited',
    'quota',
    'Google limits the rate. Wait for retryAfterMs, or raise the limit there.',
  ],
  [
    'RESOURCE_EXHAUSTED/quota',
    limits,
    'insufficient_quota',
    'quota',
    "The project's quota or credit is used up. Wait for the next day, or raise it at Google.",
    true,
  ],
  ['UNAVAILABLE', docs, 'overloaded', 'provider', 'Google is overloaded or down. Try again, or another provider.'],
  ['INTERNAL UNKNOWN', docs, 'vendor_error', 'provider', 'Google failed. A shorter conversation or another model may help.'],
  ['DEADLINE_EXCEEDED', docs, 'vendor_timeout', 'provider', 'Google did not finish in its own time. Ask for less at once.'],
  ['CANCELLED ABORTED', docs, 'vendor_error', 'provider', 'Google gave up the request. Try again.'],
  [
    'blocked:SAFETY blocked:OTHER blocked:BLOCKLIST blocked:PROHIBITED_CONTENT blocked:IMAGE_SAFETY blocked:MODEL_ARMOR blocked:JAILBREAK',
    safety,
    'content_filter',
    'policy',
    "Google's filter held the prompt back. Nothing was made.",
  ],
  [
    'finish:SAFETY finish:RECITATION finish:BLOCKLIST finish:PROHIBITED_CONTENT finish:SPII finish:IMAGE_SAFETY finish:IMAGE_PROHIBITED_CONTENT finish:IMAGE_RECITATION',
    finishing,
    'content_filter',
    'policy',
    "Google's filter held the answer back.",
  ],
  [
    'finish:MAX_TOKENS',
    finishing,
    'too_long',
    'caller',
    'What was asked for does not fit into one answer. Ask for less at once.',
  ],
  ['finish:other', finishing, 'no_answer', 'provider', 'The model answered nothing of the kind that was asked for. Try again.'],
]

export const errors: Readonly<Record<string, Verdict>> = Object.fromEntries(
  rows.flatMap(([vendorCodes, see, code, fault, message, elsewhere = false]) =>
    vendorCodes.split(' ').map((vendorCode) => [vendorCode, { code, effect: 'none', fault, message, elsewhere, see }]),
  ),
)

/** The refusal that a reason to block or to stop amounts to; of reasons that are new, the general one. */
export const refusalOf = (kind: 'blocked' | 'finish', reason: string): VendorRefusal => {
  const general = kind === 'blocked' ? 'blocked:OTHER' : 'finish:other'
  return new VendorRefusal(Object.hasOwn(errors, `${kind}:${reason}`) ? `${kind}:${reason}` : general)
}

interface Status {
  readonly status: string | undefined
  readonly message: string
  readonly details: readonly Readonly<Record<string, unknown>>[]
}

/**
 * The google.rpc.Status in an error of the SDK, which has it only in its message: as JSON, and as JSON within JSON for a stream that
 * was refused, since Google then names another content type.
 */
function statusOf(error: unknown): Status | undefined {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  return name === 'ApiError' && typeof message === 'string' ? statusIn(parsed(message)) : undefined
}

function statusIn(answer: unknown): Status | undefined {
  let body = answer
  for (let depth = 0; depth < 3; depth++) {
    const found = isObject(body) ? body.error : Array.isArray(body) && isObject(body[0]) ? body[0].error : undefined
    if (!isObject(found)) return undefined
    const told = typeof found.message === 'string' ? found.message : ''
    const within = parsed(told)
    if (typeof within === 'object' && within !== null) {
      body = within
      continue
    }
    const details = Array.isArray(found.details) ? found.details.filter(isObject) : []
    // Whoever stands between may say something of its own here, which is no code.
    const status = /^[A-Z][A-Z_]*$/.test(String(found.status)) ? String(found.status) : undefined
    return { status, message: told, details }
  }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const detail = ({ details }: Status, type: string) =>
  details.find((each) => each['@type'] === `type.googleapis.com/google.rpc.${type}`)

/** Google tells these apart only in words for people. */
const invalid: readonly (readonly [words: RegExp, vendorCode: string])[] = [
  [/token count .*exceeds|exceeds the maximum number of tokens|input (is )?too long/i, 'INVALID_ARGUMENT/context'],
  [/payload size exceeds|request (is )?too large/i, 'INVALID_ARGUMENT/size'],
  [/thought[_ ]signature/i, 'INVALID_ARGUMENT/signature'],
  [/schema|function_declarations\[\d+\]\.parameters/i, 'INVALID_ARGUMENT/schema'],
]

function codeOf(status: Status): string | undefined {
  const { reason } = detail(status, 'ErrorInfo') ?? {}
  if (typeof reason === 'string' && Object.hasOwn(errors, reason)) return reason
  if (status.status === 'INVALID_ARGUMENT') {
    const violations = JSON.stringify(detail(status, 'BadRequest') ?? '')
    return invalid.find(([words]) => words.test(status.message) || words.test(violations))?.[1] ?? status.status
  }
  return status.status === 'RESOURCE_EXHAUSTED' && isUsedUp(status) ? 'RESOURCE_EXHAUSTED/quota' : status.status
}

/** A limit of a day or a month, or of money, does not pass in a minute. */
function isUsedUp(status: Status): boolean {
  const violations = JSON.stringify(detail(status, 'QuotaFailure') ?? '')
  if (/Per(Day|Month)/i.test(violations)) return true
  return detail(status, 'RetryInfo') === undefined && /billing|credits?\b|spend/i.test(status.message)
}

export function readFault(error: unknown): VendorFault {
  const status = statusOf(error)
  if (status === undefined) return {}
  const delay = /^(\d+(?:\.\d+)?)s$/.exec(String(detail(status, 'RetryInfo')?.retryDelay ?? ''))?.[1]
  return {
    vendorCode: codeOf(status),
    retryAfterMs: delay === undefined ? undefined : Math.ceil(Number(delay) * 1_000),
  }
}

/** The error that Google tells in an answer whose own status is 200. */
export function inBand(said: unknown): VendorRefusal | undefined {
  if (!isObject(Array.isArray(said) ? said[0] : said) || statusIn(said) === undefined) return undefined
  return new VendorRefusal(codeOf(statusIn(said) as Status) ?? 'UNKNOWN')
}
