import { ledgerError } from './errors.ts'

/**
 * Splits an amount by weights so that the parts sum to it exactly: each its whole share, and the units left over one by one to
 * the largest remainders, earlier parts first where they are equal. Negative amounts split as their opposite does.
 * @throws LedgerError `invalid_amount` where a weight is below zero or all are zero.
 */
export function allocate(amount: bigint, weights: readonly (bigint | number)[]): bigint[] {
  const shares = weights.map((weight, index) => {
    const whole = typeof weight === 'bigint' || Number.isSafeInteger(weight) ? BigInt(weight) : -1n
    if (whole >= 0n) return whole
    throw ledgerError('invalid_amount', `weights[${index}] must be a whole number, zero or above.`, {
      field: `weights[${index}]`,
    })
  })
  const total = shares.reduce((sum, share) => sum + share, 0n)
  if (total === 0n) throw ledgerError('invalid_amount', 'weights must have at least one above zero.', { field: 'weights' })
  if (amount < 0n) return allocate(-amount, shares).map((part) => -part)
  const parts = shares.map((share) => (amount * share) / total)
  const left = Number(amount - parts.reduce((sum, part) => sum + part, 0n))
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: (amount * share) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] as bigint) + 1n
  return parts
}
