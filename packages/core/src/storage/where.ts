import { refuse } from '@do/provider'

export type Scalar = string | number | boolean | null

export interface FieldConditions {
  readonly eq?: Scalar
  readonly ne?: Scalar
  readonly gt?: string | number
  readonly gte?: string | number
  readonly lt?: string | number
  readonly lte?: string | number
  readonly in?: readonly Scalar[]
  readonly prefix?: string
  /** Is there a value, and one that is not null? */
  readonly exists?: boolean
}

/** Conditions on data by path, all of which must hold: `{ 'customer.id': 'c1', total: { gte: 100 } }`. Plain JSON. */
export type Where = Readonly<Record<string, Scalar | FieldConditions>>

export type Predicate = (value: unknown) => boolean

const ordered: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
}

/**
 * One language of conditions for changes, events and waits; collections ask SQLite and have some more. Without any, all holds.
 * @throws ProviderError `invalid_where` naming the field
 */
export function wherePredicate(where: unknown = {}): Predicate {
  if (!isPlain(where)) throw invalid('where', '"where" is an object of paths and conditions.')
  const fields = Object.entries(where)
  if (fields.length > 20) throw invalid('where', '"where" takes at most 20 fields.')
  const tests = fields.map(([path, wanted]) => fieldPredicate(path, wanted))
  return (value) => tests.every((test) => test(value))
}

function fieldPredicate(path: string, wanted: unknown): Predicate {
  const at = pathOf(path, `where.${path}`)
  if (isScalar(wanted)) return (value) => same(at(value), wanted)
  if (!isPlain(wanted)) throw invalid(`where.${path}`, `"${path}" is compared with no value and no conditions.`)
  const tests = Object.entries(wanted).map(([operator, operand]) => comparison(path, operator, operand))
  return (value) => {
    const found = at(value)
    return tests.every((test) => test(found))
  }
}

function comparison(path: string, operator: string, operand: unknown): Predicate {
  const field = `where.${path}.${operator}`
  if (operator === 'eq' && isScalar(operand)) return (value) => same(value, operand)
  if (operator === 'ne' && isScalar(operand)) return (value) => !same(value, operand)
  if (operator === 'in' && Array.isArray(operand) && operand.length <= 100 && operand.every(isScalar))
    return (value) => operand.some((item) => same(value, item))
  if (operator === 'exists' && typeof operand === 'boolean') return (value) => !same(value, null) === operand
  if (operator === 'prefix' && typeof operand === 'string')
    return (value) => typeof value === 'string' && value.startsWith(operand)
  const compare = Object.hasOwn(ordered, operator) ? ordered[operator] : undefined
  if (compare !== undefined && (typeof operand === 'string' || Number.isFinite(operand))) {
    return (value) => typeof value === typeof operand && compare(value as string | number, operand as string | number)
  }
  throw invalid(
    field,
    `"${operator}" cannot compare "${path}" like this. Use eq, ne, gt, gte, lt, lte, in (at most 100), prefix or exists.`,
  )
}

/** Reads a dotted path; only what the value itself has. @throws ProviderError `invalid_where` */
export function pathOf(path: string, field: string): (value: unknown) => unknown {
  const names = path.split('.')
  if (path.length > 200 || names.length > 10 || names.includes('')) {
    throw invalid(field, `"${path.slice(0, 40)}" is no path. Write names with dots between, such as "customer.email".`)
  }
  return (value) => {
    let found = value
    for (const name of names) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
      found = (found as Record<string, unknown>)[name]
    }
    return found
  }
}

/** Absent is the same as null, as in the collections. */
function same(value: unknown, wanted: Scalar): boolean {
  return (value ?? null) === wanted
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function invalid(field: string, message: string) {
  return refuse('invalid_where', message, { field })
}
