import { refuse } from '@do/provider'
import type { Calendar } from './types.ts'
import { monthOf, weekdayOf } from './words.ts'

/**
 * Five fields: minute, hour, day of the month, month, day of the week; with lists, ranges, steps, names, `L` (last day),
 * `MON#1` (first Monday) and `FRI#L` (last Friday). A day that fits either day field is due, unless one of them is `*`.
 * @throws ProviderError `invalid_cron`
 */
export function parseCron(expression: string): Calendar {
  const fields = String(expression).trim().toLowerCase().split(/\s+/)
  if (fields.length !== 5) throw invalid(expression, `it has ${fields.length} fields`)
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string]
  const fail = (why: string) => invalid(expression, why)
  const minutes = numbers(minute, 0, 59, fail)
  const hours = numbers(hour, 0, 23, fail)
  const nth: [number, number][] = []
  const weekdays: number[] = []
  for (const part of every(weekday) ? [] : weekday.split(',')) {
    const [name = '', count] = part.split('#')
    if (count === undefined) {
      // 7 is Sunday too, at the end of a range as well.
      weekdays.push(...numbers(part, 0, 7, fail, weekdayOf).map((number) => number % 7))
      continue
    }
    const which = count === 'l' ? -1 : Number(count)
    if (!(which === -1 || (which >= 1 && which <= 5 && Number.isInteger(which)))) throw fail(`"${part}" needs # and 1 to 5 or L`)
    nth.push(...numbers(name, 0, 7, fail, weekdayOf).map((number): [number, number] => [which, number % 7]))
  }
  const days = every(day) ? undefined : day.split(',').flatMap((part) => (part === 'l' ? [-1] : numbers(part, 1, 31, fail)))
  return {
    times: hours.flatMap((at) => minutes.map((past) => at * 60 + past)),
    ...(/[*/?]/.test(minute + hour) ? { wild: true as const } : {}),
    ...(every(month) ? {} : { months: numbers(month, 1, 12, fail, monthOf) }),
    ...(days === undefined ? {} : { days }),
    ...(weekdays.length === 0 ? {} : { weekdays: unique(weekdays) }),
    ...(nth.length === 0 ? {} : { nth }),
  }
}

function every(field: string): boolean {
  return field === '*' || field === '?'
}

function numbers(
  field: string,
  low: number,
  high: number,
  fail: (why: string) => Error,
  nameOf: (word: string) => number | undefined = () => undefined,
): number[] {
  const read = (text: string): number => {
    const number = /^\d{1,2}$/.test(text) ? Number(text) : nameOf(text)
    if (number === undefined || number < low || number > high) throw fail(`"${text}" is not from ${low} to ${high}`)
    return number
  }
  const found = field.split(',').flatMap((part) => {
    const [range = '', step, more] = part.split('/')
    const by = step === undefined ? 1 : Number(step)
    if (more !== undefined || !(Number.isInteger(by) && by >= 1) || step === '')
      throw fail(`"${part}" has no step that is a number`)
    const [from = '', to, beyond] = every(range) ? [String(low), String(high)] : range.split('-')
    if (beyond !== undefined || (step !== undefined && to === undefined)) throw fail(`"${part}" is no range`)
    const first = read(from)
    const last = to === undefined ? first : read(to)
    if (last < first) throw fail(`"${part}" ends before it begins`)
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by)
  })
  return unique(found)
}

function unique(found: readonly number[]): number[] {
  return [...new Set(found)].sort((a, b) => a - b)
}

function invalid(expression: string, why: string) {
  return refuse(
    'invalid_cron',
    `"${String(expression).slice(0, 100)}" is no cron expression: ${why}. Write minute, hour, day, month and weekday, such as "0 9 * * 1-5".`,
    { field: 'when' },
  )
}
