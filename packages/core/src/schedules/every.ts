import { refuse } from '@do/provider'
import type { Json } from '../storage/json.ts'
import { parseCron } from './cron.ts'
import { parseDuration, parseSchedule, timesOf } from './language.ts'
import { instantFrom } from './spec.ts'
import type { Calendar, Every, Register, ScheduleHandler, ScheduleOptions, Schedules, Timing } from './types.ts'
import { checkZone, instantOf } from './zone.ts'

/** Keeps a schedule; the timing is made when its time zone is known. */
export type Keep = (
  text: string,
  timing: (timezone: string) => Timing,
  handler: ScheduleHandler | string,
  options: ScheduleOptions,
) => string

type Given = [handler: ScheduleHandler | string, more?: Json | ScheduleOptions, options?: ScheduleOptions]

/** `$.every`, `$.at` and `$.in`: everything that can be said about time, as calls of `keep`. */
export function createFluent(keep: Keep): Pick<Schedules, 'every' | 'at' | 'in'> {
  const register =
    (text: string, timing: (timezone: string) => Timing): Register =>
    (...given: Given) => {
      const [handler, more, last] = given
      if (typeof handler === 'function') return keep(text, timing, handler, (more as ScheduleOptions | undefined) ?? {})
      if (typeof handler !== 'string' || handler === '') {
        throw refuse('invalid_schedule', `Say what to do ${text}: a function, or the name of a handler or action.`, {
          field: 'handler',
        })
      }
      return keep(text, timing, handler, { ...last, ...(more === undefined ? {} : { payload: more as Json }) })
    }

  const interval = (count: number, unit: 'second' | 'minute' | 'hour', ms: number) =>
    register(`every ${count} ${unit}${count === 1 ? '' : 's'}`, () => ({ kind: 'interval', everyMs: count * ms }))
  const counted = (count: number) => ({
    seconds: interval(count, 'second', 1_000),
    minutes: interval(count, 'minute', 60_000),
    hours: interval(count, 'hour', 3_600_000),
  })
  const words = (text: string) => register(text, (timezone) => parseSchedule(text, timezone))

  const every = (first: number | string, ...given: Given) =>
    typeof first === 'number' ? counted(first) : words(first)(...(given as [string]))
  const day = (name: string, rule: Omit<Calendar, 'times'>) => {
    const at = (times: readonly string[]) =>
      register(`every ${name} at ${times.join(' and ')}`, (timezone) => ({
        kind: 'calendar',
        calendar: { times: timesOf(times.map((time) => String(time).toLowerCase())), ...rule },
        timezone: checkZone(timezone),
      }))
    const named = (times: string | readonly string[], ...given: Given | []) => {
      const rest = at([times].flat())
      return given.length === 0 ? rest : rest(...(given as [string]))
    }
    return new Proxy(
      { at: named },
      {
        get: (own, key) => {
          const hour = /^at(?:([1-9]|1[0-2])(am|pm)|(Noon|Midnight))$/.exec(String(key))
          return hour === null ? own[key as 'at'] : at([(hour[3] ?? `${hour[1]}${hour[2]}`).toLowerCase()])
        },
      },
    )
  }
  const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

  return {
    every: Object.assign(every, {
      day: day('day', {}),
      weekday: day('weekday', { weekdays: [1, 2, 3, 4, 5] }),
      weekend: day('weekend', { weekdays: [0, 6] }),
      ...Object.fromEntries(weekdays.map((name, number) => [name, day(name, { weekdays: [number] })])),
      minute: interval(1, 'minute', 60_000),
      hour: interval(1, 'hour', 3_600_000),
      seconds: (count: number, ...given: Given) => counted(count).seconds(...(given as [string])),
      minutes: (count: number, ...given: Given) => counted(count).minutes(...(given as [string])),
      hours: (count: number, ...given: Given) => counted(count).hours(...(given as [string])),
      cron: (expression: string, ...given: Given) =>
        register(`cron ${expression}`, (timezone) => ({
          kind: 'calendar',
          calendar: parseCron(expression),
          timezone: checkZone(timezone),
        }))(...(given as [string])),
    }) as Every,
    at: (when: Date | string | number, ...given: Given) =>
      register(`at ${typeof when === 'string' ? when : new Date(when).toJSON()}`, (timezone) => ({
        kind: 'once',
        at: onceAt(when, timezone),
      }))(...(given as [string])),
    in: (after: string | number, ...given: Given) =>
      register(`in ${typeof after === 'number' ? `${after} ms` : after}`, () => ({
        kind: 'once',
        afterMs: typeof after === 'number' ? after : parseDuration(after),
      }))(...(given as [string])),
  }
}

/** An ISO time without offset is on the wall of the time zone. */
function onceAt(when: Date | string | number, timezone: string): number {
  const local = typeof when === 'string' && /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?$/.test(when)
  if (!local) return instantFrom(when, 'when')
  const text = `${when.replace(' ', 'T')}${when.length === 10 ? 'T00:00' : ''}Z`
  const at = instantFrom(text, 'when')
  // 31 February would silently become 3 March.
  if (!new Date(at).toISOString().startsWith(when.slice(0, 10))) return instantFrom(Number.NaN, 'when')
  return instantOf(at, checkZone(timezone))
}
