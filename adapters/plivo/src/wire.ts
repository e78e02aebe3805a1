import { type Page, refuse } from '@do/provider'
import type { SdkList } from './sdk.ts'

/** Plivo writes numbers without "+". Short codes and names stay as they are. */
export const bare = (number: string): string => number.replace(/^\+/, '')

export const e164 = (number: string): string => (/^\+?\d{7,15}$/.test(number) ? `+${bare(number)}` : number)

export const sameNumber = (a: string | undefined, b: string | undefined): boolean => bare(a ?? '') === bare(b ?? '')

/** Records carry the account's zone ("+05:30"), callbacks and live calls none: those are UTC. */
export function instant(time: string | null | undefined): string | undefined {
  const text = time?.trim().replace(' ', 'T') ?? ''
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** Filters take UTC without a zone. */
export const filterTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** Adds to the query and keeps a fragment, which at Plivo holds time-outs and retries ("#ct=2000"). */
export function withQuery(url: string, added: Readonly<Record<string, string | undefined>>): string {
  const [address = '', ...fragment] = url.split('#')
  const query = new URLSearchParams(Object.entries(added).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return [`${address}${address.includes('?') ? '&' : '?'}${query}`, ...fragment].join('#')
}

export const price = (amount: string | number | undefined) =>
  amount !== undefined && /^-?\d+(\.\d+)?$/.test(String(amount)) ? { price: { decimal: String(amount), currency: 'USD' } } : {}

/** Plivo gives at most 20 items a page. */
export const pageSize = (limit: number | undefined): number => Math.min(limit ?? 20, 20)

export interface Position {
  readonly offset: number
  /** Epoch milliseconds: where the first page began. Lists grow at their head while they are read. */
  readonly until: number | undefined
}

export function position(cursor: string | undefined): Position {
  if (cursor === undefined) return { offset: 0, until: undefined }
  const [offset = '', until] = cursor.split('.')
  if (!/^\d+$/.test(offset) || (until !== undefined && !/^\d+$/.test(until))) {
    throw refuse('invalid_cursor', 'This cursor is not of this list. Pass the cursor of an earlier page, or none.', {
      field: 'cursor',
    })
  }
  return { offset: Number(offset), until: until === undefined ? undefined : Number(until) }
}

/** The page as it is, with the cursor of the next. `time` names the time by which the vendor sorts, newest first. */
export function pageOf<Raw, T>(
  list: SdkList<Raw>,
  { offset, until }: Position,
  items: readonly T[],
  time?: (item: Raw) => string | null | undefined,
): Page<T> {
  if (!list.meta?.next || list.length === 0) return { items }
  const newest = Date.parse(instant(time?.(list[0] as Raw)) ?? '')
  const bound = until ?? (Number.isNaN(newest) ? undefined : newest)
  return { items, cursor: `${offset + list.length}${bound === undefined ? '' : `.${bound}`}` }
}

/** @throws Error when the vendor's answer has no id: a sign-in page or a stranger's JSON is no success. */
export function must(value: string | undefined, what: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`Plivo's answer has no ${what}.`)
  return value
}

/** The vendor's facts without the SDK's methods and symbols, so that they can be stored. */
export const plain = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
