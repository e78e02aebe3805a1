import { type Page, refuse } from '@do/provider'

type Mark = readonly (string | number | null)[]

/** @throws ProviderError `invalid_limit` unless it is a whole number from 1 to 1,000. */
export function limitOf(limit = 100): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw refuse('invalid_limit', 'A limit is 1 to 1,000. Read on by the cursor.', {
    field: 'limit',
  })
}

/** Where a page ended, as text that survives a URL. (No letter that `encodeURIComponent` leaves as it is makes a "/" in base64.) */
export function writeCursor(mark: Mark): string {
  return btoa(encodeURIComponent(JSON.stringify(mark)))
    .replaceAll('=', '')
    .replaceAll('+', '-')
}

/** The first `limit` of the rows found, and a cursor at the last of them where there are more. */
export function pageOf<Row, Item>(
  found: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  markOf: (last: Row) => Mark,
): Page<Item> {
  const page = found.slice(0, limit)
  const items = page.map(itemOf)
  return found.length > limit ? { items, cursor: writeCursor(markOf(page.at(-1) as Row)) } : { items }
}

/** @throws ProviderError `invalid_cursor` for anything that `writeCursor` did not write with that many parts. */
export function readCursor(cursor: string, parts: number): Mark {
  try {
    const mark: unknown = JSON.parse(decodeURIComponent(atob(cursor.replaceAll('-', '+'))))
    if (Array.isArray(mark) && mark.length === parts && mark.every(isScalar)) return mark
  } catch {
    // Said below, in our words.
  }
  throw foreignCursor()
}

export function foreignCursor() {
  return refuse('invalid_cursor', 'This is no cursor of this list. Use it as it came, with the same query.', { field: 'cursor' })
}

function isScalar(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
