import { hmac, ProviderError, toBase64 } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { eur, own, setUp } from './test/set-up.ts'
import { type Item, recognises, verified } from './webhooks.ts'

/** From the tests of Adyen's own library for Node. */
const key = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00'
const item: Item = {
  pspReference: 'pspReference',
  originalReference: 'originalReference',
  merchantAccountCode: 'merchantAccount',
  merchantReference: 'reference',
  amount: { currency: 'EUR', value: 1000 },
  eventCode: 'REPORT_AVAILABLE',
  success: 'true',
  additionalData: { hmacSignature: 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=' },
}
const options = { apiKey: 'k', merchantAccount: 'merchantAccount', hmacKey: key }
const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const signed = async (data: string) => toBase64(await hmac('SHA-256', bytes(key), data))

function request(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    method: 'POST',
    url: 'https://shop.example.com/hooks',
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    body: new TextEncoder().encode(text),
    text,
  }
}

const batch = (...items: readonly unknown[]) => ({
  live: 'false',
  notificationItems: items.map((NotificationRequestItem) => ({ NotificationRequestItem })),
})
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'verified',
    (error: unknown) => (ProviderError.is(error) ? error.code : error),
  )

describe('the signature of a standard webhook', () => {
  it('agrees with that of Adyen’s library', async () => {
    expect(await verified(request(batch(item)), options)).toEqual({ items: [item] })
  })

  it('is taken by any of several keys, while they rotate', async () => {
    expect(await code(verified(request(batch(item)), { ...options, hmacKey: ['00'.repeat(32), key] }))).toBe('verified')
    expect(await code(verified(request(batch(item)), { ...options, hmacKey: ['00'.repeat(32)] }))).toBe('webhook_signature')
    expect(await code(verified(request(batch(item)), { ...options, hmacKey: [] }))).toBe('webhook_signature')
  })

  it.each([
    ['as Adyen does it', (text: string) => text],
    ['as Adyen writes of it', (text: string) => text.replace(/[\\:]/g, '\\$&')],
  ])('covers a reference with colons and backslashes, %s', async (_, written) => {
    const merchantReference = '14-08-2020-09:53:00\\a'
    const hmacSignature = await signed(
      `pspReference:originalReference:merchantAccount:${written(merchantReference)}:1000:EUR:REPORT_AVAILABLE:true`,
    )
    const given = { ...item, merchantReference, additionalData: { hmacSignature } }
    expect(await code(verified(request(batch(given)), options))).toBe('verified')
  })

  it.each<[string, Partial<Item>]>([
    ['pspReference', { pspReference: 'other' }],
    ['originalReference', { originalReference: undefined as never }],
    ['merchantReference', { merchantReference: 'other' }],
    ['amount', { amount: { currency: 'EUR', value: 1001 } }],
    ['currency', { amount: { currency: 'USD', value: 1000 } }],
    ['eventCode', { eventCode: 'AUTHORISATION' }],
    ['success', { success: 'false' }],
    ['signature', { additionalData: {} }],
    ['signature of another length', { additionalData: { hmacSignature: 'AAAA' } }],
  ])('is refused with another %s', async (_, change) => {
    expect(await code(verified(request(batch({ ...item, ...change })), options))).toBe('webhook_signature')
  })

  it('is refused for a whole batch when one item is not signed, and for an empty one', async () => {
    expect(await code(verified(request(batch(item, { ...item, success: 'false' })), options))).toBe('webhook_signature')
    for (const body of [batch(), {}, [], 'no JSON', batch(null), batch({ eventCode: 1 })])
      expect(await code(verified(request(body), options))).toBe('webhook_signature')
  })

  it('is refused for another shop under the same key', async () => {
    expect(await code(verified(request(batch(item)), { ...options, merchantAccount: 'other' }))).toBe('webhook_signature')
  })

  it('is taken for a batch of several shops, where the others are not ours', async () => {
    const theirs = {
      ...item,
      merchantAccountCode: 'other',
      additionalData: {
        hmacSignature: await signed('pspReference:originalReference:other:reference:1000:EUR:REPORT_AVAILABLE:true'),
      },
    }
    expect(await code(verified(request(batch(theirs)), options))).toBe('webhook_signature')
    expect(await verified(request(batch(item, theirs)), options)).toEqual({ items: [item, theirs] })
  })

  it.each(['', 'no hex', 'ABC', ['00', '']])('is never checked with %o, which is no key', (hmacKey) => {
    expect(() => setUp({ hmacKey })).toThrow(expect.objectContaining({ code: 'invalid_option', field: 'hmacKey' }))
  })

  it('needs the user and the password where they are configured', async () => {
    const more = { ...options, webhookBasic: { username: 'adyen', password: 'pässword' } }
    const authorization = `Basic ${toBase64(new TextEncoder().encode('adyen:pässword'))}`
    expect(await code(verified(request(batch(item)), more))).toBe('webhook_signature')
    expect(await code(verified(request(batch(item), { authorization: 'Basic x' }), more))).toBe('webhook_signature')
    expect(await code(verified(request(batch(item), { authorization }), more))).toBe('verified')
  })
})

