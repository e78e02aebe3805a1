import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Server, startServer } from './test/harness.ts'
import { daysOf, dueOn, walk } from './test/oracle.ts'
import type { Run } from './types.ts'

// What the worker registers. Kept apart from it: this side is the judge.
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const start = Date.parse('2031-01-01T00:00:00Z')
const end = Date.parse('2032-01-01T00:00:00Z')
const hours = (count: number) => count * 3_600_000
/** Of the long handlers. */
const workMs = 200_000
const minutes = (count: number) => count * 60_000

/** Nothing runs from the first to the second, process included. Over the changes of the clock in spring, and longer. */
const downtimes = [
  ['2031-02-11T05:00:00Z', '2031-02-11T18:07:00Z'],
  ['2031-03-28T11:00:00Z', '2031-03-31T03:20:00Z'],
  ['2031-04-05T10:00:00Z', '2031-04-05T16:00:30Z'],
  ['2031-07-01T00:00:00Z', '2031-10-20T12:00:00Z'],
].map((pair) => pair.map((text) => Date.parse(text)) as [number, number])
/** SIGKILL in the middle of runs: Monday 10:03 in each zone, in other weeks. */
const kills = ['2031-01-13T09:03:00Z', '2031-05-12T14:03:00Z', '2031-11-30T23:03:00Z'].map((text) => Date.parse(text))

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

it('every run of a year in three time zones is accounted for, over changes of the clock, downtime, overlap and kills', {
  timeout: 240_000,
}, async () => {
  const call = (method: string, ...args: unknown[]) => server.call('/year/all', method, ...args)
  await call('jump', start)
  await call('create')
  for (const [at, until] of [...downtimes, ...kills.map((kill) => [kill, kill] as const)].sort((a, b) => a[0] - b[0])) {
    await call('play', at)
    await server.restart()
    if (until > at) await call('jump', until)
  }
  await call('play', end)

  const ran: { id: string; due: number; at: number; attempt: number }[] = await call('ran')
  const count = new Map<string, number>()
  for (const { id } of ran) count.set(id, (count.get(id) ?? 0) + 1)
  const history = new Map<string, Run[]>()
  for (const { name } of await call('list')) {
    const runs: Run[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await call('history', { name, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
      runs.push(...page.items)
      cursor = page.cursor
      if (cursor === undefined) break
    }
    history.set(name, runs.reverse())
  }
  expect(history.size).toBe(zones.length * 4 + 1)

  const judge = (name: string, due: readonly number[]) => {
    const runs = history.get(name) as Run[]
    // Every due time in exactly one record, every record of a due time, and none open.
    const accounted = runs.flatMap((run) => {
      const stands = due.filter((at) => at >= run.due && at <= run.until)
      expect({ run: run.id, count: run.count }).toEqual({ run: run.id, count: stands.length })
      return stands
    })
    expect(accounted.sort((a, b) => a - b)).toEqual(due)
    for (const run of runs) {
      expect(['ran', 'skipped']).toContain(run.state)
      expect({ id: run.id, times: count.get(run.id) ?? 0 }).toEqual({ id: run.id, times: run.state === 'ran' ? 1 : 0 })
    }
    return runs
  }
  /** What the policy must do with what fell into a downtime; what is due in the five minutes before its end is on time. */
  const expected = (due: readonly number[], policy: 'skip' | 'once' | 'all'): { ran: number[]; missed: number[] } => {
    const missed: number[] = []
    for (const [from, to] of downtimes) {
      const all = due.filter((at) => at > from && at <= to)
      const onTime = all.length > 0 && (all.at(-1) as number) >= to - minutes(5)
      const late = onTime ? all.slice(0, -1) : all
      const made = policy === 'skip' ? 0 : policy === 'once' ? (onTime ? 0 : 1) : 100
      missed.push(...late.slice(0, Math.max(0, late.length - made)))
    }
    return { ran: due.filter((at) => !missed.includes(at)), missed }
  }
  const states = (runs: readonly Run[], due: readonly number[]) => ({
    ran: runs
      .filter(({ state }) => state === 'ran')
      .map((run) => run.due)
      .sort((a, b) => a - b),
    missed: due.filter((at) => runs.some((run) => run.reason === 'missed' && run.due <= at && run.until >= at)),
  })

  for (const zone of zones) {
    const walls = walk(zone, start - hours(72), end + hours(72), 180_000)
    const days = daysOf('2030-12-29', '2032-01-04')
    const inYear = (at: number) => at > start && at <= end
    const on = (times: readonly string[], keep: (day: (typeof days)[number]) => boolean = () => true) =>
      dueOn(
        walls,
        days.filter(keep).flatMap(({ text }) => times.map((time) => `${text}T${time}`)),
      ).filter(inYear)
    const exact = (name: string, due: readonly number[], policy: 'skip' | 'once' | 'all') =>
      expect({ name, ...states(judge(`${zone} ${name}`, due), due) }).toEqual({ name, ...expected(due, policy) })

    exact('all', on(['02:30']), 'all')
    exact(
      'once',
      on(['09:00', '17:30'], ({ weekday }) => weekday > 0 && weekday < 6),
      'once',
    )
    exact(
      'skip',
      on(['02:15'], ({ text, weekday }) => weekday === 1 && Number(text.slice(8)) <= 7),
      'skip',
    )

    const threes = Array.from({ length: 10 }, (_, index) => `10:${String(index * 3).padStart(2, '0')}`)
    const mondays = on(threes, ({ weekday }) => weekday === 1)
    const long = judge(`${zone} long`, mondays)
    const worked = ran.filter(({ id }) => id.startsWith(`${zone} long@`)).map(({ at, due }) => ({ began: at - workMs, at, due }))
    const inTurn = () =>
      worked.forEach(({ began, due }, index) => {
        const before = worked[index - 1]
        if (before === undefined) return
        expect(due).toBeGreaterThan(before.due)
        expect(began).toBeGreaterThanOrEqual(before.at)
      })
    if (zone === 'Europe/Berlin') {
      // Overlap skipped: never two at a time, and none left out without one being under way.
      inTurn()
      const overlapped = long.filter(({ reason }) => reason === 'overlap')
      expect(worked.length).toBeGreaterThan(120)
      expect(overlapped.length).toBeGreaterThan(120)
      for (const { recordedAt } of overlapped) {
        expect(worked.some(({ due, at }) => due < recordedAt && recordedAt < at)).toBe(true)
      }
    } else {
      // Queued: all, in turn. Allowed: all.
      if (zone === 'America/New_York') inTurn()
      expect(worked.map(({ due }) => due).sort((a, b) => a - b)).toEqual(expected(mondays, 'once').ran)
    }
  }

  const steps = Array.from({ length: Math.floor((end - start) / hours(7)) }, (_, index) => start + (index + 1) * hours(7))
  expect(states(judge('interval', steps), steps)).toEqual(expected(steps, 'all'))
  // The kills hit runs, and these were taken up again under their own id.
  expect(ran.filter(({ attempt }) => attempt > 1).length).toBeGreaterThanOrEqual(zones.length)
})
