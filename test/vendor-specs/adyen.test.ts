import { describe, expect, it } from 'vitest'
import { adyenJourneys, adyenScene } from './adyen-journey.ts'
import { adyenSpec } from './adyen-spec.ts'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { judge } from './probe.ts'
import { unnoticed } from './spoil.ts'

describe.skipIf(!available())('adyen: adapter and twin against the descriptions', () => {
  const exchanges: Exchange[] = []
  const kinds = new Set<string>()

  it.each(adyenJourneys)('%s', async (_, journey) => {
    const at = adyenScene()
    await journey(at)
    exchanges.push(...at.watch.exchanges)
    for (const kind of at.watch.operations().checked) kinds.add(kind)
    const findings = at.watch.findings.map(
      ({ side, operation, at: where, says }) => `${operation} ${side}: ${where.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    expect([...new Set(findings)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(5)
    expect(at.watch.unchecked).toEqual([])
  })

  it('used every route and webhook that the adapter knows', () => {
    expect(kinds.size).toBeGreaterThan(60)
  })

  it('notices whatever is spoiled in this traffic', () => {
    const missed = unnoticed(exchanges, adyenSpec())
    expect(missed).toEqual([])
  })
})

describe.skipIf(!available())("adyen: the checker on Adyen's descriptions", () => {
  const on = (host: string) => judge(adyenSpec(), `https://${host}-test.adyen.com`, { 'x-api-key': 'x' })
  const amount = { currency: 'EUR', value: 100 }
  const card = { type: 'scheme', encryptedCardNumber: 'test_4111111111111111' }
  const payment = { amount, merchantAccount: 'M', reference: 'r', returnUrl: 'https://a.example', paymentMethod: card }
  const item = {
    pspReference: 'P',
    merchantReference: 'r',
    merchantAccountCode: 'M',
    eventDate: '2026-01-01T00:00:00Z',
    amount,
    eventCode: 'CAPTURE',
    success: 'true',
  }
  const batch = (more: object) => ({ live: 'false', notificationItems: [{ NotificationRequestItem: { ...item, ...more } }] })

  it.each<[string, () => readonly string[], string]>([
    [
      'a missing member',
      () => on('checkout').request('POST', '/v72/payments', { ...payment, reference: undefined }),
      '/body/reference is required',
    ],
    [
      'a wrong type',
      () => on('checkout').request('POST', '/v72/payments', { ...payment, captureDelayHours: '0' }),
      '/body/captureDelayHours must be',
    ],
    [
      'an unknown member',
      () => on('checkout').request('POST', '/v72/payments', { ...payment, capture: 1 }),
      '/body/capture is not described',
    ],
    [
      'a value that is not in the list',
      () => on('checkout').answer('POST', '/v72/payments', 200, { resultCode: 'Paid' }),
      '/body/resultCode must be',
    ],
    ['an unknown path', () => on('checkout').request('GET', '/v72/payments/X'), '/path there is no path'],
    ['a path of another host', () => on('checkout').request('POST', '/btl/v4/transfers', {}), '/path there is no path'],
    [
      'a webhook with an unknown member',
      () => on('ca').webhook(batch({ state: 1 }), {}),
      'NotificationRequestItem/state is not described',
    ],
    [
      'a webhook with a wrong type',
      () => on('ca').webhook(batch({ success: true }), {}),
      'NotificationRequestItem/success must be string',
    ],
  ])('finds %s', (_, findings, expected) => expect(findings().join('\n')).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on('checkout').request('POST', '/v72/payments', payment)).toEqual([])
    expect(on('ca').webhook(batch({}), {})).toEqual([])
  })
})
