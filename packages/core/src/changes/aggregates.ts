import { type FieldConditions, isPlain, pathOf, type Scalar, wherePredicate } from '../storage/where.ts'

export interface AggregateOptions {
  /** One total for each value of this field: money needs its currency here. */
  readonly by?: string
  /** Only values for which this holds; a value that begins or ceases to match is counted in or out. */
  readonly where?: Readonly<Record<string, Scalar | FieldConditions>>
}

export interface Aggregate {
  readonly source: string
  /** What one value counts for, and in which bucket; undefined for nothing. */
  readonly value: (value: unknown) => readonly [bucket: string, amount: number] | undefined
}

export type Aggregates = Readonly<Record<string, Aggregate>>

/** Movements by name and bucket. */
export type Deltas = Map<string, Map<string, number>>

/** Source of the changes that only say by how much a total has moved. */
export const aggregateSource = 'aggregate'

/**
 * The sum of a number over all that is stored: an update counts the difference, a delete takes away. Whole numbers up to 2^53
 * are exact, so give money in minor units. @throws ProviderError `invalid_where`
 */
export function sum(source: string, path: string, options: AggregateOptions = {}): Aggregate {
  const at = pathOf(path, 'path')
  return aggregate(source, options, (value) => {
    const found = at(value)
    return typeof found === 'number' ? found : 0
  })
}

/** How many there are. @throws ProviderError `invalid_where` */
export function count(source: string, options: AggregateOptions = {}): Aggregate {
  return aggregate(source, options, () => 1)
}

function aggregate(source: string, { by, where }: AggregateOptions, amount: (value: unknown) => number): Aggregate {
  const counts = wherePredicate(where)
  const bucket = by === undefined ? () => '' : pathOf(by, 'by')
  return {
    source,
    value: (value) => (value === undefined || !counts(value) ? undefined : [String(bucket(value) ?? ''), amount(value)]),
  }
}

/** Adds what one change moves. `before` and `after` are read only when somebody wants them. */
export function fold(
  aggregates: Aggregates,
  change: { readonly source: string; readonly key: string; readonly before?: unknown; readonly after?: unknown },
  into: Deltas,
): void {
  if (change.source === aggregateSource) {
    const { after } = change
    const known = Object.hasOwn(aggregates, change.key) && isPlain(after)
    if (known) add(into, change.key, String(after.bucket), Number(after.delta))
    return
  }
  for (const [name, { source, value }] of Object.entries(aggregates)) {
    if (source !== change.source) continue
    const before = value(change.before)
    const after = value(change.after)
    if (before !== undefined) add(into, name, before[0], -before[1])
    if (after !== undefined) add(into, name, after[0], after[1])
  }
}

export function add(into: Deltas, name: string, bucket: string, amount: number): void {
  const buckets = into.get(name) ?? new Map<string, number>()
  into.set(name, buckets)
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + amount)
}

/** What has moved, as changes for whoever is above. */
export function deltaChanges(deltas: Deltas): { source: string; operation: 'update'; key: string; after: unknown }[] {
  return [...deltas].flatMap(([key, buckets]) =>
    [...buckets]
      .filter(([, delta]) => delta !== 0)
      .map(([bucket, delta]) => ({ source: aggregateSource, operation: 'update' as const, key, after: { bucket, delta } })),
  )
}
