import { refuse } from '../errors.ts'
import type { CallOptions } from '../interface.ts'

/**
 * What a wrong option would do silently: an empty key makes all calls the same one, a deadline that is no number
 * never ends or ends at once.
 */
export function checkCallOptions(options: CallOptions, operation: string): void {
  const { idempotencyKey, deadline } = options
  if (idempotencyKey !== undefined && (typeof idempotencyKey !== 'string' || idempotencyKey === '')) {
    throw refuse(
      'invalid_option',
      `${operation}: "idempotencyKey" must be a text that is not empty, one for each intent; leave it out to have none.`,
      {
        field: 'idempotencyKey',
        operation,
      },
    )
  }
  if (deadline !== undefined) checkMilliseconds({ deadline }, operation)
}

/** @throws ProviderError `invalid_option` that names the first one that is given and is no finite number. */
export function checkMilliseconds(options: Readonly<Record<string, number | undefined>>, where: string): void {
  for (const [field, value] of Object.entries(options)) {
    if (value === undefined || Number.isFinite(value)) continue
    throw refuse('invalid_option', `${where}: "${field}" must be a number of milliseconds, and not infinite.`, { field })
  }
}
