import { chooser, seeded } from '../../collection/test/random.ts'
import { failing, type Scene, type Stage } from '../../collection/test/room.ts'
import { defineNouns } from '../../nouns/registry.ts'
import { createRelationships } from '../relationships.ts'
import type { Edge, EdgeQuery, VerbRule } from '../types.ts'

const shop = defineNouns(
  { Customer: { verbs: ['place'] }, Order: {} },
  { place: { unique: 'to', onRemove: { from: 'restrict' } }, contain: { onRemove: { from: 'cascade' } }, like: {} },
)

const roomOf = ({ kernel }: Stage) => createRelationships(kernel, { verbs: shop, rules: shop.rules() })
const keyOf = ({ from, verb, to }: Pick<Edge, 'from' | 'verb' | 'to'>) => `${from} ${verb} ${to}`

function plansOf(stage: Stage, run: () => unknown): string[] {
  stage.statements.length = 0
  run()
  return stage.statements
    .filter((statement) => statement.includes('FROM do_relationships'))
    .map((statement) => stage.plan(statement, ...(statement.match(/\?/g) ?? []).map(() => '["x"]')))
}

export const relationshipScenes: Record<string, Scene> = {
  edges: (stage) => {
    const room = roomOf(stage)
    const nothing = [
      room.list({ from: 'x' }),
      room.count({ to: 'x' }),
      room.get('x', 'like', 'y') ?? null,
      room.unrelate('x', 'like', 'y'),
    ]
    const tables = stage.storage.sql.exec(`SELECT count(*) AS count FROM sqlite_master WHERE name LIKE 'do_rel%'`).one().count
    const made = room.relate('ada', 'place', 'o1', { at: 'desk', parts: [1, 2] })
    room.relate('o2', 'placedBy', 'ada')
    const again = room.relate('ada', 'place', 'o1', { at: 'door' })
    const taken = failing(() => room.relate('bo', 'place', 'o1'))
    room.relate('ada', 'like', 'o1')
    const listed = {
      out: room.list({ from: 'ada' }).items.map(keyOf),
      verb: room.list({ from: 'ada', verb: 'place' }).items.map(keyOf),
      several: room.list({ from: 'ada', verb: ['like', 'place'] }).items.length,
      in: room.list({ to: 'o1' }).items.map(keyOf),
      reverse: room.list({ from: 'o1', verb: 'placedBy' }).items.map(keyOf),
      both: room.list({ from: 'ada', to: 'o1' }).items.map(keyOf),
      form: room.list({ from: 'ada', verb: 'placed' }).items.length,
    }
    return {
      nothing,
      tables,
      made,
      again,
      taken,
      listed,
      placed: room.related('ada', 'place').items,
      placedBy: room.related('o1', 'placedBy').items,
      got: room.get('o1', 'placedBy', 'ada')?.data,
      counts: [room.count({ from: 'ada' }), room.count({ from: 'o1', verb: 'placedBy' })],
      gone: [room.unrelate('ada', 'like', 'o1'), room.unrelate('ada', 'like', 'o1')],
      told: stage.told,
    }
  },

  plans: (stage) => {
    const room = roomOf(stage)
    room.relate('a', 'like', 'b')
    return {
      out: plansOf(stage, () => room.list({ from: 'a', verb: 'like' })),
      in: plansOf(stage, () => room.list({ to: 'b', verb: 'like' })),
      next: plansOf(stage, () => room.list({ to: 'b', cursor: btoa('["like","a"]').replaceAll('=', '') })),
      count: plansOf(stage, () => room.count({ to: 'b' })),
      walkOut: plansOf(stage, () => room.traverse('a', { depth: 1 })),
      walkIn: plansOf(stage, () => room.traverse('b', { depth: 1, direction: 'in', verbs: ['like'] })),
    }
  },

  refused: (stage) => {
    const room = roomOf(stage)
    room.relate('a', 'like', 'b')
    const nested: unknown = JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`)
    return [
      () => room.relate('', 'like', 'b'),
      () => room.relate('a', 'hate', 'b'),
      () => room.relate('a', '__proto__', 'b'),
      () => room.relate('a', "like'; DROP TABLE do_relationships", 'b'),
      () => room.relate('a'.repeat(3_000), 'like', 'b'),
      () => room.relate(7 as never, 'like', 'b'),
      () => room.relate('a', 'like', 'b', 'text' as never),
      () => room.relate('a', 'like', 'b', nested as never),
      () => room.relate('a', 'like', 'b', { text: 'x'.repeat(2_000_001) }),
      () => room.list({}),
      () => room.list({ from: 'a', verb: ['like', 'likedBy'] }),
      () => room.list({ from: 'a', limit: 0 }),
      () => room.list({ from: 'a', cursor: 'x' }),
      () => room.traverse('a', { depth: 33 }),
      () => room.traverse('a', { most: 0 }),
      () => room.traverse('a', { direction: 'up' as never }),
      () => room.traverse('a', { verbs: ['hate'] }),
      () => createRelationships(stage.kernel).relate('a', 'Not A Verb', 'b'),
      () => room.list({ from: "a' OR 1=1 --" }).items.length,
      () => room.count({ from: 'a' }),
    ].map((run) => failing(run))
  },

  removal: (stage) => {
    const room = roomOf(stage)
    room.relate('ada', 'place', 'order')
    room.relate('order', 'contain', 'line1')
    room.relate('order', 'contain', 'line2')
    room.relate('line1', 'contain', 'part')
    room.relate('part', 'contain', 'order')
    room.relate('bo', 'like', 'part')
    const restricted = failing(() => room.removeThing('ada'))
    const removed: string[] = []
    const all = room.removeThing('order', (id) => void removed.push(id))
    const fails = failing(() => {
      room.relate('x', 'like', 'y')
      room.removeThing('x', () => {
        throw new RangeError('no')
      })
    })
    return {
      restricted,
      all,
      removed,
      left: stage.storage.sql.exec('SELECT from_id, verb, to_id FROM do_relationships').toArray(),
      nowFree: room.removeThing('ada'),
      fails,
      deletes: stage.told.filter(({ operation }) => operation === 'delete').length,
    }
  },

  /** Random graphs against plain lists and sets. */
  'random graph': (stage, { seed }: { seed: number }) => {
    const { below, chance, one, some } = chooser(seeded(seed))
    const verbs = ['like', 'know', 'own']
    const rules: Record<string, VerbRule> = {}
    const room = createRelationships(stage.kernel, { rules })
    const edges = new Map<string, { from: string; verb: string; to: string }>()
    const name = () => `n${below(25)}`
    const wrong: unknown[] = []
    const same = (what: string, found: unknown, right: unknown) => {
      if (JSON.stringify(found) !== JSON.stringify(right)) wrong.push({ what, found, right })
    }
    const near = (ids: readonly string[], direction: string, by: readonly string[] | undefined) =>
      [...edges.values()]
        .filter(({ verb }) => by === undefined || by.includes(verb))
        .flatMap(({ from, to }) => [
          ...(direction !== 'in' && ids.includes(from) ? [to] : []),
          ...(direction !== 'out' && ids.includes(to) ? [from] : []),
        ])
    const pages = (read: (cursor: string | undefined) => { items: readonly unknown[]; cursor?: string }) => {
      const all: unknown[] = []
      let cursor: string | undefined
      do {
        const page = read(cursor)
        all.push(...page.items)
        cursor = page.cursor
      } while (cursor !== undefined)
      return all
    }
    let reached = 0
    for (let round = 0; round < 150; round++) {
      const edge = { from: name(), verb: one(verbs), to: name() }
      if (chance(0.3)) {
        same('unrelate', room.unrelate(edge.from, edge.verb, edge.to), edges.delete(keyOf(edge)))
      } else {
        room.relate(edge.from, edge.verb, edge.to)
        edges.set(keyOf(edge), edge)
      }
      const limit = 1 + below(12)
      const verb = chance(0.5) ? one(verbs) : undefined
      const end = one(['from', 'to'] as const)
      const query: EdgeQuery = { [end]: name(), ...(verb === undefined ? {} : { verb }), limit }
      const listed = pages((cursor) => room.list({ ...query, ...(cursor === undefined ? {} : { cursor }) })) as Edge[]
      const right = [...edges.values()]
        .filter((one) => one[end] === query[end] && (verb === undefined || one.verb === verb))
        .map((one) => [one.verb, end === 'from' ? one.to : one.from, keyOf(one)] as const)
        .toSorted((a, b) => (a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? -1 : 1))
      same(
        'list',
        listed.map(keyOf),
        right.map(([, , key]) => key),
      )
      same('count', room.count(query), right.length)

      const start = name()
      const direction = one(['out', 'in', 'both'] as const)
      const by = chance(0.4) ? some(verbs, 2) : undefined
      const depth = 1 + below(5)
      const expected: [number, string][] = []
      const seen = new Set([start])
      let frontier = [start]
      for (let level = 1; level <= depth; level++) {
        frontier = [...new Set(near(frontier, direction, by))].filter((id) => !seen.has(id)).toSorted()
        for (const id of frontier) {
          seen.add(id)
          expected.push([level, id])
        }
      }
      const how = { direction, depth, ...(by === undefined ? {} : { verbs: by }) }
      const walked = pages((cursor) => room.traverse(start, { ...how, limit, ...(cursor === undefined ? {} : { cursor }) })) as {
        id: string
        depth: number
        via: Edge
      }[]
      reached += walked.length
      same(
        'traverse',
        walked.map(({ depth: at, id }) => [at, id]),
        expected,
      )
      if (!walked.every(({ via }) => edges.has(keyOf(via)))) wrong.push('an edge that is not there')
      const target = name()
      const way = room.path(start, target, how)
      const length = target === start ? 0 : expected.find(([, id]) => id === target)?.[0]
      same('path', way?.length ?? null, length ?? null)
    }
    return { wrong: wrong.slice(0, 3), reached }
  },

  bounded: (stage) => {
    const room = createRelationships(stage.kernel)
    for (let index = 0; index < 3_000; index++) room.relate('hub', 'link', `n${index}`)
    const { items, truncated } = room.traverse('hub', { most: 100, limit: 1_000 })
    const whole = room.traverse('hub', { limit: 1_000 })
    const statements = () => {
      stage.statements.length = 0
      room.traverse('n1', { direction: 'both', depth: 3 })
      return stage.statements.length
    }
    return {
      count: items.length,
      truncated,
      whole: whole.items.length,
      more: whole.cursor !== undefined,
      statements: statements(),
    }
  },
}
