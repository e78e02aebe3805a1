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
  let text = `["${previous}",${sequence},"${formatDay(day)}",${recordedAt},${quoted(description)},${quoted(key)},${quoted(request)},`
  text += `${reverses},${hold},${draft},${quoted(metadataText)}`
  for (const { account, sign, amount, currency, item, due } of entry.lines) {
    text += `,${quoted(account.name)},${sign},"${amount}",${quoted(currency)},${quoted(item)},${due}`
  }
  return sha256(`${text}]`)
}

/** As JSON.stringify writes it, which takes its time for short texts that need nothing written otherwise. */
function quoted(text: string | null): string {
  if (text === null) return 'null'
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
}
