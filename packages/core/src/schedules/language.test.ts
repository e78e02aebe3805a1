import { describe, expect, it } from 'vitest'
import { parseDuration, parseSchedule } from './language.ts'

const calendar = (text: string) => {
  const timing = parseSchedule(text, 'UTC')
  return timing.kind === 'calendar' ? { ...timing.calendar, zone: timing.timezone } : timing
}

describe('what is understood', () => {
  it.each([
    ['every 15 minutes', 900_000],
    ['every minute', 60_000],
    ['Every 2 Hours', 7_200_000],
    ['hourly', 3_600_000],
    ['every 90 seconds', 90_000],
  ])('%s', (text, everyMs) => expect(parseSchedule(text, 'UTC')).toEqual({ kind: 'interval', everyMs }))

  it.each([
    ['daily at 6am', { times: [360], zone: 'UTC' }],
    ['every day at 6:15 pm and noon in Europe/Berlin', { times: [720, 1095], zone: 'Europe/Berlin' }],
    ['every weekday at 09:00, 12:30 and 17:00', { times: [540, 750, 1020], weekdays: [1, 2, 3, 4, 5], zone: 'UTC' }],
    ['weekends at midnight', { times: [0], weekdays: [0, 6], zone: 'UTC' }],
    ['every Monday, Wednesday and Friday at 9:30', { times: [570], weekdays: [1, 3, 5], zone: 'UTC' }],
    ['mondays at 12am', { times: [0], weekdays: [1], zone: 'UTC' }],
    ['friday to monday at 12pm', { times: [720], weekdays: [0, 1, 5, 6], zone: 'UTC' }],
    ['Mon-Fri at 8:00', { times: [480], weekdays: [1, 2, 3, 4, 5], zone: 'UTC' }],
    ['first Monday of the month at 10:00', { times: [600], nth: [[1, 1]], zone: 'UTC' }],
    ['on the last friday of every month at 4pm', { times: [960], nth: [[-1, 5]], zone: 'UTC' }],
    ['the 1st and 15th of the month at 7:00', { times: [420], days: [1, 15], zone: 'UTC' }],
    ['last day of the month at 23:59', { times: [1439], days: [-1], zone: 'UTC' }],
    ['first weekday of each month at 9:00', { times: [540], nth: [[1, 7]], zone: 'UTC' }],
    ['monthly on day 31 at 9:00', { times: [540], days: [31], zone: 'UTC' }],
    ['every year on March 1 at 9:00', { times: [540], days: [1], months: [3], zone: 'UTC' }],
    ['24 December at 18:00', { times: [1080], days: [24], months: [12], zone: 'UTC' }],
    ['third thursday of january and july at 9:00', { times: [540], nth: [[3, 4]], months: [1, 7], zone: 'UTC' }],
    ['every sunday in june at 9:00', { times: [540], weekdays: [0], months: [6], zone: 'UTC' }],
  ])('%s', (text, expected) => expect(calendar(text)).toEqual(expected))

  it.each([
    ['5 minutes', 300_000],
    ['1 hour and 30 minutes', 5_400_000],
    ['2 days, 1 second', 172_801_000],
    ['1 week', 604_800_000],
  ])('in %s', (text, ms) => expect(parseDuration(text)).toBe(ms))
})

describe('what is not understood is refused by its word', () => {
  it.each([
    ['every other monday at 9:00', '"other"'],
    ['every fifteen minutes', '"fifteen"'],
    ['every 0 minutes', '"0"'],
    ['every 2 days', '"2"'],
    ['every 2 weeks at 9:00', '"2"'],
    ['daily', 'at what time'],
    ['every week at 9:00', '"week"'],
    ['daily at 9', '9:00, or 9am or 9pm'],
    ['daily at 25:00', '"25:00"'],
    ['daily at 13pm', '"13pm"'],
    ['daily at 9:60', '"9:60"'],
    ['daily at teatime', '"teatime"'],
    ['daily at', '"at"'],
    ['at 9:00', 'which days'],
    ['first monday at 9:00', 'of the month'],
    ['first monday and friday of the month at 9:00', 'one kind of days'],
    ['sixth monday of the month at 9:00', '"sixth"'],
    ['6th monday of the month at 9:00', 'at most five'],
    ['the 32nd of the month at 9:00', '"32"'],
    ['every month at 9:00', 'which day'],
    ['every year in march at 9:00', 'which day'],
    ['tomorrow at 9:00', '"tomorrow"'],
    ['', 'which days'],
    ['x'.repeat(301), '300 characters'],
    ['daily at 9:00 except sundays', '"except"'],
    ["daily at 9:00'; DROP TABLE do_schedules; --", '"9:00\';"'],
  ])('%s', (text, words) => {
    const refused = expect.objectContaining({
      code: 'schedule_not_understood',
      field: 'when',
      message: expect.stringContaining(words),
    })
    expect(() => parseSchedule(text, 'UTC')).toThrow(refused)
  })

  it.each(['daily at 9:00 in Nowhere/City', 'daily at 9:00 in ../../etc'])('%s', (text) => {
    expect(() => parseSchedule(text, 'UTC')).toThrow(expect.objectContaining({ code: 'invalid_timezone' }))
  })

  it.each(['', '5', 'minutes', '-5 minutes', '1.5 hours', '5 minutes and', '1e9 hours', '5 months'])('in "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'schedule_not_understood' }))
  })
})
