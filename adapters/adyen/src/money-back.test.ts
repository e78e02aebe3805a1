import { describe, expect, it } from 'vitest'
import { eur, failure, own, setUp } from './test/set-up.ts'

const day = 86_400_000

describe('a refund', () => {
  it('is taken on, and done by a word that the webhook keeps', async () => {
    const { twin, provider, pay, wire, body, last } = setUp()
    const { id: payment } = await pay()
    const refund = await provider.refunds.create({ payment, amount: eur(590n), reason: 'requested_by_customer' })
    expect(refund).toMatchObject({ id: `adyen:${twin.refunds()[0]?.id}`, payment, status: 'pending', amount: eur(590n) })
    expect(body('refunds.create')).toEqual({
      amount: { currency: 'EUR', value: 590 },
      merchantAccount: 'TwinShopECOM',
      merchantRefundReason: 'CUSTOMER REQUEST',
      reference: expect.stringMatching(/^do-/),
    })
    expect(wire('refunds.create')[0]?.headers['idempotency-key']).toMatch(/^do-/)
    expect(last()).toMatchObject({ type: 'refund.updated', refund: refund.id, payment, status: 'succeeded', amount: eur(590n) })
    expect(last()).toMatchObject({ reference: body('refunds.create').reference })
    expect(twin.payments()[0]?.refunded).toBe(590n)
  })

  it('of more than there is fails, and the webhook says so', async () => {
    const { twin, provider, pay, last } = setUp()
    const { id: payment } = await pay()
    await provider.refunds.create({ payment, amount: eur(2000n) })
    const second = await provider.refunds.create({ payment, amount: eur(600n) })
    expect(last()).toMatchObject({
      type: 'refund.updated',
      refund: second.id,
      status: 'failed',
      vendorCode: 'Insufficient balance on payment',
    })
    expect(twin.payments()[0]?.refunded).toBe(2000n)
  })

  it('that the bank sends back days later is not one any more', async () => {
    const { twin, provider, pay, method, last } = setUp()
    const { id: payment } = await pay({ method: method('refundFails') })
    const refund = await provider.refunds.create({ payment, amount: eur(2590n) })
    expect(last().status).toBe('succeeded')
    await twin.advance(14 * day)
    expect(last()).toMatchObject({ type: 'refund.updated', refund: refund.id, status: 'failed' })
    expect(twin.payments()[0]?.refunded).toBe(0n)
  })

  it('whose answer is lost is made once', async () => {
    const { twin, provider, pay } = setUp()
    const { id: payment } = await pay()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'refunds.create' })
    const refund = await provider.refunds.create({ payment, amount: eur(590n) })
    expect(twin.refunds()).toMatchObject([{ id: own(refund.id), amount: 590n }])
  })

  it('that was made on Adyen’s page becomes an event like any other', async () => {
    const { twin, pay, last } = setUp()
    const { id: payment } = await pay()
    const refund = await twin.refundOutside(own(payment), 590n)
    expect(last()).toMatchObject({ type: 'refund.updated', refund: `adyen:${refund}`, payment, status: 'succeeded' })
  })

  it.each([
    ['without an amount', {}],
    ['with metadata', { amount: eur(1n), metadata: { a: 'b' } }],
    ['of a split', { amount: eur(1n), reverseTransfer: true }],
  ])('%s is unsupported', async (_, more) => {
    const { twin, provider, pay } = setUp()
    const { id: payment } = await pay()
    expect(await failure(provider.refunds.create({ payment, ...more }))).toMatchObject({ code: 'unsupported', effect: 'none' })
    expect(twin.refunds()).toEqual([])
  })
})

describe('a dispute', () => {
  it('is told from the notification to the end, and taken from the books once', async () => {
    const { twin, pay, events } = setUp()
    const { id: payment } = await pay()
    const dispute = `adyen:${await twin.dispute(own(payment))}`
    await twin.decideDispute(own(dispute), 'won')
    expect(events.slice(1)).toMatchObject([
      { type: 'dispute.updated', dispute, payment, status: 'needs_response', amount: eur(2590n) },
      { type: 'dispute.updated', dispute, payment, status: 'needs_response' },
      { type: 'dispute.updated', dispute, payment, status: 'won' },
    ])
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4)
  })

  it('is contested with a document of what the evidence says', async () => {
    const { twin, provider, pay, body, last } = setUp()
    const { id: payment } = await pay()
    const id = `adyen:${await twin.dispute(own(payment))}`
    const explanation = `It was delivered (see tracking). ${'Grüße \\ '.repeat(40)}`
    const answer = await provider.disputes.submit({ id, evidence: { explanation, shippingTracking: '1Z999' } })
    expect(answer).toMatchObject({ id, status: 'under_review' })
    expect(last()).toMatchObject({ dispute: id, status: 'under_review' })
    const [document] = body('disputes.supply').defenseDocuments as { content: string; contentType: string }[]
    const text = atob(document?.content ?? '')
    expect(document?.contentType).toBe('application/pdf')
    expect(text).toMatch(/^%PDF-1\.4\n[\s\S]*\(1Z999\) Tj[\s\S]*%%EOF\n$/)
    expect(text).toContain('It was delivered \\(see tracking\\). Gr\u00fc')
    expect(body('disputes.submit')).toEqual({
      defenseReasonCode: 'SupplyDefenseMaterial',
      disputePspReference: own(id),
      merchantAccountCode: 'TwinShopECOM',
    })
  })

  it('is kept with its document until it is handed in', async () => {
    const { twin, provider, pay, wire } = setUp()
    const { id: payment } = await pay()
    const id = `adyen:${await twin.dispute(own(payment))}`
    expect(await provider.disputes.submit({ id, evidence: { explanation: 'x' }, submit: false })).toMatchObject({
      status: 'needs_response',
    })
    expect(wire('disputes.submit')).toEqual([])
    expect(await provider.disputes.submit({ id, evidence: { explanation: 'y' } })).toMatchObject({ status: 'under_review' })
  })

  it('is accepted once, and nothing more is taken then', async () => {
    const { twin, provider, pay, last } = setUp()
    const { id: payment } = await pay()
    const id = `adyen:${await twin.dispute(own(payment))}`
    expect(await provider.disputes.accept(id)).toMatchObject({ id, status: 'accepted' })
    expect(last()).toMatchObject({ dispute: id, status: 'accepted' })
    expect(await provider.disputes.accept(id)).toMatchObject({ id, status: 'accepted' })
    expect(await failure(provider.disputes.submit({ id, evidence: { explanation: 'x' } }))).toMatchObject({
      code: 'too_late',
      effect: 'none',
    })
  })

  it('takes only what a document can say', async () => {
    const { twin, provider } = setUp()
    const submit = (evidence: object) => failure(provider.disputes.submit({ id: 'adyen:X', evidence }))
    expect(await submit({ explanation: '届いた' })).toMatchObject({ code: 'evidence_not_representable', field: 'evidence' })
    expect(await submit({})).toMatchObject({ code: 'invalid_input', field: 'evidence' })
    expect(await failure(provider.disputes.get('adyen:X'))).toMatchObject({ code: 'unsupported' })
    expect(twin.requests()).toEqual([])
  })

  it('that nobody answers is lost', async () => {
    const { twin, pay, last } = setUp()
    const { id: payment } = await pay()
    await twin.dispute(own(payment))
    await twin.advance(20 * day)
    expect(last()).toMatchObject({ type: 'dispute.updated', status: 'lost' })
  })
})
