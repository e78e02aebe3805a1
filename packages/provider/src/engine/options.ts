import { refuse } from '../errors.ts'
import type { CallOptions, InterfaceDescription, StreamTimes } from '../interface.ts'

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
  if (options.commit !== undefined) checkCommit(options.commit, operation)
  if (deadline !== undefined || options.times !== undefined) checkMilliseconds({ deadline, ...options.times }, operation)
}

/** @throws ProviderError `invalid_option`: what is misspelt would show a broken answer that was to be held back. */
export function checkCommit(commit: string, where: string): void {
  if (commit === 'first' || commit === 'whole') return
  throw refuse('invalid_option', `${where}: "commit" must be "first" or "whole".`, { field: 'commit' })
}

/** @throws ProviderError `invalid_option` that names the first one that is given and is no finite number. */
export function checkMilliseconds(options: Readonly<Record<string, number | undefined>>, where: string): void {
  for (const [field, value] of Object.entries(options)) {
    if (value === undefined || Number.isFinite(value)) continue
    throw refuse('invalid_option', `${where}: "${field}" must be a number of milliseconds, and not infinite.`, { field })
  }
}

interface GivenTimes {
  readonly deadline?: number | undefined
  readonly attemptTimeout?: number | undefined
  readonly times?: Partial<StreamTimes> | undefined
}

/** As given, otherwise as the interface says, otherwise as is common. */
export function timesOf({ times: usual }: InterfaceDescription, given: GivenTimes) {
  return {
    deadline: given.deadline ?? usual.deadline ?? 30_000,
    attemptTimeout: given.attemptTimeout ?? usual.attemptTimeout ?? 10_000,
    times: {
      connect: given.times?.connect ?? usual.connect ?? 10_000,
      firstOutput: given.times?.firstOutput ?? usual.firstOutput ?? 30_000,
      idle: given.times?.idle ?? usual.idle ?? 30_000,
    },
  }
}
