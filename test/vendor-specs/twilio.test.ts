import { describe, expect, it } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { type Judge, judge } from './probe.ts'
import { tally } from './report.ts'
import { twilio, twilioSpec } from './vendors.ts'

const account = 'AC00000000000000000000000000000001'
const headers = { authorization: 'Basic x' }

describe.skipIf(!available())("twilio: the checker on Twilio's description", () => {
  const on: Judge = judge(
    available() ? twilioSpec() : ({} as never),
    `https://api.twilio.com/2010-04-01/Accounts/${account}`,
    headers,
  )
  const message = {
    sid: 'SM00000000000000000000000000000001',
    status: 'queued',
    direction: 'outbound-api',
    error_code: null,
    num_segments: '1',
  }

  it.each<[string, () => readonly string[], string]>([
    [
      'a missing member',
      () => on.form('POST', '/Messages.json', 'From=%2B14155550100&Body=x'),
      '/body/To is required and missing',
    ],
    ['a wrong type', () => on.form('POST', '/Calls.json', 'To=%2B1&From=%2B1&Timeout=soon'), '/body/Timeout must be integer'],
    [
      'a value that is not in the list',
      () => on.form('POST', '/Messages.json', 'To=%2B1&ScheduleType=later'),
      '/body/ScheduleType must be one of ["fixed"]',
    ],
    ['an unknown member', () => on.form('POST', '/Messages.json', 'To=%2B1&Text=x'), '/body/Text is not described'],
    [
      'an id of the wrong form',
      () => on.request('GET', '/Messages/12.json'),
      '/path/Sid must match pattern "^(SM|MM)[0-9a-fA-F]{32}$"',
    ],
    ['an unknown filter', () => on.request('GET', '/Messages.json?Since=2026'), '/query/Since is not described'],
    ['a page that is too large', () => on.request('GET', '/Messages.json?PageSize=1001'), '/query/PageSize must be <= 1000'],
    [
      'an unknown path',
      () => on.request('GET', '/Texts.json'),
      `/path there is no path https://api.twilio.com/2010-04-01/Accounts/${account}/Texts.json`,
    ],
    [
      'a wrong method',
      () => on.request('PATCH', '/Messages.json'),
      '/path PATCH is not among the methods of this path (GET, POST)',
    ],
    [
      'JSON instead of a form',
      () => on.request('POST', '/Messages.json', { To: '+1' }),
      '/header/content-type "application/json" is not described (application/x-www-form-urlencoded)',
    ],
    [
      'an answer with an unknown member',
      () => on.answer('POST', '/Messages.json', 201, { ...message, id: 1 }),
      '/body/id is not described',
    ],
    [
      'an answer with a wrong type',
      () => on.answer('POST', '/Messages.json', 201, { ...message, num_segments: 1 }),
      '/body/num_segments must be string,null',
    ],
    [
      'an answer with a date of another form',
      () => on.answer('POST', '/Messages.json', 201, { ...message, date_sent: '2026-01-01T00:00:00Z' }),
      '/body/date_sent must match format "date-time-rfc-2822"',
    ],
    [
      'an answer with a status of another operation',
      () => on.answer('POST', '/Messages.json', 200, message),
      '/status 200 is not described',
    ],
    [
      'an error without its code',
      () =>
        on.answer('POST', '/Messages.json', 400, {
          message: 'x',
          more_info: 'https://www.twilio.com/docs/errors/1',
          status: 400,
        }),
      '/body/code is required and missing',
    ],
  ])('finds %s', (_, findings, expected) => expect(findings()).toContain(expected))

  it('finds an unknown status of a message', () => {
    const [finding] = on.answer('POST', '/Messages.json', 201, { ...message, status: 'lost' })
    expect(finding).toMatch(/^\/body\/status must be one of \["queued"/)
  })

  it('finds nothing where nothing is wrong', () => {
    expect(
      on.form(
        'POST',
        '/Messages.json',
        'To=%2B1&From=%2B1&Body=x&MediaUrl=https%3A%2F%2Fa.example%2Fb&MediaUrl=https%3A%2F%2Fa.example%2Fc',
      ),
    ).toEqual([])
    expect(on.request('GET', '/Messages.json?DateSent%3E=2026-01-01T00%3A00%3A00Z&PageSize=50')).toEqual([])
    expect(on.answer('POST', '/Messages.json', 201, message)).toEqual([])
  })
})

describe.skipIf(!available())('twilio: adapter and twin against the description', () => {
  describeTraffic(twilio, tally('twilio'), [
    // Described as an object without members.
    /^answer (Create|List)CallRecording .*\/encryption_details: wrong type$/,
  ])
})
