import { countOf, newestOf, nextOf } from './calendar.ts'
import type { Timing } from './types.ts'

/** A timing with the instant it counts from: when the schedule was made. */
export interface Dated {
  readonly timing: Timing
  readonly anchor: number
  /** Nothing is due after it. */
  readonly until: number | null
}

/** The first due instant after one; null when there is none. */
export function nextDue({ timing, anchor, until }: Dated, after: number): number | null {
  const next = unbounded(timing, anchor, after)
  return next === undefined || (until !== null && next > until) ? null : next
}

function unbounded(timing: Timing, anchor: number, after: number): number | undefined {
  if (timing.kind === 'calendar') return nextOf(timing.calendar, timing.timezone, Math.max(after, anchor))
  if (timing.kind === 'once') {
    const at = 'at' in timing ? timing.at : anchor + Math.max(timing.afterMs, 1)
    return at > after ? at : undefined
  }
  const { everyMs } = timing
  return anchor + (Math.floor(Math.max(after - anchor, 0) / everyMs) + 1) * everyMs
}

export interface Stretch {
  readonly count: number
  /** The newest of them, ascending, at most as many as were asked for. */
  readonly newest: readonly number[]
  /** The last one before the newest; the end of what is skipped. */
  readonly before: number | null
}

/** What is due from one due instant to another time, both included, without walking through it one by one. */
export function dueBetween({ timing, until }: Dated, first: number, to: number, limit: number): Stretch {
  const end = until === null ? to : Math.min(to, until)
  if (end < first) return { count: 0, newest: [], before: null }
  if (timing.kind === 'once')
    return limit > 0 ? { count: 1, newest: [first], before: null } : { count: 1, newest: [], before: first }
  if (timing.kind === 'interval') {
    const { everyMs } = timing
    const count = Math.floor((end - first) / everyMs) + 1
    const kept = Math.min(count, limit)
    return {
      count,
      newest: Array.from({ length: kept }, (_, index) => first + (count - kept + index) * everyMs),
      before: count > kept ? first + (count - kept - 1) * everyMs : null,
    }
  }
  const { calendar, timezone } = timing
  const newest = newestOf(calendar, timezone, first, end, limit + 1)
  const before = newest.length > limit ? (newest.shift() as number) : null
  const count = before === null ? newest.length : countOf(calendar, timezone, first, end)
  return { count, newest, before }
}
