import { formatDay } from './days.ts'
import { sha256 } from './sha256.ts'

/** All of an entry that its hash covers. */
export interface Sealable {
  readonly sequence: number
  readonly day: number
  readonly recordedAt: number
  readonly description: string
  readonly key: string | null
  readonly request: string | null
  readonly reverses: number | null
  readonly hold: number | null
  readonly draft: number | null
  readonly metadataText: string | null
  readonly lines: readonly {
    readonly account: { readonly name: string }
    readonly sign: number
    readonly amount: bigint
    readonly currency: string
    readonly item: string | null
    readonly due: number | null
  }[]
}

/**
 * The hash of an entry, in hex: SHA-256 over the JSON text
 * `[previous, sequence, date, recordedAt, description, key, request, reverses, hold, draft, metadata,
 *   account, side (1 or -1), amount, currency, item, due, … of every line]`
 * where `previous` is the hash of the entry before ('' for the first), numbers of entries are numbers, amounts are decimal text,
 * `recordedAt` epoch milliseconds, `metadata` JSON text with sorted names, `due` days since 1970, and what is missing is null.
 * Anyone can compute it again from an export.
 */
export function seal(previous: string, entry: Sealable): string {
  const { sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText } = entry
  const parts: unknown[] = [
    previous,
    sequence,
    formatDay(day),
    recordedAt,
    description,
    key,
    request,
    reverses,
    hold,
    draft,
    metadataText,
  ]
  for (const { account, sign, amount, currency, item, due } of entry.lines) {
    parts.push(account.name, sign, String(amount), currency, item, due)
  }
  return sha256(JSON.stringify(parts))
}
