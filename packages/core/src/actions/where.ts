import { refuse } from '@do/provider'

type Scalar = string | number | boolean | null

export interface Test {
  readonly eq?: Scalar
  readonly ne?: Scalar
  readonly gt?: string | number
  readonly gte?: string | number
  readonly lt?: string | number
  readonly lte?: string | number
  readonly in?: readonly Scalar[]
  readonly exists?: boolean
}

/** Conditions on data, all of which must hold: `{ 'customer.id': 'c1', total: { gte: 100 } }`. Plain JSON. */
export type Where = Readonly<Record<string, Scalar | Test>>

const tests: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
  eq: (value, wanted) => value === wanted,
  ne: (value, wanted) => value !== wanted,
  gt: (value, wanted) => compare(value, wanted) === 1,
  gte: (value, wanted) => (compare(value, wanted) ?? -1) >= 0,
  lt: (value, wanted) => compare(value, wanted) === -1,
  lte: (value, wanted) => (compare(value, wanted) ?? 1) <= 0,
  in: (value, wanted) => (wanted as readonly unknown[]).includes(value),
  exists: (value, wanted) => (value !== undefined) === wanted,
}

/** @throws ProviderError `invalid_where` for what no data could meet. */
export function checkWhere(where: Where): Where {
  for (const [field, wanted] of Object.entries(where)) {
    if (wanted === null || typeof wanted !== 'object') continue
    for (const [name, value] of Object.entries(wanted)) {
      if (Object.hasOwn(tests, name) && (name !== 'in' || Array.isArray(value))) continue
      throw refuse('invalid_where', `"${name}" is no condition for "${field}". Use ${Object.keys(tests).join(', ')}.`, { field })
    }
  }
  return where
}

export function matches(where: Where | undefined, data: unknown): boolean {
  return Object.entries(where ?? {}).every(([path, wanted]) => {
    const value = at(data, path)
    if (wanted === null || typeof wanted !== 'object') return value === wanted
    return Object.entries(wanted).every(([name, operand]) => tests[name]?.(value, operand) ?? false)
  })
}

/** Own fields only: `constructor` is nobody's data. */
function at(data: unknown, path: string): unknown {
  let value = data
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}

/** Only texts with texts and numbers with numbers. */
function compare(a: unknown, b: unknown): -1 | 0 | 1 | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : 1
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1
  return undefined
}
