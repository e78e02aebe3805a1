import { describe, expect, it } from 'vitest'
import { errors, fault } from './errors.ts'
import { failureOf, statusOf } from './message-status.ts'

describe('the error table', () => {
  it.each([
    [20003, 'unauthorized', 'credential', 'none', undefined],
    [20005, 'account_inactive', 'credential', 'none', undefined],
    [20404, 'not_found', 'caller', 'none', undefined],
    [20429, 'rate_limited', 'quota', 'none', undefined],
    [20500, 'vendor_error', 'provider', 'unknown', undefined],
    [20503, 'vendor_error', 'provider', 'unknown', undefined],
    [21211, 'invalid_recipient', 'recipient', 'none', undefined],
    [21212, 'invalid_sender', 'caller', 'none', undefined],
    [21215, 'region_not_enabled', 'policy', 'none', true],
    [21220, 'call_not_live', 'caller', 'none', undefined],
    [21408, 'region_not_enabled', 'policy', 'none', true],
    [21422, 'number_unavailable', 'caller', 'none', undefined],
    [21606, 'sender_not_owned', 'caller', 'none', true],
    [21608, 'trial_account', 'policy', 'none', true],
    [21610, 'opted_out', 'recipient', 'none', undefined],
    [21611, 'rate_limited', 'quota', 'none', undefined],
    [21614, 'invalid_recipient', 'recipient', 'none', undefined],
    [21617, 'invalid_input', 'caller', 'none', undefined],
    [21649, 'regulatory', 'policy', 'none', true],
    [30409, 'not_cancelable', 'caller', 'none', undefined],
    [35114, 'invalid_send_time', 'caller', 'none', undefined],
  ])('%i', (code, name, who, effect, elsewhere) => {
    expect(errors[code]).toMatchObject({ code: name, fault: who, effect })
    expect(errors[code]?.elsewhere).toBe(elsewhere)
    expect(errors[code]?.see).toBe(`https://www.twilio.com/docs/api/errors/${code}`)
  })

  it('never sends somebody who has opted out, or a wrong number, to another vendor', () => {
    const recipient = Object.values(errors).filter((row) => row.fault === 'recipient')
    expect(recipient.length).toBeGreaterThan(4)
    expect(recipient.every((row) => row.elsewhere === undefined)).toBe(true)
  })

  it('names each code once and says what to do in its own words', () => {
    expect(Object.keys(errors).length).toBeGreaterThan(60)
    for (const { message } of Object.values(errors)) expect(message).toMatch(/^[A-Z].{15,}\.$/)
  })

  it('reads the code and the field out of what the SDK throws, whatever that is', () => {
    expect(fault({ code: 21610, status: 400 })).toEqual({ vendorCode: '21610', field: 'to' })
    expect(fault(new SyntaxError('Unexpected token'))).toEqual({ vendorCode: undefined, field: undefined })
    expect(fault(undefined)).toEqual({ vendorCode: undefined, field: undefined })
    expect(fault('text')).toEqual({ vendorCode: undefined, field: undefined })
  })
})

describe('message statuses', () => {
  it.each([
    ['accepted', 'queued'],
    ['scheduled', 'scheduled'],
    ['sending', 'sending'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['receiving', 'received'],
    ['something-new', 'queued'],
  ])('%s is %s', (theirs, ours) => expect(statusOf(theirs)).toBe(ours))

  it('explains failures only of what failed', () => {
    expect(failureOf('undelivered', 30006)).toBe('landline')
    expect(failureOf('failed', '30007')).toBe('filtered')
    expect(failureOf('failed', 99999)).toBe('unknown')
    expect(failureOf('delivered', 30003)).toBeUndefined()
  })
})
