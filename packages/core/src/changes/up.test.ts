import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes, until } from './test/harness.ts'
import type { Change } from './types.ts'
import type { Receipt } from './wire.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

const order = (total: number, more: object = {}) => ({ total, currency: 'EUR', ...more })
const insert = (at: string, id: string, total: number, more?: object) => nodes.run(at, 'insert', [id, order(total, more)])
const child = (at: string, parent: string) => nodes.run(at, 'create', { context: nodes.url(parent) })
const ordersOf = async (at: string): Promise<Change[]> =>
  (await nodes.run(at, 'read', { limit: 1_000, filter: { source: 'collection:orders' } })).changes
const totalsOf = async (at: string, of: string | null = null): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await nodes.run(at, 'totals', of)).map(({ name, bucket, total }: { name: string; bucket: string; total: number }) => [
      bucket === '' ? name : `${name}.${bucket}`,
      total,
    ]),
  )
const appliedAt = (at: string) => nodes.run(at, 'sql', 'SELECT * FROM applied ORDER BY id, epoch, sequence')

describe('up the tree', () => {
  it('comes to the parent and to its parent, in order, with where it happened', async () => {
    await nodes.run('/business/b1', 'create', {})
    await child('/saas/s1', '/business/b1')
    await child('/tenant/t1', '/saas/s1')
    await insert('/tenant/t1', 'o1', 5)
    await insert('/tenant/t1', 'o2', 7, { status: 'paid' })
    await nodes.run('/tenant/t1', 'update', ['o1', { total: 6, status: 'paid' }])
    await nodes.run('/tenant/t1', 'delete order', 'o2')
    await nodes.run('/tenant/t1', 'set', ['private', 1])
    await insert('/saas/s1', 'own', 100)
    const there = await until(
      () => ordersOf('/business/b1'),
      (changes) => changes.length === 5,
    )
    const below = there.filter(({ object }) => object === nodes.url('/tenant/t1'))
    expect(below.map(({ operation, key }) => `${operation} ${key}`)).toEqual(['create o1', 'create o2', 'update o1', 'delete o2'])
    const home = await ordersOf('/tenant/t1')
    for (const [index, change] of below.entries()) {
      const { sequence, epoch, cursor: _, origin: __, ...same } = home[index] as Change
      expect(change).toMatchObject({ ...same, origin: { id: nodes.url('/tenant/t1'), epoch, sequence } })
    }
    const wanted = { orders: 2, 'revenue.EUR': 106, paid: 6 }
    expect(await totalsOf('/business/b1')).toEqual(wanted)
    expect(await totalsOf('/saas/s1')).toEqual(wanted)
    expect(await totalsOf('/saas/s1', nodes.url('/tenant/t1'))).toEqual({ orders: 1, 'revenue.EUR': 6, paid: 6 })
    expect(await totalsOf('/saas/s1', nodes.url('/saas/s1'))).toMatchObject({ orders: 1, 'revenue.EUR': 100 })
    // What the filter held back stayed below.
    expect((await nodes.run('/saas/s1', 'read', { filter: { keyPrefix: 'private' } })).changes).toEqual([])
  })

  it('is transformed, or only its totals are told', async () => {
    await nodes.run('/business/b2', 'create', {})
    await child('/changing/c', '/business/b2')
    await nodes.run('/changing/c', 'insert', ['a', order(1, { card: '4242' })])
    await insert('/changing/c', 'secret-1', 2)
    await nodes.run('/changing/c', 'update', ['a', { total: 3 }])
    await insert('/changing/c', 'b', 4)
    await child('/terse/t', '/business/b2')
    for (let index = 0; index < 30; index += 1) await insert('/terse/t', `t${index}`, 10)
    await nodes.run('/terse/t', 'delete order', 't0')
    await until(
      () => totalsOf('/business/b2', nodes.url('/terse/t')),
      (totals) => totals.orders === 29,
    )
    expect(await totalsOf('/business/b2', nodes.url('/terse/t'))).toEqual({ orders: 29, 'revenue.EUR': 290 })
    const seen = await ordersOf('/business/b2')
    expect(seen.map(({ key, after }) => [key, (after as { card: string }).card])).toEqual([
      ['new-a', 'hidden'],
      ['new-b', 'hidden'],
    ])
  })

  it('waits for a parent that refuses, and loses nothing', async () => {
    await nodes.run('/business/b3', 'create', {})
    await child('/tenant/t3', '/business/b3')
    await nodes.run('/business/b3', 'refusing', true)
    for (let index = 0; index < 60; index += 1) await insert('/tenant/t3', `o${index}`, 1)
    expect(await appliedAt('/business/b3')).toEqual([])
    expect(await ordersOf('/business/b3')).toEqual([])
    await nodes.run('/business/b3', 'refusing', false)
    await until(
      () => appliedAt('/business/b3'),
      (rows) => rows.length === 60,
    )
    expect((await totalsOf('/business/b3')).orders).toBe(60)
    // And then nobody has anything to do.
    await until(
      () => nodes.run('/tenant/t3', 'told'),
      (jobs) => jobs === 0,
    )
  })
})

