import { describe, expect, it } from 'vitest'
import { addDays, addMonths, onePeriod, periods, previous, startOf, yearBefore } from './calendar.ts'

const spans = (from: string, to: string, every: Parameters<typeof periods>[2]) =>
  periods(from, to, every).map(({ from, to, title }) => `${title} ${from} ${to}`)

describe('the calendar of reports', () => {
  it('makes weeks from Monday to Sunday with the numbers of ISO 8601', () => {
    expect(spans('2020-12-30', '2021-01-12', 'week')).toEqual([
      '2020-W53 2020-12-28 2021-01-03',
      '2021-W01 2021-01-04 2021-01-10',
      '2021-W02 2021-01-11 2021-01-17',
    ])
    // The first of January 2016 was in the last week of 2015.
    expect(spans('2016-01-01', '2016-01-01', 'week')).toEqual(['2015-W53 2015-12-28 2016-01-03'])
    expect(startOf('week', '1969-12-31')).toBe('1969-12-29')
  })

  it('widens the first and the last to whole months, quarters and years', () => {
    expect(spans('2024-01-31', '2024-03-01', 'month')).toEqual([
      '2024-01 2024-01-01 2024-01-31',
      '2024-02 2024-02-01 2024-02-29',
      '2024-03 2024-03-01 2024-03-31',
    ])
    expect(spans('2024-02-01', '2024-05-31', 'quarter')).toEqual([
      '2024 Q1 2024-01-01 2024-03-31',
      '2024 Q2 2024-04-01 2024-06-30',
    ])
    expect(spans('2023-12-31', '2024-01-01', 'year')).toEqual(['2023 2023-01-01 2023-12-31', '2024 2024-01-01 2024-12-31'])
    expect(spans('2024-02-28', '2024-03-01', 'day')).toHaveLength(3)
  })

  it('knows the period before: months by months, other days by their number', () => {
    expect(previous(onePeriod('2024-02-01', '2024-02-29'))).toMatchObject({ from: '2024-01-01', to: '2024-01-31' })
    expect(previous(onePeriod('2024-04-01', '2024-06-30'))).toMatchObject({ from: '2024-01-01', to: '2024-03-31' })
    expect(previous(onePeriod('2024-03-04', '2024-03-10'))).toMatchObject({ from: '2024-02-26', to: '2024-03-03' })
  })

  it('knows the same days a year before, leap days included', () => {
    expect(yearBefore(onePeriod('2024-02-01', '2024-02-29'))).toMatchObject({ from: '2023-02-01', to: '2023-02-28' })
    expect(yearBefore(onePeriod('2025-02-01', '2025-02-28'))).toMatchObject({ from: '2024-02-01', to: '2024-02-29' })
    expect(yearBefore(onePeriod('2024-02-29', '2024-03-05'))).toMatchObject({ from: '2023-02-28', to: '2023-03-05' })
  })

  it('moves by months without leaving the month, before 1970 too', () => {
    expect([addMonths('2024-01-31', 1), addMonths('2024-03-31', -1), addMonths('1970-01-15', -13)]).toEqual([
      '2024-02-29',
      '2024-02-29',
      '1968-12-15',
    ])
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  })

  it('refuses what is no day, and an end before the beginning', () => {
    expect(() => periods('2024-02-30', '2024-03-01', 'day')).toThrow(expect.objectContaining({ code: 'invalid_date' }))
    expect(() => onePeriod('2024-03-02', '2024-03-01')).toThrow(expect.objectContaining({ code: 'invalid_report' }))
  })
})
