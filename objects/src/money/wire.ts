import type { Json } from '@do/core/full'
import type { Money, WireMoney } from '@do/provider'

/** Amounts as texts, and nothing that is undefined: what a record or an answer may hold. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))) as Json
}

export const wire = ({ amount, currency }: Money): WireMoney => ({ amount: amount.toString(), currency })
