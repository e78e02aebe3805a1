import type { Day } from '../types.ts'

/**
 * Days are those of the proleptic Gregorian calendar, without a time zone: the day an entry says is the day it counts.
 * Weeks are those of ISO 8601 (Monday to Sunday), quarters begin in January, April, July and October, years in January.
 */
export type Interval = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A run of days, both ends included. Without `from` it reaches back to the first entry. */
export interface Span {
  readonly from?: Day
  readonly to: Day
  readonly title: string
}

/** A span with a beginning. */
export interface Period extends Span {
  readonly from: Day
}

const dayMilliseconds = 86_400_000
const monthsOf = { month: 1, quarter: 3, year: 12 } as const

/** Days since 1970-01-01. @throws RangeError for what is no calendar day. */
export function dayNumber(day: Day): number {
  const number = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) / dayMilliseconds : Number.NaN
  if (Number.isNaN(number) || dayOf(number) !== day) {
    throw new RangeError(`"${day}" is no calendar day: write it like 2026-11-21.`)
  }
  return number
}

export const dayOf = (number: number): Day => new Date(number * dayMilliseconds).toISOString().slice(0, 10)

export const addDays = (day: Day, days: number): Day => dayOf(dayNumber(day) + days)

/** Moves by months; the 31st becomes the last day of a shorter month. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = Date.UTC(year, month - 1 + months, 1)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return dayOf(first / dayMilliseconds + Math.min(date, last) - 1)
}

const isMonthEnd = (day: Day): boolean => addDays(day, 1).endsWith('-01')

/** The first day of the interval that holds the day. */
export function startOf(interval: Interval, day: Day): Day {
  const number = dayNumber(day)
  if (interval === 'day') return day
  // 1970-01-01 was a Thursday, so number 4 is a Monday.
  if (interval === 'week') return dayOf(number - ((((number - 4) % 7) + 7) % 7))
  const month = Number(day.slice(5, 7)) - 1
  const first = month - (month % monthsOf[interval]) + 1
  return `${day.slice(0, 4)}-${String(first).padStart(2, '0')}-01`
}

const next = (interval: Interval, start: Day): Day =>
  interval === 'day' ? addDays(start, 1) : interval === 'week' ? addDays(start, 7) : addMonths(start, monthsOf[interval])

/** The whole intervals that cover `from` to `to`: the first and the last are widened to their ends. */
export function periods(from: Day, to: Day, every: Interval): Period[] {
  if (dayNumber(from) > dayNumber(to)) throw new RangeError(`The period begins on ${from}, after its end on ${to}.`)
  const found: Period[] = []
  for (let start = startOf(every, from); start <= to; start = next(every, start)) {
    found.push({ from: start, to: addDays(next(every, start), -1), title: titleOf(every, start) })
  }
  return found
}

/** The period as it was given. */
export const onePeriod = (from: Day, to: Day): Period => {
  if (dayNumber(from) > dayNumber(to)) throw new RangeError(`The period begins on ${from}, after its end on ${to}.`)
  return { from, to, title: from === to ? from : `${from} to ${to}` }
}

function titleOf(every: Interval, start: Day): string {
  const year = start.slice(0, 4)
  if (every === 'year') return year
  if (every === 'quarter') return `${year} Q${(Number(start.slice(5, 7)) + 2) / 3}`
  if (every === 'month') return start.slice(0, 7)
  if (every === 'day') return start
  // The year of an ISO week is that of its Thursday.
  const thursday = addDays(start, 3)
  const week = Math.floor((dayNumber(thursday) - dayNumber(`${thursday.slice(0, 4)}-01-01`)) / 7) + 1
  return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`
}

/** The period before: as many whole months if it is made of such, else as many days. */
export function previous(period: Period): Period {
  const end = addDays(period.from, -1)
  if (period.from.endsWith('-01') && isMonthEnd(period.to)) {
    const months = monthsBetween(period.from, addDays(period.to, 1))
    return onePeriod(addMonths(period.from, -months), end)
  }
  return onePeriod(addDays(period.from, -(dayNumber(period.to) - dayNumber(period.from) + 1)), end)
}

/** The same days a year before; the last day of a month stays the last day of that month. */
export const yearBefore = (period: Period): Period => onePeriod(dayYearBefore(period.from), dayYearBefore(period.to))

export function dayYearBefore(day: Day): Day {
  const moved = addMonths(day, -12)
  return isMonthEnd(day) ? addDays(addMonths(`${moved.slice(0, 7)}-01`, 1), -1) : moved
}

const monthsBetween = (from: Day, to: Day): number =>
  (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))
