import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../test/harness.ts'
import { type Server, startServer } from './test/harness.ts'
import type { Run, Schedule } from './types.ts'

// Beyond the machine's own time, so that only `play` moves it.
const t0 = Date.parse('2031-03-01T00:00:30Z')
const minute = 60_000
const day = 24 * 60 * minute

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** A desk whose time is ours; it exists. */
async function desk(name: string, at = t0) {
  const call = (method: string, ...args: unknown[]) => server.call(`/desk/${name}`, method, ...args)
  await call('jump', at)
  await call('create')
  const history = async (schedule: string): Promise<Run[]> =>
    (await call('history', { name: schedule, limit: 1_000 })).items.reverse()
  return { call, history, get: (schedule: string): Promise<Schedule> => call('get', schedule) }
}

describe('installing', () => {
  it('happens once for each object, and says so', async () => {
    expect(await server.call('/desk/twice', 'installAgain')).toBe(
      'TypeError: This object has schedules already. Call installSchedules once; the class of @do/core/full has done it.',
    )
  })
})

describe('what the constructor registers', () => {
  it('is written with the first write of the object, and not by asking for it', async () => {
    expect(await server.call('/desk/asked', 'exists')).toBe(false)
    expect(await server.call('/desk/asked', 'list')).toEqual([])
    expect(await server.call('/desk/asked', 'exists')).toBe(false)
    const { get } = await desk('asked')
    expect(await get('declared')).toMatchObject({ state: 'active', nextAt: t0 + 60 * minute, createdAt: t0 })
  })

  it('follows the code: a new time moves it and accounts for the old one, a new payload does not, what is gone is ended and reported', async () => {
    const code = await desk('code')
    await code.call('play', t0 + 2 * day + 10 * minute)
    expect(await code.get('daily')).toMatchObject({ nextAt: Date.parse('2031-03-03T09:00:00Z') })
    const due = (await code.get('hourly')).nextAt
    // Nothing runs until the new code is there.
    await code.call('jump', t0 + 2 * day + 600 * minute)
    await server.restart({ VERSION: 'after' })
    await code.call('play', t0 + 2 * day + 600 * minute)
    expect(await code.get('daily')).toMatchObject({ nextAt: Date.parse('2031-03-04T10:00:00Z') })
    expect((await code.history('daily')).at(-1)).toMatchObject({
      id: 'daily@2031-03-03T09:00:00.000Z',
      state: 'skipped',
      reason: 'changed',
    })
    expect(await code.get('hourly')).toMatchObject({ payload: 2 })
    expect(
      (await code.history('hourly')).filter((run) => run.due >= (due as number)).reduce((sum, run) => sum + run.count, 0),
    ).toBe(10)
    expect(await code.call('get', 'gone')).toBeNull()
    expect(readFileSync(server.workerd.logFile, 'utf8')).toMatch(/"schedule.removed".*"schedule":"gone"/)
  })

  it('is not deleted from outside the code, and no function is taken later', async () => {
    const { call } = await desk('fixed')
    expect(await call('delete', 'declared')).toMatchObject({ code: 'schedule_declared' })
    expect(await call('sayFunction')).toMatchObject({ code: 'invalid_schedule', field: 'handler' })
    expect(await call('say', 'every', 'every hour', 'note', null, { name: 'declared' })).toMatchObject({ code: 'schedule_taken' })
  })
})

describe('what was missed', () => {
  it('in a year by a schedule of every minute is skipped or capped at once, in one record', async () => {
    const { call, history } = await desk('idle')
    await call('say', 'every', 'every minute', 'note', null, { name: 'all', catchUp: 'all', catchUpLimit: 50 })
    await call('say', 'cron', '* * * * *', 'note', null, { name: 'cron', catchUp: 'skip', timezone: 'Europe/Berlin', graceMs: 0 })
    await call('say', 'cron', '* * * * *', 'note', null, { name: 'last', timezone: 'Europe/Berlin' })
    const end = t0 + 365 * day + 10_000
    await call('jump', end)
    // A few alarms, not half a million.
    expect(await call('play', end)).toBeLessThan(20)
    const all = await history('all')
    expect(all[0]).toMatchObject({
      state: 'skipped',
      reason: 'missed',
      count: 365 * 1440 - 50 - 1,
      due: t0 + minute,
      until: t0 + 365 * day - 51 * minute,
    })
    expect(all.slice(1).map(({ due, state, caughtUp }) => ({ due, state, caughtUp }))).toEqual(
      Array.from({ length: 51 }, (_, index) => ({
        due: t0 + 365 * day - (50 - index) * minute,
        state: 'ran',
        caughtUp: index < 50,
      })),
    )
    expect(await history('cron')).toMatchObject([{ state: 'skipped', reason: 'missed', count: 365 * 1440 }])
    expect(await history('last')).toMatchObject([
      { reason: 'missed', count: 365 * 1440 - 1 },
      { state: 'ran', count: 1, caughtUp: false },
    ])
  })
})

