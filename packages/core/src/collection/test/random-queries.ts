import { collectionIn } from '../in-kernel.ts'
import type { Collection, Query, Scalar, Where } from '../types.ts'
import { answer, type Known } from './model.ts'
import { chooser, seeded } from './random.ts'
import type { Stage } from './room.ts'

const scalars: readonly Scalar[] = [
  ...[
    null,
    0,
    1,
    -1,
    2.5,
    1e300,
    9007199254740991,
    true,
    false,
    '',
    'a',
    'ab',
    'b',
    'B',
    'ä',
    '\u{1f600}',
    '\uffee',
    '1',
    '%',
    '_',
  ],
  ...["'", '"', "' OR 1=1 --", 'a\u0000b', '$.a', '\\', 'new', 'paid', 'sent'],
]
const fields = ['a', 'b', 'c.d', 'tags', '$id'] as const
const orders = ['a', 'b', 'c.d', '$id'] as const

/** Compares lists, page by page, with the model; every now and then a document changes. Answers what differed. */
export function randomQueries(stage: Stage, { seed, queries }: { seed: number; queries: number }) {
  const { below, chance, one, some } = chooser(seeded(seed))
  const collection: Collection<Record<string, unknown>> = collectionIn(stage.kernel, `random${seed}`, undefined, {
    indexes: ['a', 'b', 'c.d', 'tags', ['a', '-b'], ['c.d', 'a', '$id']],
    softDelete: chance(0.5),
  })
  const items = new Map<string, Known>()

  const value = () => {
    const made: Record<string, unknown> = {}
    if (chance(0.8)) made.a = one(scalars)
    if (chance(0.8)) made.b = one(scalars)
    if (chance(0.7)) made.c = chance(0.8) ? { d: one(scalars) } : one(scalars)
    if (chance(0.7)) made.tags = chance(0.7) ? some(scalars, 3) : one(scalars)
    return made
  }
  const change = () => {
    const id = `d${below(60)}`
    const made = value()
    if (chance(0.2)) {
      collection.delete(id)
      items.delete(id)
      return
    }
    collection.upsert(id, made)
    items.set(id, { ...(JSON.parse(JSON.stringify(made)) as object), $id: id })
  }
  const condition = (field: string): unknown => {
    if (field === '$id') return one([`d${below(60)}`, { gt: `d${below(60)}` }, { in: [`d${below(60)}`, 'x'] }, { prefix: 'd1' }])
    const operator = one([
      'eq',
      'bare',
      'ne',
      'gt',
      'gte',
      'lt',
      'lte',
      'in',
      'prefix',
      'contains',
      'has',
      'exists',
      'two',
    ] as const)
    const item = one(scalars)
    const text = one(scalars.filter((scalar) => typeof scalar === 'string'))
    if (operator === 'bare') return item
    if (operator === 'two') return { gte: item ?? 0, lt: one(scalars) ?? 'a' }
    if (operator === 'in') return { in: some(scalars, 4) }
    if (operator === 'prefix' || operator === 'contains') return { [operator]: text }
    if (operator === 'exists') return { exists: chance(0.5) }
    if (operator.startsWith('g') || operator.startsWith('l')) return { [operator]: item ?? 0 }
    return { [operator]: item }
  }
  const filter = (depth: number): Where => {
    const where: Record<string, unknown> = {}
    for (const field of some(fields, 2)) where[field] = condition(field)
    if (depth < 3 && chance(0.4)) where[one(['$or', '$and', '$not'])] = Array.from({ length: below(3) }, () => filter(depth + 1))
    return where as Where
  }

  const wrong: unknown[] = []
  let pages = 0
  let found = 0
  for (let index = 0; index < 60; index++) change()
  for (let index = 0; index < queries; index++) {
    if (index % 5 === 0) change()
    const names = some(orders, 3).map((name) => (chance(0.4) ? `-${name}` : name))
    const query: Query = {
      where: filter(0),
      ...(names.length === 0 ? {} : { orderBy: names.length === 1 && chance(0.5) ? (names[0] as string) : names }),
      descending: chance(0.5),
      limit: 1 + below(25),
    }
    const expected = answer([...items.values()], query)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = collection.list(cursor === undefined ? query : { ...query, cursor })
      seen.push(...page.items.map(({ $id }) => $id))
      cursor = page.cursor
      pages += 1
    } while (cursor !== undefined)
    found += seen.length
    const total = collection.count(query.where)
    if (JSON.stringify(seen) !== JSON.stringify(expected) || total !== expected.length)
      wrong.push({ query, seen, expected, total })
  }
  return { wrong: wrong.slice(0, 3), differing: wrong.length, pages, found }
}
