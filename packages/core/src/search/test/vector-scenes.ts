import { collectionIn } from '../../collection/in-kernel.ts'
import { chooser, seeded } from '../../collection/test/random.ts'
import { failing, type Scene, type Stage } from '../../collection/test/room.ts'
import { errorBound, type VectorShape } from '../codec.ts'
import { vectors } from '../vectors.ts'

interface Item {
  readonly group: string
}

function itemsOf({ kernel }: Stage, shape: VectorShape, softDelete = false) {
  const items = collectionIn<Item>(kernel, 'items', undefined, { indexes: ['group'], softDelete })
  return { items, near: vectors(items, 'embedding', shape) }
}

/** In 64 bits, from what went in. */
function exact(a: readonly number[], b: readonly number[], metric: string): number {
  const dot = (left: readonly number[], right: readonly number[]) =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
  if (metric === 'dot') return dot(a, b)
  if (metric === 'cosine') return dot(a, b) / Math.sqrt(dot(a, a)) / Math.sqrt(dot(b, b))
  return -Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0))
}

export const vectorScenes: Record<string, Scene> = {
  /** Every search against all vectors in float64: the same documents, but where two are nearer to each other than can be told. */
  'brute force': (stage, { shape, seed, filter }: { shape: VectorShape; seed: number; filter: boolean }) => {
    const random = seeded(seed)
    const { below, one } = chooser(random)
    const { items, near } = itemsOf(stage, shape)
    const scale = one([1e-3, 1, 50])
    const vector = () => Array.from({ length: shape.dimensions }, () => (random() * 2 - 1) * scale)
    const all = new Map<string, { values: number[]; group: string }>()
    for (let index = 0; index < 500; index++) {
      const id = `v${below(400)}`
      const group = one(['a', 'b', 'c'])
      const values = vector()
      items.upsert(id, { group })
      near.set(id, values)
      all.set(id, { values, group })
    }
    for (const id of [...all.keys()].slice(0, 20)) {
      items.delete(id)
      all.delete(id)
    }
    const metric = shape.metric ?? 'cosine'
    let wrong = 0
    let furthest = 0
    for (let round = 0; round < 25; round++) {
      const query = vector()
      const found = near.search(query, { limit: 12, ...(filter ? { where: { group: { in: ['a', 'c'] } } } : {}) })
      const candidates = [...all].filter(([, { group }]) => !filter || group !== 'b')
      const scores = new Map(candidates.map(([id, { values }]) => [id, exact(values, query, metric)]))
      const best = [...scores.values()].toSorted((a, b) => b - a).slice(0, 12)
      const size = Math.max(...[...scores.values()].map(Math.abs))
      const bound = (id: string) => errorBound(all.get(id)?.values ?? [], query, shape) + size * 1e-5
      if (found.length !== 12) wrong += 1
      const most = Math.max(...candidates.map(([id]) => bound(id)))
      for (const [index, { document, score }] of found.entries()) {
        const right = scores.get(document.$id) ?? Number.NaN
        const difference = Math.abs(score - right)
        if (!(difference <= bound(document.$id))) wrong += 1
        if (!(right >= (best[index] as number) - 2 * most)) wrong += 1
        furthest = Math.max(furthest, difference / bound(document.$id))
      }
    }
    return { wrong, furthest }
  },

  'with documents': (stage) => {
    const { items, near } = itemsOf(stage, { dimensions: 2 }, true)
    items.insert({ group: 'a' }, { id: 'x' })
    items.insert({ group: 'a' }, { id: 'y' })
    const missing = near.missing().map(({ $id }) => $id)
    near.set('x', [3, 4])
    near.set('y', [1, 0])
    const told = stage.told.slice(2).map(({ source, operation, key }) => [source, operation, key])
    const stored = [...(near.get('x') ?? [])]
    items.update('x', { group: 'b' })
    const stale = near.missing().map(({ $id }) => $id)
    items.delete('y')
    const hidden = near.search([1, 0]).map(({ document }) => document.$id)
    items.restore('y')
    const back = near.search([1, 0]).map(({ document, score }) => [document.$id, score])
    items.delete('y')
    items.purge()
    items.insert({ group: 'new' }, { id: 'z' })
    const rows = stage.storage.sql.exec(`SELECT count(*) AS count FROM "v_items_embedding"`).toArray()
    return {
      missing,
      told,
      stored,
      stale,
      hidden,
      back,
      rows,
      gone: near.delete('x'),
      twice: near.delete('x'),
      never: near.get('z') ?? null,
    }
  },

  'marked, then declared otherwise': (stage) => {
    const soft = itemsOf(stage, { dimensions: 1 }, true)
    for (const id of ['a', 'b', 'c']) {
      soft.items.insert({ group: id }, { id })
      soft.near.set(id, [1])
    }
    soft.items.delete('a')
    return itemsOf(stage.again(), { dimensions: 1 })
      .near.search([1], { limit: 2 })
      .map(({ document }) => document.$id)
  },

  refused: (stage) => {
    const { items, near } = itemsOf(stage, { dimensions: 3 })
    items.insert({ group: 'a' }, { id: 'x' })
    const wrong: unknown[] = [
      [1, 2],
      [1, 2, 3, 4],
      [1, 2, Number.NaN],
      [1, 2, Number.POSITIVE_INFINITY],
      [1e39, 0, 0],
      [0, 0, 0],
      ['1', '2', '3'],
      'abc',
      null,
      { length: 3 },
    ]
    return {
      set: wrong.map((values) => failing(() => near.set('x', values as number[]))),
      search: wrong.map((values) => failing(() => near.search(values as number[]))),
      nobody: failing(() => near.set('nobody', [1, 2, 3])),
      limit: failing(() => near.search([1, 2, 3], { limit: 1_001 })),
      where: failing(() => near.search([1, 2, 3], { where: { other: 1 } })),
      otherwise: failing(() => itemsOf(stage.again(), { dimensions: 4 }).near.search([1, 2, 3, 4])),
      stored: near.get('x') ?? null,
      tiny: (() => {
        near.set('x', [1e-30, 1e-30, 1e-30])
        return near.search([1e30, 1e30, 1e30])[0]?.score
      })(),
    }
  },
}
