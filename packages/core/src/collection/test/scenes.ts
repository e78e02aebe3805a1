import { ProviderError } from '@do/provider'
import { collectionIn } from '../in-kernel.ts'
import type { Where } from '../types.ts'
import { randomQueries } from './random-queries.ts'
import { failing, type Scene, type Stage } from './room.ts'

interface Order {
  readonly status?: string | null
  readonly total?: number
  readonly customer?: { readonly email?: string; readonly name?: string }
  readonly note?: string
  readonly tags?: readonly string[]
}

const ordersOf = ({ kernel }: Stage) =>
  collectionIn<Order>(kernel, 'orders', undefined, {
    indexes: ['status', 'total', 'note', 'tags', ['status', '-total']],
    unique: ['customer.email'],
    softDelete: true,
  })

/** What a list reads, as SQLite plans it. */
function planOf(stage: Stage, run: () => unknown): string[] {
  stage.statements.length = 0
  run()
  return stage.statements
    .filter((statement) => /FROM "c_/.test(statement))
    .map((statement) => stage.plan(statement, ...(statement.match(/\?/g) ?? []).map(() => 'x')))
}

export const collectionScenes: Record<string, Scene> = {
  'random queries': randomQueries,

  told: (stage) => {
    const orders = ordersOf(stage)
    orders.insert({ status: 'new' }, { id: 'a' })
    orders.update('a', { status: 'paid' })
    orders.upsert('a', { status: 'sent' })
    orders.upsert('b', { status: 'new' })
    failing(() => orders.insert({}, { id: 'a' }))
    failing(() => orders.update('a', {}, { version: 99 }))
    orders.delete('a')
    orders.delete('a')
    orders.restore('a')
    orders.delete('b')
    orders.purge()
    failing(() =>
      stage.kernel.transaction(() => {
        orders.insert({ status: 'gone' }, { id: 'c' })
        throw new RangeError('enough')
      }),
    )
    return stage.told
  },

  'soft delete': (stage) => {
    const orders = ordersOf(stage)
    orders.insert({ status: 'new', customer: { email: 'a@example.com' } }, { id: 'a' })
    orders.insert({ status: 'new' }, { id: 'b' })
    orders.delete('a')
    const hidden = {
      get: orders.get('a') ?? null,
      list: orders.list().items.map(({ $id }) => $id),
      count: orders.count({ status: 'new' }),
      update: failing(() => orders.update('a', {})),
      insert: failing(() => orders.insert({}, { id: 'a' })),
      again: orders.delete('a'),
      marked: orders.list({ deleted: true }).items,
    }
    // The unique value of a marked one is free, until the marked one wants to come back.
    orders.insert({ customer: { email: 'a@example.com' } }, { id: 'c' })
    const taken = failing(() => orders.restore('a'))
    orders.delete('c')
    const back = { restored: orders.restore('a'), twice: orders.restore('a'), item: orders.get('a') }
    stage.clock.advance(1_000)
    orders.delete('b')
    stage.clock.advance(500)
    const purged = [orders.purge({ olderThanMs: 1_000 }), orders.purge({ olderThanMs: 1_000 }), orders.purge(), orders.purge()]
    return {
      hidden,
      taken,
      back,
      purged,
      left: orders.list().items.map(({ $id }) => $id),
      dead: orders.list({ deleted: true }).items,
    }
  },

  'soft delete no longer': (stage) => {
    const soft = ordersOf(stage)
    soft.insert({ status: 'marked' }, { id: 'm' })
    soft.delete('m')
    const hard = collectionIn<Order>(stage.again().kernel, 'orders', undefined, { indexes: ['status'] })
    hard.insert({ status: 'there' }, { id: 'h' })
    const listed = hard.list().items.map(({ $id }) => $id)
    hard.delete('h')
    return { listed, marked: hard.list({ deleted: true }).items.map(({ $id }) => $id), restored: hard.restore('m') }
  },

  plans: (stage) => {
    const orders = ordersOf(stage)
    for (let index = 0; index < 50; index++) orders.insert({ status: `s${index % 3}`, total: index % 5, note: `n${index}` })
    const { cursor } = orders.list({ where: { status: 's1' }, orderBy: ['-total'], limit: 3 })
    const byTotal = orders.list({ orderBy: 'total', descending: true, limit: 3 })
    return {
      equal: planOf(stage, () => orders.list({ where: { status: 's1' } })),
      range: planOf(stage, () => orders.list({ where: { total: { gt: 2 } }, orderBy: 'total' })),
      compound: planOf(stage, () => orders.list({ where: { status: 's1' }, orderBy: ['-total'] })),
      compoundNext: planOf(stage, () =>
        orders.list({ where: { status: 's1' }, orderBy: ['-total'], limit: 3, ...(cursor === undefined ? {} : { cursor }) }),
      ),
      next: planOf(stage, () => orders.list({ orderBy: 'total', descending: true, limit: 3, cursor: byTotal.cursor ?? '' })),
      count: planOf(stage, () => orders.count({ status: 's1' })),
      times: planOf(stage, () => orders.list({ orderBy: '$createdAt' })),
      unique: planOf(stage, () => orders.list({ where: { 'customer.email': 'x' } })),
    }
  },

  select: (stage) => {
    const orders = ordersOf(stage)
    orders.insert({ status: 'new', total: 3, customer: { email: 'a@example.com', name: 'Ada' } }, { id: 'a' })
    const parts = (select: string[]) => orders.list({ select }).items[0]
    return {
      one: parts(['status']),
      deep: parts(['customer.email', 'total', 'missing', 'status.deeper']),
      both: parts(['customer', 'customer.name']),
      none: parts([]),
      wrong: failing(() => parts(["a'b"])),
      proto: failing(() => parts(['__proto__', 'constructor', 'toString'])),
    }
  },

  'hostile filters': (stage, filters: readonly unknown[]) => {
    const orders = ordersOf(stage)
    orders.insert({ status: 'kept', note: "Robert'); DROP TABLE c_orders;--" }, { id: 'a' })
    const answers = filters.map((where) => failing(() => orders.list({ where: where as Where }).items.map(({ $id }) => $id)))
    return { answers, tables: orders.count(), polluted: ({} as { status?: string }).status ?? null }
  },

  'hostile orders': (stage, queries: readonly object[]) => {
    const orders = ordersOf(stage)
    orders.insert({ status: 'kept' }, { id: 'a' })
    return queries.map((query) => failing(() => orders.list(query).items.map(({ $id }) => $id)))
  },

  bombs: (stage) => {
    const orders = ordersOf(stage)
    const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    const list = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    const where = (depth: number): Where => JSON.parse(`${'{"$or":['.repeat(depth)}{}${']}'.repeat(depth)}`)
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, index]))
    const code = (run: () => unknown) => {
      try {
        run()
        return 'done'
      } catch (error) {
        return ProviderError.is(error) ? error.code : String(error)
      }
    }
    return {
      deep: code(() => orders.insert(nested(100_000) as Order)),
      deepList: code(() => orders.insert({ tags: list })),
      atLimit: code(() => orders.insert(nested(64) as Order, { id: 'deep' })),
      above: code(() => orders.insert(nested(65) as Order)),
      wide: code(() => orders.insert(many as Order, { id: 'wide' })),
      large: code(() => orders.insert({ note: 'x'.repeat(2_000_000) })),
      largeUpdate: code(() => orders.update('deep', { note: 'ü'.repeat(1_000_001) })),
      whereDeep: code(() => orders.list({ where: where(50_000) })),
      whereAtLimit: code(() => orders.list({ where: where(8) })),
      whereWide: code(() => orders.list({ where: { $or: Array.from({ length: 65 }, () => ({ total: 1 })) } })),
      prefixes: code(() => orders.list({ where: { $or: Array.from({ length: 31 }, () => ({ status: { prefix: 's' } })) } })),
      prefixesTooMany: code(() =>
        orders.list({ where: { $or: Array.from({ length: 32 }, () => ({ status: { prefix: 's' } })) } }),
      ),
      prefixesAlone: code(() =>
        orders.list({
          where: {
            $and: Array.from({ length: 12 }, () =>
              Object.fromEntries(['status', 'note', 'total', 'tags'].map((name) => [name, { prefix: 's' }])),
            ),
          },
        }),
      ),
      whereAll: code(() => orders.list({ where: { $or: Array.from({ length: 32 }, () => ({ total: 1 })) } })),
      inMany: code(() => orders.list({ where: { total: { in: Array.from({ length: 10_000 }, (_, index) => index) } } })),
      inTooMany: code(() => orders.list({ where: { total: { in: Array.from({ length: 10_001 }, (_, index) => index) } } })),
      longText: code(() => orders.list({ where: { note: { contains: '%'.repeat(10_000) } } })),
      updated: orders.get('deep')?.$version,
      stored: orders.count(),
    }
  },

  'names that meet': (stage) => {
    const made = (name: string, index: string, of = stage) =>
      collectionIn<Record<string, unknown>>(of.kernel, name, undefined, { indexes: [index] })
    made('orders', 'items_status').insert({ items_status: 'a' })
    made('orders_items', 'status').insert({ status: 'b' })
    return {
      first: made('orders', 'items_status').count({ items_status: 'a' }),
      second: made('orders_items', 'status').count({ status: 'b' }),
      otherCase: failing(() => made('Orders', 'items_status').insert({ items_status: 'c' })),
      otherCaseRead: made('ORDERS', 'items_status', stage.again()).count(),
      kept: made('orders', 'items_status').count(),
    }
  },

  pages: (stage) => {
    const orders = ordersOf(stage)
    for (let index = 0; index < 10; index++) orders.insert({ note: 'x'.repeat(100_000), total: index }, { id: `o${index}` })
    const sizes: number[] = []
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = orders.list({ orderBy: 'total', maxBytes: 350_000, ...(cursor === undefined ? {} : { cursor }) })
      sizes.push(page.items.length)
      ids.push(...page.items.map(({ $id }) => $id))
      cursor = page.cursor
    } while (cursor !== undefined)
    return { sizes, ids, one: orders.list({ maxBytes: 1 }).items.length, all: orders.list().items.length }
  },

  proto: (stage) => {
    const orders = ordersOf(stage)
    const sent = JSON.parse('{"status":"x","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}')
    orders.insert(sent, { id: 'p' })
    orders.update('p', JSON.parse('{"__proto__":{"admin":2}}'))
    return { text: JSON.stringify(orders.get('p')), polluted: ({} as { admin?: boolean }).admin ?? null }
  },

  race: (stage) => {
    const orders = ordersOf(stage)
    orders.insert({ total: 0 }, { id: 'r' })
    const version = orders.get('r')?.$version ?? 0
    return Array.from({ length: 20 }, (_, total) => failing(() => orders.update('r', { total }, { version })))
  },

  declared: (stage) =>
    [
      { indexes: [["a') --", 'b']] },
      { indexes: [['$id', '$version']] },
      { indexes: [['a', 'b', 'c', 'd', 'e']] },
      { indexes: Array.from({ length: 33 }, (_, index) => `f${index}`) },
      { indexes: ['__proto__'] },
    ].map((options) => failing(() => collectionIn(stage.kernel, 'declared', undefined, options).count())),

  names: (stage) => {
    const fields = ['n', 'version', 'body', 'rowid', 'm1', 'score', 'created_at']
    const named = collectionIn<Record<string, unknown>>(stage.kernel, 'named', undefined, { indexes: fields, unique: ['id'] })
    const values = (value: number) => Object.fromEntries([...fields, 'id'].map((field) => [field, value]))
    named.insert(values(2), { id: 'a' })
    named.insert(values(1), { id: 'b' })
    const page = named.list({ where: { body: { gte: 1 }, rowid: { lte: 2 } }, orderBy: ['n', 'm1', 'version'], limit: 1 })
    const rest = named.list({ orderBy: ['n', 'm1', 'version'], where: { id: 2 }, cursor: page.cursor ?? '' })
    return {
      found: [...page.items, ...rest.items].map(({ $id }) => $id),
      mark: named.list({ orderBy: 'score' }).items.map(({ $id }) => $id),
      unique: failing(() => named.insert(values(2))),
      twice: failing(() => collectionIn(stage.kernel, 'cases', undefined, { indexes: ['Status', 'status'] })),
    }
  },

  'compound declared later': (stage) => {
    const before = collectionIn<Order>(stage.kernel, 'later', undefined, { indexes: ['status'] })
    for (let index = 0; index < 9; index++) before.insert({ status: `s${index % 2}`, total: index })
    const next = stage.again()
    const after = collectionIn<Order>(next.kernel, 'later', undefined, { indexes: [['status', '-total']] })
    const plan = planOf(next, () => after.list({ where: { status: 's1' }, orderBy: '-total' }))
    const totals = after.list({ where: { status: 's1' }, orderBy: '-total' }).items.map(({ total }) => total)
    return { plan, totals }
  },
}