describe('a run', () => {
  it('that a kill cuts short is taken up again as the same run, by the alarm alone', async () => {
    const call = (method: string, ...args: unknown[]) => server.call('/desk/killed', method, ...args)
    await call('create')
    const name = await call('say', 'in', 200, 'hang', null, { name: 'once' })
    await until(
      () => call('ran'),
      (rows) => rows.length === 1,
    )
    await server.restart()
    await until(
      async () => /core\.schedules\.run.*"error":"Crashed"/.test(readFileSync(server.workerd.logFile, 'utf8')),
      (crashed) => crashed,
    )
    const rows = await until(
      () => call('ran'),
      (found) => found.length === 3,
    )
    expect(rows.map(({ note, attempt }: { note: string; attempt: number }) => [note, attempt])).toEqual([
      ['begun', 1],
      ['begun', 2],
      ['done', 2],
    ])
    expect(new Set(rows.map(({ id }: { id: string }) => id)).size).toBe(1)
    const { items } = await call('history', { name })
    expect(items).toMatchObject([{ id: rows[0].id, state: 'ran', attempts: 2 }])
    // A one-shot leaves its run behind, not its row.
    expect(await call('get', name)).toBeNull()
  })

  it('whose last try was a crash is recorded as failed', async () => {
    const call = (method: string, ...args: unknown[]) => server.call('/desk/dies', method, ...args)
    await call('create')
    await call('say', 'in', 0, 'die', null, { name: 'once', attempts: 1 })
    await until(
      () => call('ran'),
      (rows) => rows.length === 1,
    )
    await server.restart()
    const { items } = await until(
      () => call('history', { name: 'once' }),
      ({ items: [run] }) => run.state === 'failed',
    )
    expect(items).toMatchObject([{ state: 'failed', attempts: 1, error: { name: 'Crashed', code: 'crashed' } }])
    expect(await call('ran')).toHaveLength(1)
  })

  it('that fails is tried again, then recorded by name and code; what it wrote at its end is undone', async () => {
    const { call, history } = await desk('fails')
    await call('say', 'in', '1 minute', 'fail', null, { name: 'fail' })
    await call('say', 'in', '1 minute', 'half', null, { name: 'half' })
    await call('say', 'in', '1 minute', 'die', null, { name: 'slow', attempts: 2, timeoutMs: 5_000 })
    await call('play', t0 + 10 * minute)
    expect(await history('fail')).toMatchObject([{ state: 'failed', attempts: 3, error: { name: 'Error', code: 'always' } }])
    expect(JSON.stringify(await history('fail')) + readFileSync(server.workerd.logFile, 'utf8')).not.toContain('secret')
    expect(await history('half')).toMatchObject([{ state: 'ran', attempts: 3 }])
    expect((await call('ran')).filter(({ note }: { note: string }) => note === 'half')).toMatchObject([{ attempt: 3 }])
    expect(await history('slow')).toMatchObject([
      { state: 'failed', attempts: 2, error: { name: 'TimedOut', code: 'timed_out' } },
    ])
  })

  it('of an action is handed over with its id as key', async () => {
    const { call, history } = await desk('acts')
    await call('say', 'every', 'every day at 9:00', 'invoice', { month: 3 }, { name: 'bill', timezone: 'Europe/Berlin' })
    await call('play', t0 + day)
    const { inputs, runs } = await call('handedOver')
    expect(inputs).toEqual([{ month: 3 }])
    expect(runs).toMatchObject([{ name: 'invoice', key: 'bill@2031-03-01T08:00:00.000Z' }])
    expect(await history('bill')).toMatchObject([{ id: 'bill@2031-03-01T08:00:00.000Z', state: 'ran' }])
  })

  it('starts later by a jitter of its own, the same for the same run, and keeps its identity', async () => {
    const { call, history } = await desk('jitter')
    await call('minutes', 10, 'note', { name: 'spread', jitterMs: 5 * minute })
    await call('play', t0 + day)
    const ran = (await call('ran')).filter(({ id }: { id: string }) => id.startsWith('spread@'))
    const late = ran.map(({ at, due }: { at: number; due: number }) => at - due)
    expect(late.every((ms: number) => ms >= 0 && ms <= 5 * minute)).toBe(true)
    expect(new Set(late).size).toBeGreaterThan(100)
    expect((await history('spread')).map(({ due }) => due).slice(0, 3)).toEqual([10, 20, 30].map((count) => t0 + count * minute))
  })

  it('waits in a queue of at most 100; more are recorded as turned away', async () => {
    const { call, history } = await desk('queue')
    await call('say', 'every', 'every 1 second', 'hang', null, {
      name: 'busy',
      overlap: 'queue',
      timeoutMs: 240_000,
      attempts: 1,
    })
    await call('play', t0 + 120_000)
    const runs = await history('busy')
    const count = (state: string, reason?: string) => runs.filter((run) => run.state === state && run.reason === reason).length
    expect([count('running'), count('waiting'), count('skipped', 'queue_full'), runs.length]).toEqual([1, 100, 19, 120])
    expect(await call('delete', 'busy')).toBe(true)
    expect((await history('busy')).filter(({ reason }) => reason === 'removed')).toHaveLength(100)
    await call('release')
    await call('play', t0 + 130_000)
    expect((await history('busy')).filter(({ state }) => state === 'ran' || state === 'running')).toMatchObject([
      { state: 'ran' },
    ])
  })
})

