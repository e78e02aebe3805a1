import { refuse } from '@do/provider'
import type { Calendar, Timing } from './types.ts'
import { monthOf, weekdayOf } from './words.ts'
import { checkZone } from './zone.ts'

const units: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}
const ordinals: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5, last: -1 }
const fillers = new Set(['every', 'each', 'on', 'the', 'of', 'in', 'and', ','])
const groups: Readonly<Record<string, readonly number[]>> = { weekday: [1, 2, 3, 4, 5], weekend: [0, 6] }

/**
 * A schedule in words; the grammar stands in docs/schedules.md. What is not understood is refused, never guessed.
 * @throws ProviderError `schedule_not_understood` that names the word; `invalid_timezone`
 */
export function parseSchedule(text: string, timezone: string): Timing {
  if (typeof text !== 'string' || text.length > 300)
    throw notUnderstood(String(text).slice(0, 40), 'Say it in at most 300 characters')
  const words = text.replaceAll(',', ' , ').split(/\s+/).filter(Boolean)
  const last = words.at(-1) ?? ''
  const named = last.includes('/') || last.toUpperCase() === 'UTC'
  const zone = checkZone(named ? last : timezone)
  const lower = (named ? words.slice(0, -1) : words).flatMap((word) => word.toLowerCase().split(/(?<=[a-z])(-)(?=[a-z])/))
  if (named && lower.at(-1) === 'in') lower.pop()

  const everyMs = intervalOf(lower)
  if (everyMs !== undefined) return { kind: 'interval', everyMs }
  const at = lower.indexOf('at')
  if (at === -1) {
    // Say first what is wrong with the days, if anything is.
    daysOf(lower)
    throw notUnderstood(text, 'Say at what time, for example "at 9:30"')
  }
  return { kind: 'calendar', timezone: zone, calendar: { times: timesOf(lower.slice(at + 1)), ...daysOf(lower.slice(0, at)) } }
}

/** "5 minutes", "1 hour and 30 minutes". @throws ProviderError `schedule_not_understood` */
export function parseDuration(text: string): number {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
  let total = 0
  for (let index = 0; index < words.length; index += 2) {
    if (words[index] === 'and' && index > 0) index += 1
    const unit = units[(words[index + 1] ?? '').replace(/s$/, '')]
    const count = words[index] ?? ''
    if (!/^\d{1,6}$/.test(count) || Number(count) < 1)
      throw notUnderstood(count, 'Write a number and a unit, such as "5 minutes"')
    if (unit === undefined) throw notUnderstood(words[index + 1] ?? '', 'The units are seconds, minutes, hours, days and weeks')
    total += Number(count) * unit
  }
  return total
}

/** "every 15 minutes", "every hour", "hourly"; undefined when it is not that kind. */
function intervalOf(words: readonly string[]): number | undefined {
  if (words.length === 1 && words[0] === 'hourly') return 3_600_000
  const [every = '', count = '', unit = count] = words
  const single = unit.replace(/s$/, '')
  if (every !== 'every' || words.length > 3 || !(single === 'second' || single === 'minute' || single === 'hour'))
    return undefined
  const number = words.length === 2 && !count.endsWith('s') ? 1 : Number(/^\d{1,6}$/.exec(count)?.[0] ?? 0)
  if (number < 1) throw notUnderstood(count, 'Write the number in digits')
  return number * (units[single] as number)
}

/** "6am and 17:30". Also for `.at(…)`. */
export function timesOf(words: readonly string[]): number[] {
  const joined = words
    .join(' ')
    .replaceAll(/(\d) (am|pm)\b/g, '$1$2')
    .split(/[\s,]+/)
    .filter((word) => word !== 'and' && word !== 'at' && word !== '')
  if (joined.length === 0) throw notUnderstood('at', 'Say at what time, for example "at 9:30"')
  return [...new Set(joined.map(timeOf))].sort((a, b) => a - b)
}