describe('the inbox', () => {
  const source = 'http://nodes.test/tenant/by-hand'
  const event = (sequence: number) => ({
    source: 'collection:orders',
    operation: 'create',
    key: `o${sequence}`,
    after: JSON.stringify(order(1)),
    at: 1,
    version: sequence,
    request: null,
    principal: null,
    origin: { id: source, epoch: 1, sequence },
  })
  const deliver = (from: number, to: number, more: object = {}): Promise<Receipt & { code?: string }> =>
    nodes.run('/business/inbox', 'deliver', {
      source,
      epoch: 1,
      from,
      to,
      previous: from === 1 ? '' : `m${from - 1}`,
      mark: `m${to}`,
      events: Array.from({ length: to - from + 1 }, (_, index) => event(from + index)),
      ...more,
    })

  it('takes each change once: repeated, overlapping, with a gap, and in any order', async () => {
    expect(await deliver(3, 4)).toMatchObject({ epoch: 1, last: 0, mark: '' })
    expect(await deliver(1, 2)).toMatchObject({ last: 2, mark: 'm2' })
    expect(await deliver(1, 2)).toMatchObject({ last: 2 })
    expect(await deliver(2, 3)).toMatchObject({ last: 2 })
    expect(await deliver(5, 6)).toMatchObject({ last: 2 })
    const together = await Promise.all([deliver(3, 4), deliver(5, 6), deliver(3, 4)])
    expect(Math.max(...together.map(({ last }) => last))).toBeLessThanOrEqual(6)
    await deliver(5, 6)
    expect((await appliedAt('/business/inbox')).map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await totalsOf('/business/inbox')).orders).toBe(6)
  })

  it('takes nothing of another past, of an older epoch, or of no sense', async () => {
    expect(await deliver(7, 7, { previous: 'other' })).toMatchObject({ last: 6, mark: 'm6' })
    const reset = {
      from: 4,
      to: 3,
      epoch: 2,
      mark: 'n3',
      previous: '',
      events: [],
      reset: [{ name: 'orders', bucket: '', total: 3 }],
    }
    expect(await deliver(4, 3, reset)).toMatchObject({ epoch: 2, last: 3, mark: 'n3' })
    expect((await totalsOf('/business/inbox')).orders).toBe(3)
    expect(await deliver(4, 3, reset)).toMatchObject({ epoch: 2, last: 3 })
    expect((await totalsOf('/business/inbox')).orders).toBe(3)
    expect(await deliver(7, 8)).toMatchObject({ epoch: 2, last: 3, mark: 'n3' })
    for (const wrong of [{ from: -1 }, { to: 'x' }, { events: 7 }, { source: null }]) {
      expect(await deliver(1, 1, wrong)).toMatchObject({ code: 'invalid_delivery' })
    }
    const batches = await nodes.run('/business/inbox', 'batches')
    expect(batches.at(-1)).toMatchObject({ child: source, reset: true })
  })
})

