import { describe, expect, it } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { type Judge, judge } from './probe.ts'
import { tally } from './report.ts'
import { plivo, plivoSpec } from './vendors.ts'

describe.skipIf(!available())("plivo: the checker on the fixtures of Plivo's SDK", () => {
  const on: Judge = judge(available() ? plivoSpec() : ({} as never), 'https://api.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX', {})
  const sent = { api_id: 'x', message: 'message(s) queued', message_uuid: ['x'] }

  it.each<[string, () => readonly string[], string]>([
    ['an unknown path', () => on.request('GET', '/Text/'), '/path no operation of this method and path is known'],
    ['a wrong method', () => on.request('PUT', '/Message/'), '/path no operation of this method and path is known'],
    [
      'a missing member',
      () => on.answer('POST', '/Message/', 202, { api_id: 'x', message: 'x' }),
      '/body/message_uuid is required and missing',
    ],
    [
      'a wrong type',
      () => on.answer('POST', '/Message/', 202, { ...sent, message_uuid: 'x' }),
      '/body/message_uuid must be array, is string',
    ],
    [
      'a wrong type in a list',
      () => on.answer('POST', '/Message/', 202, { ...sent, message_uuid: [1] }),
      '/body/message_uuid/0 must be string, is number',
    ],
    ['an unknown member', () => on.answer('POST', '/Message/', 202, { ...sent, price: '1' }), '/body/price is not described'],
    ['another status', () => on.answer('POST', '/Message/', 200, sent), '/status 200 is not among the known answers'],
    [
      'an error of another shape',
      () => on.answer('POST', '/Message/', 400, { api_id: 'x', message: 'no' }),
      '/body/error is required and missing',
    ],
    ['a body where none belongs', () => on.answer('DELETE', '/Number/14155550100/', 204, {}), '/body must be empty'],
  ])('finds %s', (_, findings, expected) => expect(findings()).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.answer('POST', '/Message/', 202, sent)).toEqual([])
    expect(on.answer('POST', '/Message/', 401, { api_id: 'x', error: 'authentication failed' })).toEqual([])
  })

  it('never calls a request checked', () => {
    const request = { method: 'GET', url: 'https://api.plivo.com/v1/Account/MA/Message/', headers: new Headers(), body: '' }
    expect(plivoSpec().request(request).unchecked).toHaveLength(1)
  })
})

describe.skipIf(!available())('plivo: adapter and twin against the fixtures', () => {
  describeTraffic(plivo, tally('plivo'), [
    // Plivo publishes nothing about requests but prose.
    /^request \w+ \/(query: unknown parameter|body)/,
    // Null in every fixture, so nothing is known of the type.
    /\/(error_code|sub_account|alias|compliance_application_id|compliance_status|tendlc_campaign_id|toll_free_sms_verification): wrong type$/,
    /\/(restriction|restriction_text|parent_call_uuid|answer_time): wrong type$/,
  ])
})
