import { refuse } from '@do/provider'
import { checkKey, encodeJson, type Json } from '../storage/json.ts'
import type { ScheduleOptions, Timing } from './types.ts'

/** All of a schedule that its author says, as it is stored. */
export interface Spec {
  readonly text: string
  readonly timing: Timing
  readonly handler: string | null
  readonly payload: Json
  readonly catchUp: 'skip' | 'once' | 'all'
  readonly catchUpLimit: number
  readonly overlap: 'skip' | 'queue' | 'allow'
  readonly until: number | null
  readonly jitterMs: number
  readonly graceMs: number
  readonly attempts: number
  readonly timeoutMs: number
}

const longestMs = 366 * 86_400_000

/** @throws ProviderError `invalid_schedule`, `invalid_time`, `invalid_key`, `invalid_value` naming the field */
export function specOf(text: string, timing: Timing, handler: string | null, options: ScheduleOptions): Spec {
  if (timing.kind === 'interval') range('everyMs', timing.everyMs, 1_000, longestMs)
  if (timing.kind === 'once' && 'afterMs' in timing) range('afterMs', timing.afterMs, 0, 100 * longestMs)
  if (options.name !== undefined) {
    checkKey(options.name, 'The name of a schedule')
    if (options.name.length > 200) throw invalid('name', 'text of at most 200 characters')
  }
  const { payload = null, catchUp = 'once', overlap = 'skip', until } = options
  encodeJson(payload, `The payload of schedule "${text}"`, 16_384)
  return {
    text,
    timing,
    handler,
    payload,
    catchUp: choice('catchUp', catchUp, ['skip', 'once', 'all']),
    catchUpLimit: range('catchUpLimit', options.catchUpLimit ?? 100, 1, 1_000),
    overlap: choice('overlap', overlap, ['skip', 'queue', 'allow']),
    until: until === undefined ? null : instantFrom(until, 'until'),
    jitterMs: range('jitterMs', options.jitterMs ?? 0, 0, 3_600_000),
    graceMs: range('graceMs', options.graceMs ?? 300_000, 0, 86_400_000),
    attempts: range('attempts', options.attempts ?? 3, 1, 100),
    timeoutMs: range('timeoutMs', options.timeoutMs ?? 60_000, 1, 240_000),
  }
}

/** @throws ProviderError `invalid_time` unless it is an instant. */
export function instantFrom(value: Date | string | number, field: string): number {
  const zoned = typeof value !== 'string' || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value)
  const at = typeof value === 'number' ? value : zoned ? new Date(value).getTime() : Number.NaN
  if (Number.isFinite(at) && Math.abs(at) <= 8.64e15) return Math.floor(at)
  throw refuse(
    'invalid_time',
    `${field} must be a Date, epoch milliseconds, or ISO 8601 with its offset, such as "2026-12-24T18:00:00Z".`,
    {
      field,
    },
  )
}

function range(field: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value
  throw invalid(field, `a whole number from ${low} to ${high}`)
}

function choice<T extends string>(field: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value
  throw invalid(field, `one of ${known.join(', ')}`)
}

function invalid(field: string, what: string) {
  return refuse('invalid_schedule', `The ${field} of a schedule must be ${what}.`, { field })
}
