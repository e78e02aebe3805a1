import { type VendorFault, VendorRefusal, type Verdict } from '@do/provider'

const page = 'https://platform.claude.com/docs/en/api/errors'
const limits = 'https://platform.claude.com/docs/en/api/rate-limits'
const schemas = 'https://platform.claude.com/docs/en/build-with-claude/structured-outputs'
const thoughts = 'https://platform.claude.com/docs/en/build-with-claude/thinking'

type Row = readonly [vendorCodes: string, see: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

const rows: readonly Row[] = [
  ['invalid_request_error', page, 'invalid_input', 'caller', 'Anthropic refused the input as invalid. Check the named field.'],
  [
    'invalid:context',
    page,
    'context_length',
    'caller',
    'The conversation is longer than the model can read. Shorten it, or ask a model with a larger context.',
    true,
  ],
  ['invalid:schema', schemas, 'invalid_schema', 'caller', 'Anthropic does not take this JSON Schema. Make it simpler.'],
  [
    'invalid:thought',
    thoughts,
    'invalid_signature',
    'caller',
    'A sealed thought was changed, or belongs to another model, account or conversation. Send it back as it came, or leave it out.',
    true,
  ],
  ['invalid:filter', page, 'content_filter', 'policy', "Anthropic's filter held the answer back."],
  [
    'invalid:credit billing_error http:402 contract_spend_limit_reached enforced_spend_limit_reached ' +
      'linked_organization_billing_unavailable linked_organization_spend_limit_reached',
    limits,
    'insufficient_quota',
    'quota',
    'The Anthropic account has no credit left, or has reached its limit. Top it up, or raise the limit.',
    true,
  ],
  ['authentication_error', page, 'unauthorized', 'credential', 'Anthropic refused the API key. Replace it in the configuration.'],
  [
    'permission_error organization_on_hold',
    page,
    'forbidden',
    'credential',
    'The API key may not do this. Give it the permission at Anthropic.',
  ],
  [
    'not_found_error',
    page,
    'model_not_found',
    'caller',
    'Anthropic has no such model, or not for this account. Check the name, or ask another.',
    true,
  ],
  [
    'request_too_large http:413 request_body_too_large_after_decoding',
    page,
    'request_too_large',
    'caller',
    'Anthropic takes 32 MB at most. Send less, or files by URL.',
    true,
  ],
  [
    'rate_limit_error ramp_limit_exceeded',
    limits,
    'rate_limited',
    'quota',
    'Anthropic limits the rate. Wait for retryAfterMs, or raise the limit there.',
  ],
  ['api_error', page, 'vendor_error', 'provider', 'Anthropic failed. Ask again.'],
  [
    'timeout_error http:504',
    page,
    'timeout',
    'provider',
    'Anthropic took too long. Stream the answer, or ask for a shorter one.',
  ],
  [
    'overloaded_error http:529',
    page,
    'overloaded',
    'provider',
    'Anthropic is overloaded. Wait a little, or ask another provider.',
  ],
]

/** What Anthropic's error types mean. An answer that failed had no effect but its cost. `see` is the page that says so. */
export const errors: Readonly<Record<string, Verdict>> = Object.fromEntries(
  rows.flatMap(([vendorCodes, see, code, fault, message, elsewhere = false]) =>
    vendorCodes
      .split(' ')
      .map((vendorCode) => [vendorCode, { code, effect: 'none', fault, message, elsewhere, see } satisfies Verdict]),
  ),
)

/**
 * `invalid_request_error` says nothing of what was invalid but in its message. These are the beginnings that Anthropic uses; where
 * it changes one, the error is `invalid_input` again. The message itself goes nowhere.
 */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /^(prompt is too long|input length and `?max_tokens`? exceed|input is too long)|exceeds? (the )?(model'?s )?context (window|limit)/i,
    'invalid:context',
  ],
  [/^your credit balance is too low|usage limits|spend(ing)? limit/i, 'invalid:credit'],
  [/content filter/i, 'invalid:filter'],
  [/^messages\.\d+\.content\.\d+(\.\w+)*: .*(signature|thinking. blocks|redacted_thinking)/i, 'invalid:thought'],
  [/^(output_config\.format|output_format|tools\.\d+[\w.]*(input_schema|strict))|json ?schema/i, 'invalid:schema'],
]

interface ErrorBody {
  readonly type?: unknown
  readonly message?: unknown
  readonly details?: { readonly error_code?: unknown } | null
}

/** The table's key for an error of Anthropic's. */
export function vendorCodeOf(error: unknown): string | undefined {
  const { type, message, details } = (error ?? {}) as ErrorBody
  const detail = details?.error_code
  if (typeof detail === 'string' && Object.hasOwn(errors, detail)) return detail
  if (type === 'invalid_request_error' && typeof message === 'string')
    return meanings.find(([pattern]) => pattern.test(message))?.[1] ?? type
  return typeof type === 'string' ? type : undefined
}

/** An error in the middle of a stream. One that nobody knows is still the vendor's failure. */
export function streamError(error: unknown): VendorRefusal {
  const code = vendorCodeOf(error) ?? ''
  return new VendorRefusal(Object.hasOwn(errors, code) ? code : 'api_error')
}

const fields: Readonly<Record<string, string>> = {
  messages: 'messages',
  system: 'messages',
  model: 'model',
  max_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  stop_sequences: 'stop',
  tools: 'tools',
  tool_choice: 'toolChoice',
  thinking: 'thinking',
  output_config: 'output',
  metadata: 'user',
}

/** The SDK's error of an answer: its body is the vendor's. */
export function readFault(error: unknown): VendorFault {
  const body = (error as { readonly error?: { readonly error?: ErrorBody } } | null | undefined)?.error?.error
  const name = /^([a-z_]+)(\.|:)/.exec(String(body?.message ?? ''))?.[1] ?? ''
  return { vendorCode: vendorCodeOf(body), field: Object.hasOwn(fields, name) ? fields[name] : undefined }
}
