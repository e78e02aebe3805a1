import { type ProviderError, refuse } from '@do/provider'
import type { LeftOut } from './suitable.ts'

/** Nobody is left: as one error, of the kind that the last hope failed of. */
export function nobodyLeft(out: readonly LeftOut[], forbidden: readonly string[]): ProviderError {
  if (out.length === 0 && forbidden.length > 0) {
    return refuse('model_not_allowed', 'No model of this request may be used with this tier. Ask for another model.', {
      field: 'model',
      fault: 'policy',
    })
  }
  const has = (why: LeftOut['why']) => out.some((each) => each.why === why)
  if (has('budget')) {
    return refuse('insufficient_quota', 'What is left of the budget does not pay for this request with any model.', {
      field: 'model',
      fault: 'quota',
    })
  }
  if (has('context')) {
    return refuse('context_length', 'This request is longer than any of its models can read or write. Shorten it.', {
      field: 'messages',
    })
  }
  const reasons = out.map(({ reason }) => reason).join('; ')
  return refuse('unsupported', `No model of this request can do it: ${reasons}.`, { field: 'model' })
}
