import { describe, expect, it } from 'vitest'
import { declineOf, errors, readFault } from './errors.ts'
import { pack, unpack } from './note.ts'

const declineReasons = new Set(
  'insufficient_funds card_declined expired_card incorrect_number incorrect_cvc authentication_required authentication_failed fraud_suspected lost_or_stolen limit_exceeded not_supported processing_error canceled_by_payer unknown'.split(
    ' ',
  ),
)

describe('errors of Square', () => {
  it('are a table with a page for each, and no sentence of Square’s', () => {
    expect(Object.keys(errors).length).toBeGreaterThan(80)
    for (const verdict of Object.values(errors))
      expect(verdict).toMatchObject({
        see: expect.stringMatching(/^https:/),
        message: expect.stringMatching(/^[A-Za-z].*\.$/),
      })
  })

  it('call a decline by the interface’s word, without effect', () => {
    const declined = Object.values(errors).filter(({ fault, code }) => fault === 'declined' && code !== 'refund_declined')
    expect(declined.length).toBeGreaterThan(25)
    for (const { code, effect } of declined) expect([declineReasons.has(code), effect]).toEqual([true, 'none'])
    expect(
      ['GENERIC_DECLINE', 'TRANSACTION_LIMIT', 'CARD_DECLINED_VERIFICATION_REQUIRED', 'SOMETHING_NEW'].map((code) =>
        declineOf(code),
      ),
    ).toEqual(['card_declined', 'limit_exceeded', 'authentication_required', 'unknown'])
  })

  it('say that nothing happened only where it is known', () => {
    expect(errors.IDEMPOTENCY_KEY_REUSED?.effect).toBe('unknown')
    expect(errors.TEMPORARY_ERROR?.effect).toBe('unknown')
    for (const code of ['INTERNAL_SERVER_ERROR', 'GATEWAY_TIMEOUT', 'CONFLICT', 'SERVICE_UNAVAILABLE'])
      expect(errors[code]).toBeUndefined()
  })

  it('are read out of the answer, with the field in our words and the payment that is kept', () => {
    const body = { errors: [{ code: 'CVV_FAILURE', field: 'source_id' }], payment: { id: 'p1' } }
    expect(readFault({ body })).toEqual({ vendorCode: 'CVV_FAILURE', field: 'method', thing: 'p1' })
    expect(readFault({ body: { errors: [{ code: 'INVALID_VALUE', field: 'amount_money.currency' }] } })).toMatchObject({
      field: 'amount',
    })
    for (const odd of [undefined, null, 'x', {}, { body: '<html>' }, { body: { errors: [] } }, new Error('x')])
      expect(readFault(odd)).toMatchObject({ vendorCode: undefined })
  })
})

describe('a note', () => {
  const ours = `do-${'a'.repeat(32)}`

  it.each([
    ['nothing', undefined, {}],
    ['a text alone', 'Hello\nWorld', {}],
    ['metadata and a text', 'Hello', { do: ours, meta: { a: 'b\n"c"' } }],
    ['metadata alone', undefined, { ref: 'order', meta: { '{"do":': '1' } }],
    ['a text that looks like ours', `Hello\n{"do":"${ours}","meta":{"x":"y"}}`, {}],
    ['a text that begins like ours', '{"do":"x"}', { card: 'ccof:1' }],
  ])('gives back %s', (_, text, kept) => {
    const { text: again, ...rest } = unpack(pack(text, kept))
    expect([again, JSON.parse(JSON.stringify(rest))]).toEqual([text, kept])
  })

  it('of the seller’s own is a text', () => {
    expect(unpack('{"do":broken')).toEqual({ text: '{"do":broken' })
    expect(unpack(null)).toEqual({})
  })
})
