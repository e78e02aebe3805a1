import { ledgerError } from './errors.ts'
import type { Day, Instant } from './types.ts'

export const dayMs = 86_400_000

const known = new Map<string, number>()

/** Days since 1970-01-01. @throws LedgerError `invalid_date` unless it is a day of the calendar, `2026-11-21`. */
export function parseDay(day: Day, field = 'date'): number {
  const remembered = known.get(day)
  if (remembered !== undefined) return remembered
  const ms = typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  // The 30th of February is read as the 2nd of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day)
    throw ledgerError('invalid_date', `${field} must be a day of the calendar like 2026-11-21.`, { field })
  const number = ms / dayMs
  if (known.size >= 4096) known.clear()
  known.set(day, number)
  return number
}

const texts = new Map<number, Day>()

export function formatDay(day: number): Day {
  let text = texts.get(day)
  if (text === undefined) {
    text = new Date(day * dayMs).toISOString().slice(0, 10)
    if (texts.size >= 4096) texts.clear()
    texts.set(day, text)
  }
  return text
}

/** Months since 1970-01. */
export function monthOf(day: number): number {
  const date = new Date(day * dayMs)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

/** The first day of a month. */
export function firstDayOf(month: number): number {
  return Date.UTC(1970 + Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1) / dayMs
}

export function dayOfInstant(ms: number): number {
  return Math.floor(ms / dayMs)
}

let lastInstant: readonly [ms: number, text: Instant] = [0, '1970-01-01T00:00:00.000Z']

export function formatInstant(ms: number): Instant {
  // The entries of a batch were all recorded at once.
  if (lastInstant[0] !== ms) lastInstant = [ms, new Date(ms).toISOString()]
  return lastInstant[1]
}

/** Epoch milliseconds. @throws LedgerError `invalid_date`. */
export function parseInstant(instant: Instant, field: string): number {
  const ms = typeof instant === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(instant) ? Date.parse(instant) : Number.NaN
  if (Number.isNaN(ms))
    throw ledgerError('invalid_date', `${field} must be an instant in UTC like 2026-11-21T12:00:00Z.`, { field })
  return ms
}