function timeOf(word: string): number {
  if (word === 'noon') return 720
  if (word === 'midnight') return 0
  const [, hours = '', minutes, half] = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(word) ?? []
  const hour = Number(hours)
  const past = Number(minutes ?? 0)
  if (hours === '' || past > 59 || (half === undefined ? hour > 23 : hour < 1 || hour > 12)) {
    throw notUnderstood(word, 'Times are written like 9:30, 17:00, 6am, 6:15pm, noon and midnight')
  }
  if (half === undefined && minutes === undefined) throw notUnderstood(word, `Write ${hour}:00, or ${hour}am or ${hour}pm`)
  return (half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0)) * 60 + past
}

function daysOf(said: readonly string[]): Omit<Calendar, 'times'> {
  const words = said.filter((word) => !fillers.has(word))
  const weekdays: number[] = []
  const days: number[] = []
  const nth: [number, number][] = []
  const months: number[] = []
  let whole = false
  let monthly = false
  let yearly = false
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string
    const next = words[index + 1] ?? ''
    const weekday = weekdayOf(word)
    const group = groups[word.replace(/s$/, '')]
    const month = monthOf(word)
    const count = ordinals[word] ?? Number(/^(\d{1,2})(?:st|nd|rd|th)$/.exec(word)?.[1] ?? Number.NaN)
    const plain = /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
    if (weekday !== undefined) {
      const to = ['to', 'through', '-'].includes(next) ? weekdayOf(words[index + 2] ?? '') : undefined
      if (to === undefined) weekdays.push(weekday)
      else {
        for (let day = weekday; ; day = (day + 1) % 7) {
          weekdays.push(day)
          if (day === to) break
        }
        index += 2
      }
    } else if (group !== undefined) weekdays.push(...group)
    else if (month !== undefined) months.push(month)
    else if (word === 'monthly' || word === 'month') monthly = true
    else if (word === 'yearly' || word === 'annually' || word === 'year') yearly = true
    else if (word === 'daily' || (word === 'day' && !/^\d/.test(next))) whole = true
    else if (word === 'day' && /^\d{1,2}$/.test(next)) {
      days.push(dayOf(next))
      index += 1
    } else if (Number.isInteger(count)) {
      const named = next === 'weekday' ? 7 : weekdayOf(next)
      if (named !== undefined) {
        if (count > 5 || (named === 7 && count > 20)) throw notUnderstood(word, 'A month has at most five of a weekday')
        nth.push([count, named])
        index += 1
      } else {
        days.push(count === -1 ? -1 : dayOf(String(count)))
        if (next === 'day') index += 1
        else if (count === -1) throw notUnderstood(word, 'Say the last what: "last day" or "last Friday"')
      }
    } else if (Number.isInteger(plain) && (monthOf(words[index - 1] ?? '') ?? monthOf(next)) !== undefined) days.push(dayOf(word))
    else throw notUnderstood(word)
  }
  const kinds = [whole, weekdays.length > 0, days.length > 0, nth.length > 0].filter(Boolean).length
  const dated = days.length > 0 || nth.length > 0
  if (kinds === 0) throw notUnderstood(said.join(' ') || 'at', 'Say on which days')
  if (kinds > 1) throw notUnderstood(said.join(' '), 'Say one kind of days; make another schedule for the other')
  if (dated && !monthly && months.length === 0) throw notUnderstood(said.join(' '), 'Add "of the month" or the month')
  if ((monthly && !dated) || (yearly && !(dated && months.length > 0)))
    throw notUnderstood(said.join(' '), 'Say on which day of it')
  return {
    ...(weekdays.length === 0 ? {} : { weekdays: [...new Set(weekdays)].sort() }),
    ...(days.length === 0 ? {} : { days }),
    ...(nth.length === 0 ? {} : { nth }),
    ...(months.length === 0 ? {} : { months }),
  }
}

function dayOf(text: string): number {
  const day = Number(text)
  if (day >= 1 && day <= 31) return day
  throw notUnderstood(text, 'A month has the days 1 to 31')
}

function notUnderstood(word: string, hint = 'Look at the grammar') {
  const examples = '"every 15 minutes", "daily at 6am", "every Monday and Friday at 9:30", "first Monday of the month at 10:00"'
  return refuse(
    'schedule_not_understood',
    `"${word.slice(0, 60)}" is not understood in a schedule. ${hint}; for example ${examples}.`,
    {
      field: 'when',
    },
  )
}
