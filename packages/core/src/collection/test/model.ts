import type { Query, Range, Scalar, Where } from '../types.ts'

/** The rules of `where` and `orderBy` once more, over a plain list: what SQLite is compared with. */
export interface Known {
  readonly $id: string
  readonly [field: string]: unknown
}

type Stored = string | number | null

function at(item: Known, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], item)
}

function stored(value: unknown): Stored {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'object' ? JSON.stringify(value) : (value as Stored)
}

/** Nothing first, then numbers, then text by code points. */
export function order(a: Stored, b: Stored): number {
  const rank = (value: Stored) => (value === null ? 0 : typeof value === 'number' ? 1 : 2)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (a === null || b === null || a === b) return 0
  if (typeof a === 'number') return a < (b as number) ? -1 : 1
  const [left, right] = [[...a], [...(b as string)]]
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

export function holds(item: Known, where: Where): boolean {
  return Object.entries(where).every(([field, wanted]) => {
    if (field === '$or') return (wanted as Where[]).some((one) => holds(item, one))
    if (field === '$and') return (wanted as Where[]).every((one) => holds(item, one))
    if (field === '$not') return !(wanted as Where[]).some((one) => holds(item, one))
    const range = (typeof wanted === 'object' && wanted !== null ? wanted : { eq: wanted }) as Range
    return Object.entries(range).every(([operator, value]) => compare(at(item, field), operator, value))
  })
}

function compare(raw: unknown, operator: string, wanted: unknown): boolean {
  const value = stored(raw)
  const other = stored(wanted as Scalar)
  const sides = value !== null && other !== null
  if (operator === 'eq') return value === other
  if (operator === 'ne') return value !== other
  if (operator === 'gt') return sides && order(value, other) > 0
  if (operator === 'gte') return sides && order(value, other) >= 0
  if (operator === 'lt') return sides && order(value, other) < 0
  if (operator === 'lte') return sides && order(value, other) <= 0
  if (operator === 'in') return (wanted as Scalar[]).map(stored).includes(value)
  if (operator === 'exists') return (value !== null) === wanted
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(wanted as string)
  if (operator === 'contains') return typeof value === 'string' && value.includes(wanted as string)
  return Array.isArray(raw) && raw.map(stored).includes(other)
}

export function answer(items: readonly Known[], { where = {}, orderBy = '$id', descending = false }: Query): string[] {
  const fields = typeof orderBy === 'string' ? [orderBy] : orderBy
  const steps = fields.map((field) => ({ field: field.replace(/^-/, ''), down: field.startsWith('-') !== descending }))
  const last = steps.at(-1)?.down ?? false
  return items
    .filter((item) => holds(item, where))
    .toSorted((a, b) => {
      for (const { field, down } of [...steps, { field: '$id', down: last }]) {
        const difference = order(stored(at(a, field)), stored(at(b, field)))
        if (difference !== 0) return down ? -difference : difference
      }
      return 0
    })
    .map(({ $id }) => $id)
}