describe('pause, resume, run now, end', () => {
  it('account for each due time', async () => {
    const { call, history, get } = await desk('switch')
    await call('minutes', 5, 'note', { name: 'five', until: new Date(t0 + 60 * minute).toISOString() })
    await call('play', t0 + 11 * minute)
    expect(await call('pause', 'five')).toBe(true)
    expect(await call('pause', 'five')).toBe(false)
    await call('play', t0 + 31 * minute)
    expect(await get('five')).toMatchObject({ state: 'paused', nextAt: null })
    expect(await call('runNow', 'five')).toMatchObject({ state: 'running', due: t0 + 31 * minute })
    await call('play', t0 + 32 * minute)
    expect(await call('resume', 'five')).toBe(true)
    expect(await call('next', 'five', 3)).toEqual([35, 40, 45].map((count) => t0 + count * minute))
    await call('play', t0 + 2 * 60 * minute)
    expect(await get('five')).toMatchObject({ state: 'done', nextAt: null })
    const runs = (await history('five')).map(
      ({ state, reason, count, due }) => `${(due - t0) / minute} ${state} ${reason ?? ''} ${count}`,
    )
    expect(runs).toEqual([
      ...[5, 10].map((at) => `${at} ran  1`),
      '31 ran  1',
      '15 skipped paused 4',
      ...[35, 40, 45, 50, 55, 60].map((at) => `${at} ran  1`),
    ])
    expect(await call('runNow', 'nothing')).toMatchObject({ code: 'not_found' })
    expect(await call('next', 'five', 5_000)).toEqual([])
  })

  it('and every change is told, with before and after, and nothing of what only moves', async () => {
    const { call } = await desk('told')
    await call('say', 'every', 'daily at 6am', 'note', { a: 1 }, { name: 'told' })
    await call('pause', 'told')
    await call('resume', 'told')
    await call('play', t0 + 7 * 60 * minute)
    await call('delete', 'told')
    const told = (await call('heard')).filter(({ key }: { key: string }) => key.startsWith('told'))
    expect(told.map(({ source, operation }: { source: string; operation: string }) => `${source} ${operation}`)).toEqual([
      'schedules create',
      'schedules update',
      'schedules update',
      'schedules.runs create',
      'schedules.runs update',
      'schedules delete',
    ])
    expect(JSON.parse(told[1].after)).toMatchObject({ text: 'daily at 6am', state: 'paused', payload: { a: 1 } })
    expect(JSON.parse(told[4].before)).toMatchObject({ state: 'running' })
    expect(JSON.parse(told[4].after)).toMatchObject({ state: 'ran' })
  })
})

describe('bad input is refused before anything is written', () => {
  it.each([
    [['every', 'fortnightly at 9:00', 'note'], 'schedule_not_understood', '"fortnightly"'],
    [['every', 'daily at 6am', 'nobody', null, { timezone: 'Berlin' }], 'invalid_timezone', '"Berlin"'],
    [['every', 'daily at 6am', 'note', null, { overlap: 'maybe' }], 'invalid_schedule', 'overlap'],
    [['every', 'daily at 6am', 'note', null, { catchUp: 'some' }], 'invalid_schedule', 'catchUp'],
    [['every', 'daily at 6am', 'note', null, { until: 'tomorrow' }], 'invalid_time', 'until'],
    [['every', 'daily at 6am', 'note', null, { jitterMs: -1 }], 'invalid_schedule', 'jitterMs'],
    [['every', 'daily at 6am', 'note', null, { timeoutMs: 900_000 }], 'invalid_schedule', 'timeoutMs'],
    [['every', 'daily at 6am', 'note', null, { name: '' }], 'invalid_key', 'name'],
    [['every', 'daily at 6am', 'note', null, { name: 'x'.repeat(201) }], 'invalid_schedule', 'name'],
    [['every', 'daily at 6am', ''], 'invalid_schedule', 'what to do'],
    [['every', 'daily at 6am', 'nobody'], 'unknown_handler', '"nobody"'],
    [['at', '2020-01-01T00:00:00Z', 'note'], 'invalid_time', 'past'],
    [['at', 'soon', 'note'], 'invalid_time', 'when'],
    [['at', '2031-02-31', 'note'], 'invalid_time', 'when'],
    [['in', '5 lightyears', 'note'], 'schedule_not_understood', '"lightyears"'],
    [['in', -5, 'note'], 'invalid_schedule', 'afterMs'],
    [['cron', '* * *', 'note'], 'invalid_cron', '3 fields'],
  ])('%j', async (args, code, words) => {
    const { call } = await desk('bad')
    expect(await call('say', ...args)).toMatchObject({ code, detail: expect.stringContaining(words) })
    expect((await call('list')).map(({ name }: Schedule) => name)).toEqual(['declared'])
  })
})
