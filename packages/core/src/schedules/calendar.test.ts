import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { countOf, newestOf, nextOf } from './calendar.ts'
import { parseCron } from './cron.ts'
import { daysOf, dueOn, walk } from './test/oracle.ts'
import type { Calendar } from './types.ts'
import { instantOf } from './zone.ts'

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'UTC',
]
const from = Date.parse('2030-12-31T00:00:00Z')
const to = Date.parse('2032-01-02T00:00:00Z')

/** All due times from `nextOf`, one after the other. */
function walkNext(calendar: Calendar, zone: string, start: number, end: number): number[] {
  const found: number[] = []
  for (let at = nextOf(calendar, zone, start - 1); at !== undefined && at <= end; at = nextOf(calendar, zone, at)) found.push(at)
  return found
}

const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString())

describe.each(zones)('a year in %s, against the wall', (zone) => {
  const walls = walk(zone, from - 3 * 86_400_000, to + 3 * 86_400_000)
  const days = daysOf('2030-12-29', '2032-01-04')
  const inYear = (at: number) => at >= from && at <= to
  const expected = (locals: readonly string[]) => dueOn(walls, locals).filter(inYear)

  it.each(['02:30', '02:00 02:15 02:45 03:00', '00:00 23:45', '01:30 01:45 12:00'])('every day at %s', (said) => {
    const times = said.split(' ')
    const calendar = { times: times.map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) }
    const due = expected(days.flatMap(({ text }) => times.map((time) => `${text}T${time}`)))
    expect(iso(walkNext(calendar, zone, from, to))).toEqual(iso(due))
    expect(iso(newestOf(calendar, zone, from, to, 10_000))).toEqual(iso(due))
    expect(iso(newestOf(calendar, zone, from, to, 7))).toEqual(iso(due.slice(-7)))
    expect(countOf(calendar, zone, from, to)).toBe(due.length)
  })

  it('weekdays, first and last ones, days of the month', () => {
    const nth = (text: string) => Math.ceil(Number(text.slice(8)) / 7)
    const check = (calendar: Calendar, keep: (day: (typeof days)[number]) => boolean) =>
      expect(iso(walkNext(calendar, zone, from, to))).toEqual(iso(expected(days.filter(keep).map(({ text }) => `${text}T02:30`))))
    check({ times: [150], weekdays: [1, 2, 3, 4, 5] }, ({ weekday }) => weekday >= 1 && weekday <= 5)
    check({ times: [150], nth: [[1, 0]] }, ({ text, weekday }) => weekday === 0 && nth(text) === 1)
    check({ times: [150], nth: [[2, 0]] }, ({ text, weekday }) => weekday === 0 && nth(text) === 2)
    check({ times: [150], days: [-1] }, ({ last }) => last)
    check({ times: [150], days: [31], months: [3, 10] }, ({ text }) => /-(03|10)-31/.test(text))
    const soon = (text: string) => new Date(Date.parse(text) + 7 * 86_400_000).getUTCMonth() !== new Date(text).getUTCMonth()
    check({ times: [150], nth: [[-1, 0]] }, ({ text, weekday }) => weekday === 0 && soon(text))
  })

  it('a quarter of an hour by cron follows real time through both changes of the clock', () => {
    const due = walls.filter(({ at, shows }) => inYear(at) && /:(00|15|30|45)$/.test(shows)).map(({ at }) => at)
    expect(countOf(parseCron('*/15 * * * *'), zone, from, to)).toBe(due.length)
    expect(newestOf(parseCron('*/15 * * * *'), zone, from, to, 100_000)).toEqual(due)
  })
})

