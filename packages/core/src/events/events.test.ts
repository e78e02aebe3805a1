import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Counter, type FlowServer, startCounter, startFlows, until } from '../actions/test/harness.ts'
import { fluent } from './on.ts'
import { matcher } from './pattern.ts'

let sink: Counter
let server: FlowServer
beforeAll(async () => {
  sink = await startCounter()
  server = await startFlows({ SINK: sink.url }, '../../events/test/worker.ts', ['Branch'])
})
afterAll(async () => {
  await server.close()
  await sink.close()
})

const call = (name: string, method: string, ...args: unknown[]) => server.call(`/b/${name}`, method, ...args)
const emit = (name: string, type: string, data?: unknown, options?: unknown) =>
  call(name, 'events/emit', type, ...[data, options].filter((arg) => arg !== undefined))
const heard = async (name: string): Promise<string[]> => (await call(name, 'state/get', 'heard')) ?? []
const quiet = (name: string) =>
  until(
    async () => (await call(name, 'actions/list')).items,
    (items) => items.length > 0 && items.every(({ state }: any) => state === 'completed' || state === 'failed'),
  )

describe('an event', () => {
  it('is heard by priority; who fails is tried again alone, and ends as a dead letter that can be driven again', async () => {
    const { id, sequence } = await emit('shop', 'Order.paid', { total: 5 })
    expect(sequence).toBe(1)
    await quiet('shop')
    const words = await heard('shop')
    expect(words.slice(0, 2)).toEqual(['first', 'failing'])
    expect([...words].sort()).toEqual(['any order Order.paid', 'any paid', 'failing', 'failing', 'failing', 'first', 'second'])
    expect(sink.count(`/effect/second/${id}`)).toBe(1)
    const { items } = await call('shop', 'dead/list')
    expect(items).toMatchObject([{ name: 'on:Order.paid#2', attempts: 3, error: { code: 'broken' } }])
    expect(await call('shop', 'dead/redrive', { name: 'on:Order.paid#2' })).toBe(1)
    await until(
      () => heard('shop'),
      (all) => all.filter((word) => word === 'failing').length === 6,
    )
  })

  it('is heard only by those whose conditions its data meets', async () => {
    await emit('where', 'Order.paid', { total: 100, customer: { kind: 'company' } })
    await quiet('where')
    expect(await heard('where')).toContain('large')
    await emit('nowhere', 'Order.paid', { total: 99, customer: { kind: 'company' } })
    await quiet('nowhere')
    expect(await heard('nowhere')).not.toContain('large')
  })

  it('of an id is told once', async () => {
    await emit('once', 'Invoice.sent', null, { id: 'webhook-1' })
    expect(await emit('once', 'Invoice.sent', null, { id: 'webhook-1' })).toEqual({ id: 'webhook-1', to: [] })
    await quiet('once')
    expect(await heard('once')).toEqual(['fluent'])
  })

  it('is heard after a kill right after it was told', async () => {
    const arrived = sink.hold(/^\/effect\/second\//)
    const { id } = await emit('kill', 'Order.paid', {})
    await arrived
    await server.crash()
    sink.forget()
    await until(
      () => heard('kill'),
      (words) => words.includes('second') && words.filter((word) => word === 'failing').length === 3,
    )
    expect(await heard('kill')).toContain('any paid')
    expect((await heard('kill')).filter((word) => word === 'first')).toHaveLength(1)
    expect(sink.count(`/effect/second/${id}`)).toBe(2)
  })

  it('with a bad name or bad data is refused', async () => {
    expect(await emit('bad', 'paid')).toMatchObject({ code: 'invalid_event', field: 'type' })
    expect(await emit('bad', '__proto__')).toMatchObject({ code: 'invalid_event' })
    expect(await emit('bad', 'Order.*')).toMatchObject({ code: 'invalid_event' })
    expect(await emit('bad', 'Order.paid', 'x'.repeat(2_000_000))).toMatchObject({ status: 413 })
  })

  it('is what send tells, unless an action has the name', async () => {
    const { id } = await call('send', 'events/send', 'shout', { word: 'loud' })
    await call('send', 'events/send', 'Invoice.sent')
    await quiet('send')
    expect((await heard('send')).sort()).toEqual(['fluent', 'loud'])
    expect(await call('send', 'actions/get', id)).toMatchObject({ kind: 'send', state: 'completed' })
  })
})

describe('along the tree', () => {
  beforeAll(async () => {
    await call('root', 'tree/adopt', 'Branch', 'left')
    await call('root', 'tree/adopt', 'Branch', 'right')
    await call('left', 'tree/adopt', 'Branch', 'leaf')
  })
  const news = (name: string) => sink.count(`/effect/news/${name}`)
  const reaches = (name: string, count: number) =>
    until(
      async () => news(name),
      (now) => now === count,
    )

  it('goes to the parent, or on and on up to the root', async () => {
    expect((await emit('leaf', 'News.told', 1, { to: 'parent' })).to).toMatchObject([expect.stringMatching(/\/b\/left$/)])
    await reaches('left', 1)
    await emit('leaf', 'News.told', 2, { to: ['self', 'parent'], deep: true })
    await reaches('leaf', 1)
    await reaches('left', 2)
    await reaches('root', 1)
    const words = await until(
      () => heard('root'),
      (all) => all.length === 1,
    )
    expect(words).toEqual(['news 2 of leaf 2'])
    expect(news('right')).toBe(0)
  })

  it('goes to the children, or on and on down to the leaves; it is not lost when the process dies on the way', async () => {
    const before = { left: news('left'), right: news('right'), leaf: news('leaf') }
    const arrived = sink.hold(/^\/effect\/news\/left$/)
    await emit('root', 'News.told', 3, { to: 'children', deep: true })
    await arrived
    await server.crash()
    sink.forget()
    for (const name of ['left', 'right', 'leaf']) {
      await until(
        () => heard(name),
        (words) => words.filter((word) => word.startsWith('news 3')).length === 1,
      )
    }
    expect(news('left')).toBe(before.left + 2)
    expect(news('root')).toBe(1)
  })

  it('goes to any object by its URL; nowhere when there is no parent; to the dead letters when there is no such object', async () => {
    const { source } = { source: 'http://localhost/b/right' }
    await emit('stranger', 'News.told', 4, { to: source })
    await until(
      () => heard('right'),
      (words) => words.some((word) => word.startsWith('news 4 of stranger')),
    )
    expect(await emit('stranger', 'News.told', 5, { to: 'parent' })).toMatchObject({ to: [] })
    await emit('stranger', 'News.told', 6, { to: 'http://localhost/nothing/here' })
    const [letter] = await until(
      async () => (await call('stranger', 'dead/list')).items,
      (items) => items.length === 1,
    )
    expect(letter).toMatchObject({ name: 'core.events.send', attempts: 1, error: { code: 'unknown_object' } })
  })

  it('is taken once by source, epoch and sequence, however often it comes', async () => {
    expect(await server.scenario('/b/door', 'knock')).toEqual([{ new: true }, { new: false }, { new: true }])
    expect(await server.scenario('/b/door', 'forged')).toEqual(['invalid_event', 'invalid_event', 'invalid_event'])
    await quiet('door')
    expect(await heard('door')).toHaveLength(2)
  })
})

describe('listening', () => {
  it('knows patterns', () => {
    const hears = (pattern: string, type: string) => matcher(pattern)(type)
    expect(hears('Order.*', 'Order.paid')).toBe(true)
    expect(hears('*.paid', 'Order.paid')).toBe(true)
    expect(hears('*.*', 'Order.paid')).toBe(true)
    expect(hears('Order.paid', 'Order.sent')).toBe(false)
    for (const bad of ['', 'Order', 'Order.', '.*', 'a.b.c', 'Ord*.paid', 'a.b\n'])
      expect(() => matcher(bad)).toThrow(/Listen to/)
  })

  it('is no promise, whatever noun it is asked for', () => {
    const told: string[] = []
    const on = fluent((pattern) => void told.push(pattern)) as any
    on.Order.paid(() => {})
    on('A.b', () => {})
    expect(told).toEqual(['Order.paid', 'A.b'])
    expect(on.then).toBeUndefined()
    expect(on.Order.then).toBeUndefined()
  })
})