describe('the signature of a webhook of the platform', () => {
  const text = '{"data":{},"environment":"test","type":"balancePlatform.transfer.created"}'

  it('covers the body', async () => {
    const hmacsignature = await signed(text)
    expect(await code(verified(request(text, { hmacsignature }), options))).toBe('verified')
    expect(await code(verified(request(text.replace('test', 'live'), { hmacsignature }), options))).toBe('webhook_signature')
    expect(await code(verified(request(text), options))).toBe('webhook_signature')
  })
})

describe('whose webhook it is', () => {
  it.each<[boolean, Record<string, string>]>([
    [true, { 'content-type': 'application/json; charset=utf-8' }],
    [true, { hmacsignature: 'x', 'content-type': 'text/plain' }],
    [false, { 'content-type': 'application/x-www-form-urlencoded' }],
    [false, { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=x' }],
    [false, { 'content-type': 'application/json', 'x-square-hmacsha256-signature': 'x' }],
    [false, {}],
  ])('is %s for %o', (ours, headers) => {
    expect(recognises(new Headers(headers))).toBe(ours)
  })
})

describe('what a webhook becomes', () => {
  it('has the same id when it comes twice, and another one for another step', async () => {
    const { twin, pay, provider, events } = setUp()
    twin.nextWebhook('duplicate')
    const { id } = await pay({ capture: 'manual' })
    await provider.payments.cancel(id)
    const ids = events.map(({ eventId }) => eventId)
    expect(ids).toHaveLength(3)
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('says the same in whatever order', async () => {
    const { twin, pay, provider, events } = setUp()
    twin.holdWebhooks(true)
    const { id } = await pay({ capture: 'manual' })
    await provider.payments.capture({ id, amount: eur(2590n) })
    await provider.refunds.create({ payment: id, amount: eur(590n) })
    expect(events).toEqual([])
    await twin.releaseWebhooks((count) => Array.from({ length: count }, (_, at) => count - 1 - at))
    expect(events).toMatchObject([
      { type: 'refund.updated', payment: id, status: 'succeeded', amount: eur(590n) },
      { type: 'payment.updated', payment: id, status: 'captured' },
      { type: 'payment.updated', payment: id, status: 'authorized' },
    ])
  })

  it.each([
    ['AUTHORISATION', 'true', {}, { status: 'authorized' }],
    ['AUTHORISATION', 'true', { captureDelayHours: '0' }, { status: 'captured' }],
    [
      'AUTHORISATION',
      'true',
      { 'metadata.do_reference': `do-${'a'.repeat(32)}` },
      { status: 'captured', reference: `do-${'a'.repeat(32)}` },
    ],
    ['CAPTURE_FAILED', 'true', {}, { type: 'payment.updated', status: 'failed', payment: 'adyen:ORIGINAL' }],
    ['TECHNICAL_CANCEL', 'true', {}, { type: 'payment.updated', status: 'canceled' }],
    [
      'CANCEL_OR_REFUND',
      'true',
      { 'modification.action': 'refund' },
      { type: 'refund.updated', status: 'succeeded', refund: 'adyen:PSP' },
    ],
    ['CANCEL_OR_REFUND', 'true', { 'modification.action': 'cancel' }, { type: 'payment.updated', status: 'canceled' }],
    ['REFUNDED_REVERSED', 'true', {}, { type: 'refund.updated', status: 'failed' }],
    ['REQUEST_FOR_INFORMATION', 'true', {}, { type: 'dispute.updated', status: 'warning' }],
    // No money went, so none is lost: a chargeback is told by an event of its own.
    ['REQUEST_FOR_INFORMATION', 'true', { disputeStatus: 'Expired' }, { type: 'dispute.updated', status: 'warning' }],
    ['INFORMATION_SUPPLIED', 'true', { disputeStatus: 'Responded' }, { type: 'dispute.updated', status: 'warning' }],
    ['DISPUTE_DEFENSE_PERIOD_ENDED', 'true', { disputeStatus: 'Expired' }, { type: 'dispute.updated', status: 'lost' }],
    [
      'NOTIFICATION_OF_CHARGEBACK',
      'true',
      { disputeStatus: 'Undefended' },
      { type: 'dispute.updated', status: 'needs_response' },
    ],
    ['SECOND_CHARGEBACK', 'true', {}, { type: 'dispute.updated', status: 'lost' }],
    ['PREARBITRATION_WON', 'true', { disputeStatus: 'Won' }, { type: 'dispute.updated', status: 'won', dispute: 'adyen:PSP' }],
    ['PREARBITRATION_LOST', 'true', {}, { type: 'dispute.updated', status: 'lost', payment: 'adyen:ORIGINAL' }],
    ['REPORT_AVAILABLE', 'true', {}, { type: 'unknown' }],
  ])('%s (success %s, %o)', async (eventCode, success, additionalData, expected) => {
    const { provider } = setUp({ hmacKey: key, merchantAccount: 'merchantAccount' })
    const amount = { currency: 'EUR', value: 2590 }
    const hmacSignature = await signed(`PSP:ORIGINAL:merchantAccount:order:2590:EUR:${eventCode}:${success}`)
    const one = {
      pspReference: 'PSP',
      originalReference: 'ORIGINAL',
      merchantAccountCode: 'merchantAccount',
      merchantReference: 'order',
      amount,
      eventCode,
      success,
      eventDate: '2026-01-01T01:00:00+01:00',
      additionalData: { ...additionalData, hmacSignature },
    }
    const made = new Request('https://shop.example.com/hooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch(one)),
    })
    const [event] = await provider.receive(made)
    expect(event).toMatchObject(expected)
    if (event?.type !== 'unknown') expect(event).toMatchObject({ at: '2026-01-01T00:00:00.000Z', amount: eur(2590n) })
  })

  it('is heard although its amount has no exact counterpart', async () => {
    const { provider } = setUp({ hmacKey: key, merchantAccount: 'merchantAccount' })
    const hmacSignature = await signed('PSP::merchantAccount:order:150:CLP:AUTHORISATION:true')
    const one = {
      pspReference: 'PSP',
      merchantAccountCode: 'merchantAccount',
      merchantReference: 'order',
      amount: { currency: 'CLP', value: 150 },
      eventCode: 'AUTHORISATION',
      success: 'true',
      additionalData: { hmacSignature },
    }
    const headers = { 'content-type': 'application/json' }
    const made = new Request('https://shop.example.com/hooks', { method: 'POST', headers, body: JSON.stringify(batch(one)) })
    const [event] = await provider.receive(made)
    expect(event).toMatchObject({ type: 'payment.updated', payment: 'adyen:PSP', status: 'authorized' })
    expect(event).not.toHaveProperty('amount')
  })

  it('comes before the answer of what caused it', async () => {
    const { twin, pay, events } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    const payment = await pay()
    expect(events).toMatchObject([{ payment: payment.id, status: 'captured' }])
    expect(own(payment.id)).toBe(twin.payments()[0]?.id)
  })
})
