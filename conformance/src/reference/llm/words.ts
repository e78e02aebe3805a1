import type { FinishReason } from '@do/llm'
import type { Verdict } from '@do/provider'

const row = (code: string, fault: Verdict['fault'], message: string, elsewhere?: true): Verdict => ({
  ...{ code, effect: 'none', fault, message },
  ...(elsewhere === undefined ? {} : { elsewhere }),
})

/** The vendor's codes. A real adapter links each row to the vendor's page (`see`). */
export const errors: Readonly<Record<string, Verdict>> = {
  too_long: row(
    'context_length',
    'caller',
    'The conversation is longer than the model takes. Shorten it, or take another.',
    true,
  ),
  filtered: row('content_filter', 'policy', "The vendor's filter refused the request. Change what is asked."),
  no_model: row('model_not_found', 'caller', 'The vendor has no such model. Check its name.', true),
  no_credit: row('insufficient_quota', 'quota', 'The account has no credit left. Top it up at the vendor.', true),
  busy: row('overloaded', 'provider', 'The vendor has too much to do. Try again later.'),
  bad_schema: row('invalid_schema', 'caller', 'The vendor cannot work with this schema. Simplify it.'),
  slow_down: row('rate_limited', 'quota', 'The vendor limits the rate. Wait for retryAfterMs.'),
  bad_key: row('unauthorized', 'credential', 'The vendor refused the key. Replace it.'),
}

/** Why it ended, in our words. What is not in it is `other`. */
export const finishes: Readonly<Record<string, FinishReason>> = {
  done: 'stop',
  limit: 'length',
  calls: 'tool_calls',
  filtered: 'content_filter',
  declined: 'refusal',
}
