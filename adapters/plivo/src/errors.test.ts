import { describe, expect, it } from 'vitest'
import { errors, fault } from './errors.ts'
import { plivoSms, plivoTelephony } from './index.ts'
import { PlivoFault } from './request.ts'
import { failureOf } from './sms-events.ts'

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  authId: 'MA',
  authToken: 'secret-token',
  webhookUrl: 'https://hooks.example.com/',
  fetch: (async () => Response.json(body, { status, headers })) as typeof fetch,
})
const message = { to: '+14155550123', from: '+14155550100', body: 'a private text' }

describe('the words of a refusal', () => {
  it.each([
    ['Insufficient Credit', 'insufficient_credit', 'no_credit', 'quota', undefined],
    ['Geo-Permission Denied: destination country not enabled', 'geo_permission', 'region_not_enabled', 'policy', 'to'],
    ['outbound calling is disabled for this account', 'outbound_disabled', 'outbound_disabled', 'policy', undefined],
    ['Voice capability is currently disabled for this account', 'outbound_disabled', 'outbound_disabled', 'policy', undefined],
    ['compliance_application_id is required', 'compliance_required', 'regulatory', 'policy', undefined],
    ['src is identical to src in dst', 'same_numbers', 'invalid_recipient', 'caller', 'to'],
    ['dst is not a valid phone number', 'invalid_destination', 'invalid_recipient', 'recipient', 'to'],
    ['src is not valid', 'invalid_source', 'invalid_sender', 'caller', 'from'],
    ['answer_url is not valid', 'invalid_url', 'invalid_input', 'caller', undefined],
    ['Destination number opted-out of messages', 'opted_out', 'opted_out', 'recipient', 'to'],
    ['something nobody has ever read', undefined, 'invalid_input', 'caller', undefined],
  ])('%s', async (error, vendorCode, code, whose, field) => {
    const sms = plivoSms(answering(400, { api_id: 'a', error }))
    const refusal = await sms.send(message).catch((reason: unknown) => reason)
    expect(refusal).toMatchObject({ code, fault: whose, effect: 'none', status: 400 })
    expect(refusal).toMatchObject({ vendorCode, field })
    expect(JSON.stringify(refusal)).not.toMatch(new RegExp(`${error}|private|secret-token`))
  })

  it('are not read where they prove nothing', () => {
    for (const status of [401, 404, 500, 503]) expect(fault(new PlivoFault(status, 'dst is not valid'))).toEqual({})
    expect(fault('a string, as the SDK itself throws')).toEqual({})
    expect(fault(new Error('x'))).toEqual({})
  })
})

describe('statuses', () => {
  it.each([
    [401, 'unauthorized', 'credential', 'none'],
    [403, 'not_permitted', 'policy', 'none'],
    [404, 'not_found', 'caller', 'none'],
    [409, 'conflict', 'caller', 'none'],
    [429, 'rate_limited', 'quota', 'none'],
  ])('%i is %s', async (status, code, whose, effect) => {
    const telephony = plivoTelephony(answering(status, { error: 'words' }))
    const input = { to: message.to, from: message.from, flow: { steps: [{ verb: 'hangup' as const }] } }
    await expect(telephony.calls.make(input)).rejects.toMatchObject({ code, fault: whose, effect, status })
  })
})

it('has a row for each code, with its meaning and its page', () => {
  expect(Object.keys(errors).length).toBeGreaterThanOrEqual(25)
  for (const { code, message: sentence, see, effect } of Object.values(errors)) {
    expect(code).toMatch(/^[a-z_]+$/)
    expect(sentence).toMatch(/\.$/)
    expect(see).toMatch(/^https:\/\/www\.plivo\.com\/docs\//)
    expect(['none', 'done']).toContain(effect)
  }
})

it.each([
  ['200', { failure: 'opted_out', vendorCode: '200' }],
  ['50', { failure: 'invalid_recipient', vendorCode: '50' }],
  ['900', { failure: 'no_credit', vendorCode: '900' }],
  ['4711', { failure: 'unknown', vendorCode: '4711' }],
  ['000', {}],
  ['', {}],
])('delivery code "%s"', (code, expected) => {
  expect(failureOf(code)).toEqual(expected)
})