describe('cron, against croner', () => {
  // Seeded, so that a failure comes again.
  let seed = 20_261_121
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const field = (low: number, high: number) => {
    const number = () => low + random(high - low + 1)
    const [a, b] = [number(), number()].sort((left, right) => left - right) as [number, number]
    return pick([
      `${number()}`,
      `${number()}`,
      '*',
      `${a}-${b}`,
      `${number()},${number()}`,
      `*/${1 + random(5)}`,
      `${a}-${b}/${1 + random(4)}`,
    ])
  }

  it('2,000 random expressions in random zones and seasons are due at the same instants', () => {
    const wrong: unknown[] = []
    for (let round = 0; round < 2_000; round += 1) {
      const day = pick(['*', '*', field(1, 28), 'L', `${1 + random(31)}`])
      const month = pick(['*', '*', '*', 'MAR,oct', field(1, 12)])
      const weekday = pick([
        '*',
        '*',
        field(0, 6),
        'mon-fri',
        'SUN',
        '7',
        `${random(7)}#${1 + random(5)}`,
        `${random(7)}#L`,
        '5-7',
      ])
      const expression = [field(0, 59), field(0, 23), day, month, weekday].join(' ')
      const zone = pick(zones)
      const start = from + random(366 * 24) * 3_600_000
      const ours: number[] = []
      const calendar = parseCron(expression)
      for (let at = nextOf(calendar, zone, start); at !== undefined && ours.length < 8; at = nextOf(calendar, zone, at))
        ours.push(at)
      const theirs = new Cron(expression, { timezone: zone, fixedTimeRule: 'no-wildcard' }).nextRuns(8, new Date(start))
      if (JSON.stringify(iso(ours)) !== JSON.stringify(theirs))
        wrong.push({ expression, zone, start: new Date(start), ours: iso(ours), theirs })
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['* * *', 'it has 3 fields'],
    ['* * * * * *', 'it has 6 fields'],
    ['60 * * * *', '"60" is not from 0 to 59'],
    ['* 24 * * *', '"24"'],
    ['* * 0 * *', '"0"'],
    ['* * * 13 *', '"13"'],
    ['* * * * 8', '"8"'],
    ['* * * * moonday', '"moonday"'],
    ['*/0 * * * *', 'step'],
    ['5/10 * * * *', 'no range'],
    ['30-10 * * * *', 'ends before it begins'],
    ['1-2-3 * * * *', 'no range'],
    ['1,,2 * * * *', '""'],
    ['* * * * 1#6', '#'],
    ['* * 15W * *', '"15w"'],
    ['', 'it has 1 fields'],
    ['-1 * * * *', '""'],
    ['1e1 * * * *', '"1e1"'],
  ])('refuses %s and says why', (expression, why) => {
    expect(() => parseCron(expression)).toThrow(
      expect.objectContaining({ code: 'invalid_cron', message: expect.stringContaining(why) }),
    )
  })

  it('says at once that 30 February never comes', () => {
    const started = process.cpuUsage()
    expect(nextOf(parseCron('0 0 30 2 *'), 'Europe/Berlin', from)).toBeUndefined()
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(100)
    expect(nextOf(parseCron('0 0 29 2 *'), 'UTC', Date.parse('2096-03-01T00:00:00Z'))).toBe(Date.parse('2104-02-29T00:00:00Z'))
  })
})

it('a year of minutes is counted by its days, not by its minutes', () => {
  const began = process.cpuUsage()
  expect(countOf(parseCron('* * * * *'), 'Europe/Berlin', from, from + 365 * 86_400_000 - 1)).toBe(365 * 1440)
  // Processor time, whatever else this machine does; minute by minute it is more than ten seconds.
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000)
})

describe('a time on the wall', () => {
  it.each([
    ['2031-03-30T02:30', 'Europe/Berlin', '2031-03-30T01:00:00.000Z'],
    ['2031-10-26T02:30', 'Europe/Berlin', '2031-10-26T00:30:00.000Z'],
    ['2031-11-02T01:30', 'America/New_York', '2031-11-02T05:30:00.000Z'],
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2031-01-01T00:00', 'Asia/Kathmandu', '2030-12-31T18:15:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(new Date(instantOf(Date.parse(`${local}Z`), zone)).toISOString()).toBe(instant)
  })
})
