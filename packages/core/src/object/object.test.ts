import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, startDesks } from '../test/harness.ts'

let desks: DeskServer
beforeAll(async () => {
  desks = await startDesks()
})
afterAll(() => desks.close())

describe('identity', () => {
  it('is the URL of the object and writes nothing by being asked', async () => {
    const { body } = await desks.request('/t/asked')
    expect(body).toEqual({
      $id: 'http://localhost/t/asked',
      $type: 'Desk',
      $context: null,
      $version: 0,
      $createdAt: null,
      $updatedAt: null,
      name: 'asked',
      exists: false,
    })
    expect(await desks.scenario('asked', 'tables')).toEqual([])
  })

  it('begins with the first write and grows with each one, over SIGKILL and restart', async () => {
    await desks.call('ada', 'state', 'set', 'color', 'blue')
    const first = (await desks.request('/t/ada')).body
    expect(first).toMatchObject({ $version: 1, exists: true })
    expect(Date.parse(first.$createdAt)).toBeGreaterThan(Date.now() - 60_000)
    await desks.call('ada', 'state', 'batch', [{ set: 'a', value: 1 }, { set: 'b', value: 2 }, { delete: 'a' }])
    await desks.workerd.kill()
    expect(desks.workerd.pid).toBeUndefined()
    await desks.workerd.start()
    const after = (await desks.request('/t/ada')).body
    expect(after).toMatchObject({ $id: 'http://localhost/t/ada', $version: 2, $createdAt: first.$createdAt })
    expect(after.$updatedAt >= first.$updatedAt).toBe(true)
    expect(await desks.call('ada', 'state', 'get', 'color')).toBe('blue')
  })

  it('also begins with a document or a job, which do not count as versions of the object', async () => {
    await desks.call('docs', 'orders', 'insert', { status: 'new' })
    await desks.call('docs', 'orders', 'insert', { status: 'new' })
    expect((await desks.request('/t/docs')).body).toMatchObject({ $version: 1, exists: true })
  })

  it('keeps two objects apart, on disk too', async () => {
    await desks.call('left', 'state', 'set', 'who', 'left')
    await desks.call('left', 'orders', 'insert', { status: 'left' }, { id: '1' })
    expect(await desks.call('right', 'state', 'get', 'who')).toBeNull()
    expect(await desks.call('right', 'orders', 'get', '1')).toBeNull()
    const files = readdirSync(join(dirname(desks.workerd.logFile), '..', 'Desk')).filter((name) => name.endsWith('.sqlite'))
    expect(files.length).toBeGreaterThanOrEqual(3)
  })
})

describe('transaction', () => {
  it('takes back state, documents, jobs and the alarm together, and the tables that were new', async () => {
    expect(await desks.scenario('rollback', 'rolled back')).toEqual({
      error: 'RangeError',
      kept: 1,
      order: null,
      jobs: 0,
      alarm: null,
      orders: 1,
      jobsAfter: 1,
    })
  })

  it('may be nested: the inner one is taken back alone', async () => {
    expect(await desks.scenario('nested', 'nested')).toEqual({ outer: 1, inner: null })
  })

  it('refuses an asynchronous function and keeps nothing of it', async () => {
    expect(await desks.scenario('async', 'async transaction')).toMatchObject({ status: 422, code: 'async_transaction' })
    expect(await desks.call('async', 'state', 'get', 'never')).toBeNull()
  })
})

describe('migrations', () => {
  it('run once, in order, and stay where they are', async () => {
    expect(await desks.scenario('moved', 'migrate one')).toEqual([])
    expect(await desks.scenario('moved', 'migrate two')).toEqual([{ a: 'two' }])
    expect(await desks.scenario('moved', 'migrate two')).toEqual([{ a: 'two' }])
    expect(await desks.scenario('moved', 'migrate otherwise')).toMatchObject({
      code: 'migration_order',
      detail: expect.stringContaining('"one"'),
    })
  })

  it('are all or nothing each', async () => {
    expect(await desks.scenario('moved', 'migrate and fail')).toEqual({ error: 'RangeError', rows: [{ a: 'two' }] })
  })
})
