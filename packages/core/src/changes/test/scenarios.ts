import { ProviderError } from '@do/provider'
import type { Json } from '../../index.ts'
import { inspect } from '../../inspect/inspect.ts'
import { mutated } from '../../object/tiny.ts'
import { transaction } from '../../storage/sql.ts'
import type { ChangePage, ReadOptions } from '../types.ts'
import type { Delivery } from '../wire.ts'
import { walk } from './walk.ts'
import { acknowledged, type Node, switched } from './worker.ts'

type Dump = Record<string, Record<string, string | number | null>[]>

/** What tests do inside an object. */
export const scenarios: Record<string, (node: Node, input: never) => unknown> = {
  create: (node, input: { context?: string }) => node.$create(input),
  'set context': (node, context: string | null) => node.$setContext(context),
  set: (node, [key, value]: [string, Json]) => node.state.set(key, value),
  delete: (node, key: string) => node.state.delete(key),
  insert: (node, [id, order]: [string, never]) => void node.orders.insert(order, { id }),
  update: (node, [id, order]: [string, never]) => void node.orders.update(id, order),
  'delete order': (node, id: string) => node.orders.delete(id),
  many: (node, count: number) => {
    for (let index = 0; index < count; index += 1) node.state.set(`many:${index}`, index)
  },
  read: (node, options: ReadOptions) => said(() => node.$changes.read(options)),
  cursor: (node) => node.$changes.cursor,
  totals: (node, child: string | null) => node.$changes.totals(child ?? undefined),
  epoch: (node) => node.$changes.epoch,
  'new epoch': (node, reason: string) => node.$changes.newEpoch(reason),
  sql: (node, query: string) => node.ctx.storage.sql.exec(query).toArray(),
  deliver: (node, delivery: Delivery) => said(() => node.deliver(delivery)),
  dump: (node) => node.dump(),
  restore: (node, dump: Dump) => node.restore(dump),
  refusing: (node, refusing: boolean) => {
    node.refusing = refusing
  },
  batches: (node) => node.batches,
  later: (node, ms: number) => {
    node.offset.ms += ms
  },
  usage: (node) => node.$storageUsage(),
  told: (node) => {
    const { jobs } = node
    return jobs.list({ name: 'core.changes.deliver' }).length
  },

  lifecycle: (node, act: 'suspend' | 'resume') => node.$tree.lifecycle[act](),
  remove: (node) => node.$tree.lifecycle.delete({ children: 'delete' }),
  'write and remove': (node, orders: Record<string, never>) => {
    for (const [id, order] of Object.entries(orders)) node.orders.insert(order, { id })
    node.$tree.lifecycle.delete()
  },
  'tell and remove': (node, words: string[]) => {
    for (const word of words) node.$events.emit('Order.told', word, { to: 'parent' })
    node.$tree.lifecycle.delete()
  },
  tell: (node, word: string) => node.$events.emit('Order.told', word, { to: 'parent' }).id,
  exists: (node) => node.$exists,
  status: (node) => node.$tree.lifecycle.status,
  job: (node, [name, word, at]: [string, string?, number?]) =>
    node.jobs.schedule({ name, payload: word ?? null, ...(at === undefined ? {} : { at }) }).id,
  jobs: (node) => node.jobs.list().map(({ name, state }) => `${name} ${state}`),
  send: (node, [name, word, at]: [string, string?, number?]) =>
    node.$actions.send(name, word ?? null, at === undefined ? {} : { at }),
  cancel: (node, id: string) => node.$actions.cancel(id),
  actions: (node) => node.$actions.list().items.map(({ name, state }) => `${name} ${state}`),
  alarm: (node) => node.alarm(),
  release: (node) => node.held.resolve(),
  'hold door': ({ kernel, held }, door: string) => {
    const { open } = kernel.doors
    kernel.doors.open = async (name, ...knock) => {
      if (name === door) await held.promise
      return open(name, ...knock)
    }
  },
  acknowledged: (_, name: string) => acknowledged.get(name) ?? [],
  dead: (node) => node.$actions.deadLetters.list().items.map(({ name, error, attempts }) => [name, error?.code, attempts]),
  'emit to': (node, [word, to]: [string, string]) => node.$events.emit('Order.told', word, { to }).id,
  'create as child': (node, name: string) => node.$tree.adopt('Tenant', name),
  record: (node) => node.$record,
  walk: (node, steps: never) => walk(node, steps),
  'rows written': (node, count: number) => {
    const total = () => node.ctx.storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n
    const before = total()
    for (let index = 0; index < count; index += 1) node.state.set('a', index)
    return total() - before
  },
  inspected: ({ ctx }) =>
    inspect({ rows: (query, ...bindings) => ctx.storage.sql.exec(query, ...bindings).toArray() as never }).record,
  'end of life': (node) => node.ctx.abort('on purpose'),
  switch: (_, on: boolean) => {
    switched.on = on
  },
  children: (node) => node.$tree.children().items.map(({ name, state }) => `${name} ${state}`),
  'create and fail': (node) =>
    said(() =>
      node.transaction(() => {
        node.$create()
        throw new RangeError('on second thoughts')
      }),
    ),
  ran: (node) => node.ran,
  wipe: async (node) => {
    node.state.set('before', 1)
    await node.ctx.storage.deleteAll()
    const exists = node.$exists
    node.state.set('after', 1)
    const keys = node.$changes.read().changes.map(({ key }) => key)
    return { exists, keys, version: node.$version }
  },
  'write down nothing': (node) => {
    const tell = node[mutated]
    let refusals = 0
    node[mutated] = (mutation) => {
      if (mutation.source === 'actions' && mutation.operation === 'update' && !mutation.after?.includes('"running"')) {
        refusals += 1
        if (refusals <= 2) throw new RangeError('the disk is full')
      }
      tell?.(mutation)
    }
  },
  'a turn while nothing is found': async (node) => {
    // Far more rows than one look takes, and a reader who wants none of them.
    const insert = `INSERT INTO do_changes (source, operation, key, at, version)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT 'state', 'create', 'k' || i, 0, 1 FROM n`
    node.state.set('first', 1)
    const start = node.$changes.cursor
    node.ctx.storage.sql.exec(insert)
    let turns = 0
    const controller = new AbortController()
    const tick = () => {
      turns += 1
      if (!controller.signal.aborted) setTimeout(tick, 0)
    }
    setTimeout(tick, 0)
    const changes = node.$changes.follow({ after: start, filter: { where: { never: 1 } }, signal: controller.signal })
    const next = changes.next()
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve()
    const windows = turns
    setTimeout(() => node.state.set('found', { never: 1 }), 1)
    const key = (await next).value.key
    controller.abort()
    return { key, windows, turns }
  },

  'rolled back': (node) => {
    try {
      node.transaction(() => {
        node.state.set('gone', 1)
        throw new RangeError('enough')
      })
    } catch {}
    node.transaction(() => {
      node.state.set('outer', 1)
      try {
        node.transaction(() => {
          node.state.set('inner', 1)
          throw new RangeError('only the inner one')
        })
      } catch {}
      node.state.set('after', 1)
    })
  },
  'batch and compare': (node) => {
    node.state.batch([{ set: 'a', value: { x: 1, y: 1 } }, { set: 'b', value: 1 }, { delete: 'nothing' }, { delete: 'b' }])
    node.state.compareAndSet('a', { x: 1, y: 1 }, { x: 1, y: 2 })
    node.state.compareAndSet('a', { x: 'no' }, { x: 'never' })
  },
  large: (node) => {
    node.state.set('large', 'a'.repeat(1_500_000))
    node.state.set('large', 'b'.repeat(1_500_000))
    const row = node.ctx.storage.sql
      .exec<{ n: number }>("SELECT max(length(coalesce(before, '')) + length(coalesce(after, ''))) AS n FROM do_changes")
      .one().n
    const last = node.$changes.read({ filter: { operation: 'update', keyPrefix: 'large' }, limit: 1 })
    const first = node.$changes.read({ filter: { operation: 'create', keyPrefix: 'large' }, limit: 1 })
    const letters = [...first.changes, ...last.changes].map(({ before, after }) => [before, after].map((text) => String(text)[0]))
    return { row, letters }
  },
  'big pages': (node) => {
    for (let index = 0; index < 6; index += 1) node.state.set(`big:${index}`, 'x'.repeat(900_000))
    return node.$changes.read({ filter: { keyPrefix: 'big:' } }).changes.length
  },
  'bad filters': (node, filters: never[]) => Promise.all(filters.map((filter) => said(() => node.$changes.read({ filter })))),
  'follow slowly': async (node) => {
    const seen: string[] = []
    const controller = new AbortController()
    const changes = node.$changes.follow({ signal: controller.signal, filter: { keyPrefix: 'slow:' } })
    for (let index = 0; index < 250; index += 1) node.state.set(`slow:${index}`, index)
    for await (const { key } of changes) {
      seen.push(key)
      if (seen.length === 100) node.state.set('slow:more', 1)
      if (seen.length === 251) break
    }
    // One that waits is ended by its signal.
    const waiting = node.$changes.follow({ signal: controller.signal }).next()
    controller.abort()
    return { first: seen[0], last: seen.at(-1), count: seen.length, done: (await waiting).done }
  },
  'stop while following': async (node) => {
    node.state.set('zero', 1)
    const changes = node.$changes.follow()
    const next = changes.next()
    const ended = await changes.return?.()
    return [ended?.done, (await next).done, (await changes.next()).done]
  },
  'odd sources': (node, sources: string[]) => {
    for (const source of sources) {
      node.transaction(() => node.kernel.mutated({ source, operation: 'create', key: 'k', after: '1' }))
    }
    return node.$changes.read().changes.map((change) => change.source)
  },
  'lag while following': async (node) => {
    node.state.set('zero', 1)
    const changes = node.$changes.follow()
    node.state.set('first', 1)
    const first = (await changes.next()).value
    for (let index = 0; index < 2_000; index += 1) node.state.set(`many:${index}`, index)
    return { first: first.key, error: await said(() => changes.next()) }
  },
  subscribe: async (node) => {
    const pages: string[][] = []
    let inside = 0
    let most = 0
    const done = node.$changes.feed().subscribe(
      async (page: ChangePage) => {
        inside += 1
        most = Math.max(most, inside)
        await new Promise((resolve) => setTimeout(resolve, 5))
        pages.push(page.changes.map(({ key }) => key))
        inside -= 1
        return pages.length < 3
      },
      { filter: { keyPrefix: 'sub:' } },
    )
    for (let index = 0; index < 250; index += 1) node.state.set(`sub:${index}`, index)
    await done
    return { sizes: pages.map(({ length }) => length), most }
  },
  consume: (node, [name, action, cursor]: [string, string, string?]) => {
    const consumer = node.$changes.consumer(name, { from: 'start' })
    return said(() => {
      if (action === 'acknowledge') return consumer.acknowledge(cursor as string)
      if (action === 'reset') return consumer.reset(cursor as string)
      if (action === 'delete') return consumer.delete()
      return consumer.read({ limit: 1_000 })
    })
  },
  'writes together': async (node) => {
    const order: number[] = []
    const write = (index: number) =>
      node.$writer
        .write(() => {
          order.push(index)
          node.state.set(`w:${index}`, index)
          if (index === 2) throw new RangeError('only this one')
          return index
        })
        .catch((error: Error) => error.name)
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => write(index)))
    const promised = await said(() => node.$writer.write(async () => 1))
    return { answers, order, kept: node.state.list({ prefix: 'w:' }).items.map(({ key }) => key), promised }
  },
  'write too much': async (node) => {
    const writes = Array.from({ length: 8 }, (_, index) => said(() => node.$writer.write(() => index)))
    return Promise.all(writes)
  },
  'write for others': async (node) => {
    const { withCall } = await import('../../kernel/call-context.ts')
    const as = (principal: string) =>
      withCall({ requestId: `r-${principal}`, principal }, () => node.$writer.write(() => node.state.set(principal, 1)))
    await Promise.all([as('bob'), as('eve')])
    return node.$changes
      .read({ filter: { source: 'state' } })
      .changes.map(({ key, principal, requestId }) => [key, principal, requestId])
  },
  fill: (node) => {
    for (let index = 0; ; index += 1) {
      try {
        node.state.set(`fill:${index}`, 'x'.repeat(10_000))
      } catch (error) {
        const { code, fault } = error as ProviderError
        return { index, code, fault, deleted: node.state.delete('fill:0'), kept: node.state.get(`fill:${index}`) ?? null }
      }
    }
  },
  'nothing read': (node) => {
    // Nobody captures, so nothing is written down.
    node.state.set('quiet', 1)
    return node.ctx.storage.sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'do_change%'").toArray().length
  },
  'in one savepoint': (node) => {
    // The library's own nesting, with tables made inside of what is taken back.
    transaction(node.ctx.storage, () => {
      try {
        transaction(node.ctx.storage, () => {
          node.state.set('first of all', 1)
          throw new RangeError('back')
        })
      } catch {}
      node.state.set('second', 1)
    })
    return node.$changes
      .read()
      .changes.filter(({ source }) => source === 'state')
      .map(({ key, sequence }) => [key, sequence])
  },
}

async function said(run: () => unknown): Promise<unknown> {
  try {
    return (await run()) ?? null
  } catch (error) {
    if (!ProviderError.is(error)) return { error: (error as Error).name, message: (error as Error).message }
    const { code, field, fault, message } = error
    return { code, field, fault, message }
  }
}
