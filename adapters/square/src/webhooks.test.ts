import { squareTwin } from '@do/fixtures/square'
import { describe, expect, it } from 'vitest'
import { squarePayments } from './index.ts'
import { card, refusal, shop, usd } from './test/set-up.ts'

/** From the tests of Square's SDK. */
const vector = {
  key: 'Ibxx_5AKakO-3qeNVR61Dw',
  url: 'https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9',
  body: '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
  signature: 'GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=',
}

function endpoint(webhookSignatureKey?: string | readonly string[], webhookUrl: string | undefined = vector.url) {
  const keys = webhookSignatureKey === undefined ? {} : { webhookSignatureKey }
  const square = squarePayments({
    accessToken: 'x',
    locationId: 'L1',
    ...keys,
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
  })
  return (body = vector.body, signature: string | null = vector.signature, url = vector.url) =>
    square.receive(
      new Request(url, {
        method: 'POST',
        body,
        headers: signature === null ? {} : { 'x-square-hmacsha256-signature': signature },
      }),
    )
}

describe('webhooks of Square', () => {
  it('are verified as the SDK of Square does it', async () => {
    expect(await endpoint(vector.key)()).toEqual([
      { type: 'unknown', eventId: 'ac3ac95b-f97d-458c-a6e6-18981597e05f', raw: expect.anything() },
    ])
  })

  it('are signed by the twin in the same way', async () => {
    const twin = squareTwin({ webhookUrl: 'https://hooks.example.com/a?b=c' })
    const seen: string[] = []
    const square = squarePayments({ ...twin.credentials, webhookUrl: 'https://hooks.example.com/a?b=c' })
    twin.connect(async (request) => {
      seen.push(...(await square.receive(request)).map(({ type }) => type))
      return new Response(null)
    })
    await twin.unknownEvent()
    expect(seen).toEqual(['unknown'])
  })

  it('are accepted with any of several keys, while keys rotate', async () => {
    expect(await endpoint(['old', vector.key])()).toHaveLength(1)
  })

  it('are checked against the URL of the subscription, letter by letter, behind whatever proxy', async () => {
    const behind = endpoint(vector.key)
    expect(await behind(vector.body, vector.signature, 'http://10.0.0.7:8787/inner')).toHaveLength(1)
    expect(await refusal(endpoint(vector.key, `${vector.url}/`)())).toMatchObject({ code: 'webhook_signature' })
  })

  it.each([
    ['a body that was changed', () => endpoint(vector.key)(vector.body.replace('MLEF', 'MLEG'))],
    ['another key', () => endpoint('other')()],
    ['no key configured', () => endpoint()()],
    ['an empty key', () => endpoint('')()],
    ['no signature', () => endpoint(vector.key)(vector.body, null)],
    ['an empty signature', () => endpoint(vector.key)(vector.body, '')],
  ])('are refused: %s', async (_, call) => {
    expect(await refusal(call())).toMatchObject({ code: 'webhook_signature', effect: 'none' })
  })

  it('tell of payments, refunds, disputes, payouts, invoices and subscriptions', async () => {
    const { square, twin, events } = shop()
    const { id } = await square.payments.create({ amount: usd(2_590n), method: card })
    expect(events.slice(-2)).toMatchObject([
      { type: 'payment.updated', payment: id, status: 'authorized', amount: usd(2_590n) },
      { type: 'payment.updated', payment: id, status: 'captured', at: '2026-01-01T00:00:00.000Z' },
    ])
    const dispute = `square:${await twin.dispute(id.slice(7))}`
    expect(events.at(-1)).toMatchObject({
      type: 'dispute.updated',
      dispute,
      payment: id,
      status: 'needs_response',
      amount: usd(2_590n),
    })
    await refusal(square.payments.create({ amount: usd(1n), method: 'square:cnon:card-nonce-rejected-cvv' }))
    expect(events.at(-1)).toMatchObject({
      type: 'payment.updated',
      status: 'failed',
      failure: 'incorrect_cvc',
      vendorCode: 'CVV_FAILURE',
    })
    const other = await square.payments.create({ amount: usd(9_000n), method: card })
    await twin.advance(3 * 86_400_000)
    const payout = `square:${await twin.payoutBySchedule()}`
    expect(events.at(-1)).toMatchObject({ type: 'payout.updated', payout, status: 'in_transit' })
    await twin.bank(payout.slice(7), 'paid')
    await twin.bank(payout.slice(7), 'failed')
    expect(events.slice(-2)).toMatchObject([{ status: 'paid' }, { status: 'failed' }])
    expect(await square.resolve(events.at(-1) as never)).toMatchObject({
      type: 'payout',
      value: { id: payout, status: 'failed' },
    })
    expect(other.status).toBe('captured')
  })
})
