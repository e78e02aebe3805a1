import type { Calendar, DayRule } from './types.ts'
import { around, gapEnd, instantsOf, offsetAt } from './zone.ts'

const dayMs = 86_400_000
/** 29 February on a given weekday is at most 40 years away, over 2100; what is not found by then never comes. */
const horizonDays = 41 * 366

/** The first due instant after one, or undefined when there is none (30 February). */
export function nextOf(calendar: Calendar, zone: string, after: number): number | undefined {
  // A clock set back over midnight can show yesterday again, so look at yesterday too.
  const start = localDay(after, zone) - dayMs
  for (let day = start; day <= start + horizonDays * dayMs; day += dayMs) {
    const found = instantsOn(calendar, zone, day).find((instant) => instant > after)
    if (found !== undefined) return found
  }
  return undefined
}

/** Due instants in `[from, to]`, the newest `limit` of them, ascending. */
export function newestOf(calendar: Calendar, zone: string, from: number, to: number, limit: number): number[] {
  const newest: number[] = []
  for (let day = localDay(to, zone) + dayMs; newest.length < limit && day >= localDay(from, zone) - dayMs; day -= dayMs) {
    const found = instantsOn(calendar, zone, day).filter((instant) => instant >= from && instant <= to)
    newest.unshift(...found.slice(-(limit - newest.length)))
  }
  return newest
}

/** How many are due in `[from, to]`: a day at a time, without making the instants of whole ordinary days. */
export function countOf(calendar: Calendar, zone: string, from: number, to: number): number {
  let count = 0
  for (let day = localDay(from, zone) - dayMs; day <= localDay(to, zone) + dayMs; day += dayMs) {
    if (!isOn(calendar, day)) continue
    const [before, after] = around(day, zone)
    const whole = before === after && day - before >= from && day - before + dayMs <= to
    count += whole
      ? calendar.times.length
      : instantsOn(calendar, zone, day).filter((instant) => instant >= from && instant <= to).length
  }
  return count
}

/** The instants of one local day, which is given as its midnight read as UTC. */
function instantsOn(calendar: Calendar, zone: string, day: number): number[] {
  if (!isOn(calendar, day)) return []
  const [before, after] = around(day, zone)
  if (before === after) return calendar.times.map((minute) => day + minute * 60_000 - before)
  const found = calendar.times.flatMap((minute) => {
    const local = day + minute * 60_000
    const instants = instantsOf(local, zone, before, after)
    if (calendar.wild) return instants
    return instants[0] ?? gapEnd(local, zone, before, after)
  })
  return [...new Set(found)].sort((a, b) => a - b)
}

function isOn({ months, weekdays, days, nth }: DayRule, day: number): boolean {
  const date = new Date(day)
  if (months !== undefined && !months.includes(date.getUTCMonth() + 1)) return false
  if (weekdays === undefined && days === undefined && nth === undefined) return true
  const weekday = date.getUTCDay()
  const number = date.getUTCDate()
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return (
    weekdays?.includes(weekday) === true ||
    days?.some((wanted) => (wanted === -1 ? length : wanted) === number) === true ||
    nth?.some(([count, wanted]) =>
      wanted === 7 ? isWorkday(count, day, number, length) : weekday === wanted && isNth(count, number, length),
    ) === true
  )
}

function isNth(count: number, number: number, length: number): boolean {
  return count === -1 ? number + 7 > length : Math.ceil(number / 7) === count
}

/** The nth of Monday to Friday in the month, or the last. */
function isWorkday(count: number, day: number, number: number, length: number): boolean {
  const works = (date: number) => ![0, 6].includes(new Date(day + (date - number) * dayMs).getUTCDay())
  const workdays = Array.from({ length }, (_, index) => index + 1).filter(works)
  return workdays.at(count === -1 ? -1 : count - 1) === number
}

function localDay(instant: number, zone: string): number {
  return Math.floor((instant + offsetAt(instant, zone)) / dayMs) * dayMs
}
