import type { Checked } from './check.ts'
import type { Key } from './keys.ts'

/** All that was asked, in one text: what the same key must come with again. */
export function requestOf(operation: string, { date, description, metadataText, lines }: Checked, ...more: unknown[]): string {
  const parts: unknown[] = [operation, date, description, metadataText, ...more]
  for (const { account, side, amount, currency, upTo = false, item = null, due = null } of lines) {
    parts.push(account, side, String(amount), currency, upTo, item, due)
  }
  return JSON.stringify(parts)
}

/** The key as an entry keeps it: with a digest only where the entry itself will not say what was asked. */
export function plainKey(
  { lines }: Checked,
  key: Key | undefined,
): { readonly key: string; readonly request: string | null } | undefined {
  if (key === undefined) return undefined
  return lines.some(({ upTo }) => upTo === true) ? key : { key: key.key, request: null }
}
