import { ProviderError, refuse } from '@do/provider'
import { type Where, wherePredicate } from '../storage/where.ts'

export type { Where }

/** @throws ProviderError `invalid_where` for what no data could meet. */
export function checkWhere(where: Where): Where {
  try {
    wherePredicate(where)
    return where
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    throw refuse('invalid_where', error.message, error.field === undefined ? {} : { field: error.field })
  }
}

export function matches(where: Where | undefined, data: unknown): boolean {
  return where === undefined || wherePredicate(where)(data)
}
