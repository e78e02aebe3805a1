import { OutcomeUnknownError, ProviderError } from '@do/provider'
import type { Payment, Subscription } from './index.ts'

/**
 * What every command ends in. `done`: it happened. `pending`: the vendor took it on and says later. `action`: the payer has
 * to do something first. `refused`: it did not happen, and the error says why. `unknown`: nobody can tell yet; repeat with
 * the same idempotency key if it is still wanted, or ask by `error.resolve()`, which makes nothing.
 */
export type Outcome<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'pending'; readonly value: T }
  | { readonly type: 'action'; readonly value: T; readonly action: Exclude<Payment['action'], undefined> }
  | { readonly type: 'refused'; readonly error: ProviderError }
  | { readonly type: 'unknown'; readonly error: OutcomeUnknownError }

const pending: ReadonlySet<string> = new Set(['created', 'processing', 'pending', 'in_transit', 'incomplete', 'requires_action'])

/** Runs a command of any payments provider and says in one word what it came to. Throws only what is no ProviderError. */
export async function outcomeOf<T extends { readonly id: string }>(
  command: Promise<T> | (() => Promise<T>),
): Promise<Outcome<T>> {
  let value: T
  try {
    value = await (typeof command === 'function' ? command() : command)
  } catch (error) {
    if (OutcomeUnknownError.is(error)) return { type: 'unknown', error }
    if (ProviderError.is(error)) return { type: 'refused', error }
    throw error
  }
  const { action, status, failure } = value as Partial<Pick<Payment, 'failure'>> &
    Partial<Pick<Payment | Subscription, 'action' | 'status'>>
  // What was lost and then found may turn out to have been declined.
  if (status === 'failed') return { type: 'refused', error: declined(value.id, failure) }
  if (action !== undefined) return { type: 'action', value, action }
  return { type: status !== undefined && pending.has(status) ? 'pending' : 'done', value }
}

const declined = (handle: string, failure = 'unknown') =>
  new ProviderError({
    effect: 'none',
    fault: 'declined',
    code: failure,
    message: 'The vendor has it, as failed: nothing was charged. Try again with another method and a new idempotency key.',
    handle,
  })
