import { refuse } from '@do/provider'

type Mark = readonly (string | number | null)[]

/** @throws ProviderError `invalid_limit` unless it is a whole number from 1 to 1,000. */
export function limitOf(limit = 100): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw refuse('invalid_limit', 'A limit is 1 to 1,000. Read on by the cursor.', {
    field: 'limit',
  })
}

/** Where a page ended, as text that survives a URL. */
export function writeCursor(mark: Mark): string {
  return btoa(encodeURIComponent(JSON.stringify(mark))).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '')
}

/** @throws ProviderError `invalid_cursor` for anything that `writeCursor` did not write with that many parts. */
export function readCursor(cursor: string, parts: number): Mark {
  try {
    const mark: unknown = JSON.parse(decodeURIComponent(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))))
    if (Array.isArray(mark) && mark.length === parts && mark.every(isScalar)) return mark
  } catch {
    // Said below, in our words.
  }
  throw refuse('invalid_cursor', 'This is no cursor of this list. Use it as it came, with the same query.', {
    field: 'cursor',
  })
}

function isScalar(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
