import { firstDayOf, formatDay, monthOf, parseDay } from '../days.ts'
import { ledgerError } from '../errors.ts'
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

const monthsOf = { month: 1, quarter: 3, year: 12 } as const

export const addDays = (day: Day, days: number): Day => formatDay(parseDay(day) + days)

/** Moves by months; the 31st becomes the last day of a shorter month. */
export function addMonths(day: Day, months: number): Day {
  const number = parseDay(day)
  const month = monthOf(number) + months
  const last = firstDayOf(month + 1) - 1
  return formatDay(Math.min(firstDayOf(month) + number - firstDayOf(monthOf(number)), last))
}

const isMonthEnd = (day: Day): boolean => addDays(day, 1).endsWith('-01')

/** The first day of the interval that holds the day. */
export function startOf(interval: Interval, day: Day): Day {
  const number = parseDay(day)
  if (interval === 'day') return day
  // 1970-01-01 was a Thursday, so number 4 is a Monday.
  if (interval === 'week') return formatDay(number - ((((number - 4) % 7) + 7) % 7))
  return formatDay(firstDayOf(Math.floor(monthOf(number) / monthsOf[interval]) * monthsOf[interval]))
}

const next = (interval: Interval, start: Day): Day =>
  interval === 'day' ? addDays(start, 1) : interval === 'week' ? addDays(start, 7) : addMonths(start, monthsOf[interval])

/** The whole intervals that cover `from` to `to`: the first and the last are widened to their ends. */
export function periods(from: Day, to: Day, every: Interval): Period[] {
  inOrder(from, to)
  const found: Period[] = []
  for (let start = startOf(every, from); start <= to; start = next(every, start)) {
    found.push({ from: start, to: addDays(next(every, start), -1), title: titleOf(every, start) })
  }
  return found
}

/** The period as it was given. */
export const onePeriod = (from: Day, to: Day): Period => {
  inOrder(from, to)
  return { from, to, title: from === to ? from : `${from} to ${to}` }
}

function inOrder(from: Day, to: Day): void {
  if (parseDay(from, 'from') > parseDay(to, 'to')) {
    throw ledgerError('invalid_report', `The period begins on ${from}, after its end on ${to}.`, { field: 'from' })
  }
}

function titleOf(every: Interval, start: Day): string {
  const year = start.slice(0, 4)
  if (every === 'year') return year
  if (every === 'quarter') return `${year} Q${(Number(start.slice(5, 7)) + 2) / 3}`
  if (every === 'month') return start.slice(0, 7)
  if (every === 'day') return start
  // The year of an ISO week is that of its Thursday.
  const thursday = addDays(start, 3)
  const week = Math.floor((parseDay(thursday) - parseDay(`${thursday.slice(0, 4)}-01-01`)) / 7) + 1
  return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`
}

/** The period before: as many whole months if it is made of such, else as many days. */
export function previous(period: Period): Period {
  const end = addDays(period.from, -1)
  if (period.from.endsWith('-01') && isMonthEnd(period.to)) {
    const months = monthsBetween(period.from, addDays(period.to, 1))
    return onePeriod(addMonths(period.from, -months), end)
  }
  return onePeriod(addDays(period.from, -(parseDay(period.to) - parseDay(period.from) + 1)), end)
}

/** The same days a year before; the last day of a month stays the last day of that month. */
export const yearBefore = (period: Period): Period => onePeriod(dayYearBefore(period.from), dayYearBefore(period.to))

export function dayYearBefore(day: Day): Day {
  const moved = addMonths(day, -12)
  return isMonthEnd(day) ? addDays(addMonths(`${moved.slice(0, 7)}-01`, 1), -1) : moved
}

const monthsBetween = (from: Day, to: Day): number => monthOf(parseDay(to)) - monthOf(parseDay(from))
