import type { DeclineReason } from '@do/payments'
import { describe, expect, it } from 'vitest'
import { declineReason, errors, failureCode, readFault } from './errors.ts'

describe('the table of errors', () => {
  it('has a page for every row, and says what to do in our own words', () => {
    expect(Object.keys(errors).length).toBeGreaterThan(100)
    for (const [code, { see, message }] of Object.entries(errors)) {
      expect(see, code).toMatch(/^https:\/\/docs\.stripe\.com\//)
      expect(message, code).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('promises that nothing happened only where Stripe says so', () => {
    const unknown = Object.entries(errors).flatMap(([code, { effect }]) => (effect === 'none' ? [] : [`${code} ${effect}`]))
    expect(unknown).toEqual([
      'do:lookup unknown',
      'idempotency_key_in_use unknown',
      'idempotency_error unknown',
      'http:409 unknown',
    ])
  })

  it.each<[string, string | undefined, DeclineReason]>([
    ['card_declined', 'insufficient_funds', 'insufficient_funds'],
    ['card_declined', 'do_not_honor', 'card_declined'],
    ['card_declined', 'stolen_card', 'lost_or_stolen'],
    ['card_declined', 'fraudulent', 'fraud_suspected'],
    ['card_declined', 'a_code_of_next_year', 'card_declined'],
    ['expired_card', undefined, 'expired_card'],
    ['incorrect_cvc', undefined, 'incorrect_cvc'],
    ['authentication_required', 'authentication_required', 'authentication_required'],
    ['payment_intent_authentication_failure', undefined, 'authentication_failed'],
    ['debit_not_authorized', undefined, 'card_declined'],
    ['resource_missing', undefined, 'unknown'],
  ])('reads %s with %s as %s', (code, decline_code, reason) => {
    expect(declineReason(decline_code === undefined ? { code } : { code, decline_code })).toBe(reason)
  })

  it('takes the decline code where it is known, and the payment that Stripe keeps', () => {
    const error = {
      rawType: 'card_error',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'lost_card',
      payment_intent: { id: 'pi_1' },
    }
    expect(readFault(error)).toEqual({ vendorCode: 'lost_card', field: undefined, thing: 'pi_1' })
    expect(readFault({ ...error, decline_code: 'new_code' }).vendorCode).toBe('card_declined')
    expect(failureCode({ code: 'new_code' })).toBe('new_code')
  })

  it('names fields as ours, and tells a wrong key from wrong input by its status', () => {
    const invalid = { rawType: 'invalid_request_error', statusCode: 400 }
    expect(readFault({ ...invalid, param: 'success_url' })).toMatchObject({
      vendorCode: 'invalid_request_error',
      field: 'successUrl',
    })
    expect(readFault({ ...invalid, param: 'payment_method' }).field).toBe('method')
    expect(readFault({ ...invalid, param: 'line_items[0][price]' }).field).toBeUndefined()
    expect(readFault({ ...invalid, param: 'currency' }).vendorCode).toBe('param:currency')
    expect(readFault({ ...invalid, statusCode: 401 }).vendorCode).toBeUndefined()
    expect(readFault(undefined)).toEqual({ vendorCode: undefined, field: undefined, thing: undefined })
  })
})
