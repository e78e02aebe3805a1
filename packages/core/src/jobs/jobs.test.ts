import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, type Sink, startDesks, startSink, until } from '../test/harness.ts'
import { backoff } from './run.ts'

let desks: DeskServer
let sink: Sink
beforeAll(async () => {
  sink = await startSink()
  desks = await startDesks({ SINK: sink.url })
})
afterAll(async () => {
  await desks.close()
  await sink.close()
})

const jobs = (desk: string, method: string, ...args: unknown[]) => desks.call(desk, 'jobs', method, ...args)
const ran = (desk: string): Promise<string[]> => desks.scenario(desk, 'ran')
const empty = (desk: string) =>
  until(
    () => jobs(desk, 'list'),
    (list) => list.length === 0,
  )

describe('jobs', () => {
  it('start in the order of their time, not of their scheduling', async () => {
    const at = Date.now() + 600
    for (const [word, offset] of [
      ['third', 30],
      ['first', 0],
      ['second', 10],
      ['fourth', 30],
    ] as const) {
      await jobs('order', 'schedule', { name: 'note', payload: word, at: at + offset })
    }
    await empty('order')
    expect(await ran('order')).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('are part of the transaction that schedules them, and their completion of the one that removes them', async () => {
    await desks.scenario('together', 'together in one job')
    await empty('together')
    expect(await ran('together')).toEqual(['together'])
    expect(await desks.call('together', 'state', 'get', 'ran:together')).toBeGreaterThan(Date.now() - 60_000)
  })

  it('are replaced by the same key, found and cancelled by key or id', async () => {
    const later = Date.now() + 60_000
    const first = await jobs('keys', 'schedule', { name: 'note', payload: 'old', at: later, key: 'k' })
    const second = await jobs('keys', 'schedule', { name: 'note', payload: 'new', at: later, key: 'k' })
    expect(await jobs('keys', 'list')).toEqual([second])
    expect(await jobs('keys', 'get', 'k')).toMatchObject({ id: second.id, payload: 'new', attempts: 0, state: 'waiting' })
    expect(await jobs('keys', 'get', first.id)).toBeNull()
    expect(await jobs('keys', 'cancel', 'k')).toBe(true)
    expect(await jobs('keys', 'cancel', second.id)).toBe(false)
    await jobs('keys', 'schedule', { name: 'note', payload: 'now' })
    await empty('keys')
    expect(await ran('keys')).toEqual(['now'])
  })

  it('come back after a pause, and stay as dead letters after the last attempt, until they are driven again', async () => {
    await jobs('dead', 'schedule', { name: 'fail', key: 'f', payload: { a: 1 } })
    const dead = await until(
      () => jobs('dead', 'get', 'f'),
      (job) => job.state === 'dead',
    )
    expect(dead).toMatchObject({ attempts: 3, payload: { a: 1 }, error: { name: 'Error', code: 'always' } })
    expect(JSON.stringify(dead)).not.toContain('secret')
    expect(await jobs('dead', 'list', { state: 'dead' })).toHaveLength(1)
    for (const attempt of [1, 2, 3]) expect(await desks.call('dead', 'state', 'get', `attempt:${attempt}`)).toBe(true)
    expect(await jobs('dead', 'redrive', 'f', Date.now() + 60_000)).toBe(true)
    expect(await jobs('dead', 'get', 'f')).toMatchObject({ state: 'waiting', attempts: 0 })
    expect(await jobs('dead', 'redrive', 'f')).toBe(false)
  })

  it('are ended when they take too long', async () => {
    await jobs('stuck', 'schedule', { name: 'stuck', key: 's' })
    const job = await until(
      () => jobs('stuck', 'get', 's'),
      ({ state }) => state === 'dead',
    )
    expect(job).toMatchObject({ attempts: 1, error: { name: 'TimedOut', code: 'timed_out' } })
  })

  it('do not wait for a slow one that runs', async () => {
    await jobs('slow', 'schedule', { name: 'slow', key: 'slow' })
    await sink.arrived('/wait')
    await jobs('slow', 'schedule', { name: 'note', payload: 'meanwhile' })
    await jobs('slow', 'schedule', { name: 'note', payload: 'soon', at: Date.now() + 30 })
    await until(
      () => ran('slow'),
      (words) => words.length === 2,
    )
    expect(await jobs('slow', 'get', 'slow')).toMatchObject({ state: 'running', attempts: 1 })
    sink.release()
    await empty('slow')
  })

  it('run when they are due by the object’s own clock, however far that is behind', async () => {
    await desks.scenario('behind', 'a clock that is behind')
    await until(
      () => desks.call('behind', 'state', 'get', 'ran:late'),
      (at) => at !== null,
    )
  })

  it('refuse a name without a handler and a time that is none', async () => {
    expect(await jobs('bad', 'schedule', { name: 'nobody' })).toMatchObject({ code: 'unknown_job', field: 'name' })
    expect(await jobs('bad', 'schedule', { name: 'note', at: 'tomorrow' })).toMatchObject({ code: 'invalid_time', field: 'at' })
  })
})

describe('after SIGKILL inside a job', () => {
  it('the job comes again by the alarm alone, with its attempt counted', async () => {
    await jobs('crash', 'schedule', { name: 'hang', key: 'h' })
    await sink.arrived('/hang')
    await desks.workerd.kill()
    const asked = sink.asked.length
    await desks.workerd.start()
    // Nobody asks the object: only its alarm can have run the job, and the log says so.
    const log = () => import('node:fs').then(({ readFileSync }) => readFileSync(desks.workerd.logFile, 'utf8'))
    await until(log, (text) => text.includes('"event":"job.failed"') && text.includes('"error":"Crashed"'))
    await empty('crash')
    expect(await desks.call('crash', 'state', 'get', 'hung')).toBe(2)
    expect(sink.asked.length).toBe(asked)
  })

  it('a job that is due after the restart runs without a request', async () => {
    await jobs('later', 'schedule', { name: 'slow', at: Date.now() + 400 })
    await desks.workerd.kill()
    const before = sink.asked.filter((path) => path === '/wait').length
    await desks.workerd.start()
    await until(
      async () => sink.asked.filter((path) => path === '/wait').length,
      (count) => count === before + 1,
    )
    sink.release()
    await empty('later')
  })
})

describe('the pause', () => {
  it('doubles up to its bound, its upper half by chance', () => {
    const options = { backoffMs: 100, maxBackoffMs: 1_000 }
    expect([1, 2, 3, 4, 5, 50].map((attempt) => backoff(attempt, options, () => 1))).toEqual([100, 200, 400, 800, 1_000, 1_000])
    expect([1, 2, 3].map((attempt) => backoff(attempt, options, () => 0))).toEqual([50, 100, 200])
  })
})