describe('epochs', () => {
  it('tells by its epoch a log that was taken back, and its parent counts what is there now', async () => {
    await nodes.run('/business/b4', 'create', {})
    await child('/saas/s4', '/business/b4')
    await child('/tenant/t4', '/saas/s4')
    for (const id of ['a', 'b', 'c']) await insert('/tenant/t4', id, 10)
    await until(
      () => totalsOf('/business/b4'),
      (totals) => totals.orders === 3,
    )
    const backup = await nodes.run('/tenant/t4', 'dump')
    for (const id of ['d', 'e']) await insert('/tenant/t4', id, 100)
    await until(
      () => totalsOf('/business/b4'),
      (totals) => totals.orders === 5,
    )
    const { cursor: late } = await nodes.run('/tenant/t4', 'read', { limit: 1_000 })
    // Nobody tells the object that it was restored: it learns from its parent.
    await nodes.run('/tenant/t4', 'restore', backup)
    await insert('/tenant/t4', 'x', 1)
    const wanted = { orders: 4, 'revenue.EUR': 31 }
    for (const at of ['/business/b4', '/saas/s4']) {
      const totals = await until(
        () => totalsOf(at),
        ({ orders }) => orders === 4,
      )
      expect(totals).toMatchObject(wanted)
    }
    expect(await nodes.run('/tenant/t4', 'epoch')).toBe(2)
    expect(await nodes.run('/tenant/t4', 'read', { after: late })).toMatchObject({ code: 'epoch_changed' })
    await insert('/tenant/t4', 'y', 1)
    await until(
      () => totalsOf('/business/b4'),
      ({ orders }) => orders === 5,
    )
    expect(await totalsOf('/business/b4')).toMatchObject({ 'revenue.EUR': 32 })
  })

  it('notices one that was taken back and has written just as much since', async () => {
    await nodes.run('/business/b5', 'create', {})
    await child('/tenant/t5', '/business/b5')
    await insert('/tenant/t5', 'a', 10)
    await until(
      () => totalsOf('/business/b5'),
      (totals) => totals.orders === 1,
    )
    const backup = await nodes.run('/tenant/t5', 'dump')
    await insert('/tenant/t5', 'b', 100)
    await until(
      () => totalsOf('/business/b5'),
      (totals) => totals.orders === 2,
    )
    await nodes.run('/tenant/t5', 'restore', backup)
    for (const id of ['c', 'd', 'e']) await insert('/tenant/t5', id, 1)
    await until(
      () => totalsOf('/business/b5'),
      (totals) => totals.orders === 4,
    )
    expect(await totalsOf('/business/b5')).toMatchObject({ 'revenue.EUR': 13 })
    expect(await nodes.run('/tenant/t5', 'epoch')).toBe(2)
  })

  it('is told by whoever restores, and by a reader who has read further', async () => {
    await nodes.run('/tenant/t6', 'set', ['a', 1])
    const backup = await nodes.run('/tenant/t6', 'dump')
    await nodes.run('/tenant/t6', 'set', ['b', 1])
    const { cursor } = await nodes.run('/tenant/t6', 'read', {})
    await nodes.run('/tenant/t6', 'restore', backup)
    expect(await nodes.run('/tenant/t6', 'read', { after: cursor })).toMatchObject({ code: 'epoch_changed' })
    expect(await nodes.run('/tenant/t6', 'epoch')).toBe(2)
    const here = await nodes.run('/tenant/t6', 'cursor')
    expect(await nodes.run('/tenant/t6', 'new epoch', 'branch')).toBe(3)
    // What both lives have in common may be read on from.
    await nodes.run('/tenant/t6', 'set', ['c', 1])
    const { changes } = await nodes.run('/tenant/t6', 'read', { after: here })
    expect(changes.map(({ key, epoch }: Change) => [key, epoch])).toEqual([['c', 3]])
  })

  it('gives totals to a parent that was restored, and to a new one; the former counts them no more', async () => {
    await nodes.run('/business/b7', 'create', {})
    await child('/tenant/t7', '/business/b7')
    const backup = await nodes.run('/business/b7', 'dump')
    await insert('/tenant/t7', 'a', 10)
    await until(
      () => totalsOf('/business/b7'),
      (totals) => totals.orders === 1,
    )
    await nodes.run('/business/b7', 'restore', backup)
    expect(await totalsOf('/business/b7')).toEqual({})
    await insert('/tenant/t7', 'b', 10)
    await until(
      () => totalsOf('/business/b7'),
      (totals) => totals.orders === 2,
    )
    await nodes.run('/business/b8', 'create', {})
    await nodes.run('/tenant/t7', 'set context', nodes.url('/business/b8'))
    await until(
      () => totalsOf('/business/b8'),
      (totals) => totals.orders === 2,
    )
    await until(
      () => totalsOf('/business/b7'),
      (totals) => totals.orders === 0,
    )
    await nodes.run('/tenant/t7', 'set context', nodes.url('/business/b7'))
    await insert('/tenant/t7', 'c', 10)
    await until(
      () => totalsOf('/business/b7'),
      (totals) => totals.orders === 3,
    )
    await until(
      () => totalsOf('/business/b8'),
      (totals) => totals.orders === 0,
    )
  })
})
