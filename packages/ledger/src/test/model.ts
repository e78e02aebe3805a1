import type { LedgerErrorCode } from '../errors.ts'
import type { AccountType, Line } from '../types.ts'

/** What the books should be: plain maps of BigInt, kept by nobody's code but this. */
export interface Model {
  readonly accounts: Map<string, ModelAccount>
  readonly entries: ModelEntry[]
  readonly holds: ModelHold[]
  readonly keys: Map<string, ModelKey>
  locked: number
  now: number
  recordedAt: number
}

export interface ModelAccount {
  readonly type: AccountType
  readonly normal: 1n | -1n
  min: bigint | undefined
  max: bigint | undefined
  readonly currencies: readonly string[] | undefined
  closed: boolean
  /** By currency. */
  readonly debit: Map<string, bigint>
  readonly credit: Map<string, bigint>
}

export interface ModelEntry {
  readonly day: number
  readonly recordedAt: number
  readonly lines: readonly Line[]
  readonly reverses: number | undefined
  reversed: boolean
  hash: string
}

export interface ModelHold {
  readonly lines: readonly Line[]
  readonly day: number
  readonly expiresAt: number | undefined
  state: 'pending' | 'committed' | 'voided' | 'expired'
}

export type ModelKey =
  | { readonly state: 'applied'; readonly body: string; readonly result: string }
  | { readonly state: 'refused'; readonly body: string; readonly code: string }

export const largest = 2n ** 63n - 1n

export function createModel(now: number): Model {
  return { accounts: new Map(), entries: [], holds: [], keys: new Map(), locked: Number.NEGATIVE_INFINITY, now, recordedAt: 0 }
}

export const sumOf = (map: ReadonlyMap<string, bigint>, currency: string) => map.get(currency) ?? 0n

export function pendingOf(model: Model, name: string, currency: string, side: Line['side']): bigint {
  let sum = 0n
  for (const hold of model.holds) {
    if (hold.state !== 'pending') continue
    for (const line of hold.lines)
      if (line.account === name && line.currency === currency && line.side === side) sum += line.amount
  }
  return sum
}

export function expire(model: Model): void {
  for (const hold of model.holds) {
    if (hold.state === 'pending' && hold.expiresAt !== undefined && hold.expiresAt <= model.now) hold.state = 'expired'
  }
}

/** Why the books would refuse these lines on that day: every reason there is, none if they take them. */
export function refusals(model: Model, lines: readonly Line[], day: number, pending: boolean): Set<LedgerErrorCode> {
  const codes = new Set<LedgerErrorCode>()
  if (day <= model.locked) codes.add('period_locked')
  const moved = new Map<string, { account: ModelAccount; name: string; currency: string; debit: bigint; credit: bigint }>()
  for (const { account: name, side, amount, currency } of lines) {
    const account = model.accounts.get(name)
    if (account === undefined) {
      codes.add('unknown_account')
      continue
    }
    if (account.closed) codes.add('account_closed')
    if (account.currencies !== undefined && !account.currencies.includes(currency)) codes.add('currency_not_allowed')
    const key = `${name} ${currency}`
    const sum = moved.get(key) ?? { account, name, currency, debit: 0n, credit: 0n }
    sum[side] += amount
    moved.set(key, sum)
  }
  for (const { account, name, currency, debit, credit } of moved.values()) {
    const heldDebit = pendingOf(model, name, currency, 'debit')
    const heldCredit = pendingOf(model, name, currency, 'credit')
    const stored = pending
      ? [heldDebit + debit, heldCredit + credit]
      : [sumOf(account.debit, currency) + debit, sumOf(account.credit, currency) + credit]
    if (stored.some((sum) => sum > largest)) codes.add('overflow')
    const posted = account.normal * (sumOf(account.debit, currency) - sumOf(account.credit, currency))
    const change = account.normal * (debit - credit)
    const [up, down] = account.normal === 1n ? [debit, credit] : [credit, debit]
    const [heldUp, heldDown] = account.normal === 1n ? [heldDebit, heldCredit] : [heldCredit, heldDebit]
    const low = pending ? posted - heldDown - down : posted + change - heldDown
    const high = pending ? posted + heldUp + up : posted + change + heldUp
    if (account.min !== undefined && low < account.min) codes.add('overdraft')
    if (account.max !== undefined && high > account.max) codes.add('overdraft')
  }
  return codes
}

export function apply(model: Model, lines: readonly Line[], day: number, hash: string, reverses?: number): void {
  model.recordedAt = Math.max(model.recordedAt, model.now)
  model.entries.push({ day, recordedAt: model.recordedAt, lines, reverses, reversed: false, hash })
  for (const { account: name, side, amount, currency } of lines) {
    const sums = model.accounts.get(name)?.[side]
    sums?.set(currency, sumOf(sums, currency) + amount)
  }
}
