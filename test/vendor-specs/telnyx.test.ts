import { describe, expect, it } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { type Judge, judge } from './probe.ts'
import { tally } from './report.ts'
import { telnyx, telnyxSpec } from './vendors.ts'

const headers = { authorization: 'Bearer x' }
const signed = { 'telnyx-timestamp': '1', 'telnyx-signature-ed25519': 'x' }

describe.skipIf(!available())("telnyx: the checker on Telnyx's description", () => {
  const on: Judge = judge(available() ? telnyxSpec() : ({} as never), 'https://api.telnyx.com/v2', headers)
  const id = '40385f64-5717-4562-b3fc-2c963f66afa6'
  const message = { record_type: 'message', direction: 'outbound', id, to: [{ phone_number: '+14155550199', status: 'queued' }] }
  const gathered = { digits: '1', status: 'valid', call_control_id: 'v3:x' }
  const event = (payload: object) => ({
    data: { record_type: 'event', event_type: 'call.gather.ended', id, occurred_at: '2026-01-01T00:00:00Z', payload },
  })

  it.each<[string, () => readonly string[], string]>([
    ['a missing member', () => on.request('POST', '/messages', { from: '+1', text: 'x' }), '/body/to is required and missing'],
    ['a wrong type', () => on.request('POST', '/messages', { to: '+1', text: 7 }), '/body/text must be string'],
    [
      'a value that is not in the list',
      () => on.request('POST', '/messages', { to: '+1', type: 'FAX' }),
      '/body/type must be one of ["SMS","MMS"]',
    ],
    ['an unknown member', () => on.request('POST', '/messages', { to: '+1', body: 'x' }), '/body/body is not described'],
    ['an id of the wrong form', () => on.request('GET', '/messages/12'), '/path/id must match format "uuid"'],
    [
      'an unknown filter',
      () => on.request('GET', '/available_phone_numbers?filter[city]=x'),
      '/query/filter/city is not described',
    ],
    [
      'a filter that is no number',
      () => on.request('GET', '/available_phone_numbers?filter[limit]=all'),
      '/query/filter/limit must be integer',
    ],
    ['an unknown path', () => on.request('GET', '/texts'), '/path there is no path https://api.telnyx.com/v2/texts'],
    ['a wrong method', () => on.request('PUT', '/messages'), '/path PUT is not among the methods of this path (POST)'],
    [
      'a credential of another scheme',
      () => judge(telnyxSpec(), 'https://api.telnyx.com/v2', { authorization: 'Basic x' }).request('GET', `/messages/${id}`),
      '/header/authorization must be bearer, is basic',
    ],
    [
      'an answer with an unknown member',
      () => on.answer('POST', '/messages', 200, { data: { ...message, price: 1 } }),
      '/body/data/price is not described',
    ],
    [
      'an answer with an unknown member deep inside',
      () => on.answer('POST', '/messages', 200, { data: { ...message, to: [{ status: 'queued', number: '+1' }] } }),
      '/body/data/to/0/number is not described',
    ],
    [
      'an answer with a wrong type',
      () => on.answer('POST', '/messages', 200, { data: { ...message, parts: '1' } }),
      '/body/data/parts must be integer',
    ],
    [
      'an error without its title',
      () => on.answer('POST', '/messages', 422, { errors: [{ code: '10015' }] }),
      '/body/errors/0/title is required and missing',
    ],
    [
      'a webhook with an unknown member',
      () => on.webhook(event({ ...gathered, keys: '1' }), signed),
      '/body/data/payload/keys is not described',
    ],
    [
      'a webhook with a value that is not in the list',
      () => on.webhook(event({ ...gathered, status: 'done' }), signed),
      '/body/data/payload/status must be one of ["valid","invalid","call_hangup","cancelled","cancelled_amd","timeout"]',
    ],
    [
      'a webhook without its signature',
      () => on.webhook(event(gathered), {}),
      '/header/telnyx-signature-ed25519 is required and missing',
    ],
  ])('finds %s', (_, findings, expected) => expect(findings()).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.request('POST', '/messages', { to: '+14155550199', from: '+14155550100', text: 'x' })).toEqual([])
    expect(on.request('GET', '/available_phone_numbers?filter[features][]=sms&filter[features][]=voice&filter[limit]=5')).toEqual(
      [],
    )
    expect(on.answer('POST', '/messages', 200, { data: message })).toEqual([])
    expect(on.answer('GET', `/messages/${id}`, 200, { data: message })).toEqual([])
    expect(on.webhook(event(gathered), signed)).toEqual([])
  })
})

describe.skipIf(!available())('telnyx: adapter and twin against the description', () => {
  describeTraffic(telnyx, tally('telnyx'), [
    // Described as an object without members: "event metadata".
    /^answer ListCallEvents \/body\/data\/\*\/metadata/,
  ])
})
