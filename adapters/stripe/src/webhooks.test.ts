import type { PaymentsEvent } from '@do/payments'
import { testClock } from '@do/provider'
import { Stripe } from 'stripe'
import { describe, expect, it } from 'vitest'
import { failure, setUp, usd } from './test/set-up.ts'

const body = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payout.failed',
  created: 1_795_000_000,
  account: 'acct_7',
  data: {
    object: {
      id: 'po_1',
      object: 'payout',
      amount: 500,
      currency: 'usd',
      status: 'failed',
      failure_code: 'account_closed',
      metadata: { do_reference: 'do-1' },
    },
  },
})

/** A webhook with the header that Stripe's own SDK makes for it. */
async function signed(secret: string, seconds: number, payload = body, more = ''): Promise<Request> {
  const header = await Stripe.webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp: seconds,
    cryptoProvider: Stripe.createSubtleCryptoProvider(),
  } as never)
  return new Request('https://hooks.example.com/stripe', {
    method: 'POST',
    headers: { 'stripe-signature': `${header}${more}` },
    body: payload,
  })
}

/** The payload and secret of stripe-node's own tests, signed by the documented scheme. */
const vector = {
  secret: 'whsec_test_secret',
  seconds: 1_492_774_577,
  body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
  header: 't=1492774577,v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812',
}

describe('receive', () => {
  it('agrees with the signature of a known payload and secret', async () => {
    const { provider } = setUp({
      webhookSecrets: { connected: vector.secret },
      clock: testClock(vector.seconds * 1000),
    })
    const headers = { 'stripe-signature': vector.header }
    const request = new Request('https://hooks.example.com', { method: 'POST', headers, body: vector.body })
    // Signed correctly, so it is read; but it is of no type.
    expect((await failure(provider.receive(request))).code).toBe('webhook_malformed')
  })

  it('verifies what the SDK signs, by the secret of either endpoint, old or new', async () => {
    const { twin, provider } = setUp({ webhookSecrets: { platform: ['whsec_old', 'whsec_new'], connected: 'whsec_connect' } })
    const now = Math.floor(twin.clock.now() / 1000)
    for (const secret of ['whsec_old', 'whsec_new', 'whsec_connect']) {
      const [event] = await provider.receive(await signed(secret, now, body, ',v1=00,v0=11'))
      expect(event).toMatchObject({
        type: 'payout.updated',
        eventId: 'evt_1',
        payout: 'stripe:acct_7/po_1',
        account: 'stripe:acct_7',
        status: 'failed',
        vendorCode: 'account_closed',
        reference: 'do-1',
        amount: usd(500n),
        at: new Date(1_795_000_000_000).toISOString(),
      })
    }
    expect(await failure(provider.receive(await signed('whsec_else', now)))).toMatchObject({ code: 'webhook_signature' })
  })

  it('refuses what is old, of the future, changed, unsigned, or without secrets to tell', async () => {
    const { twin, provider } = setUp({ webhookSecrets: { platform: 'whsec_1' } })
    const now = Math.floor(twin.clock.now() / 1000)
    const code = async (request: Request, at = provider) => (await failure(at.receive(request))).code
    expect(await code(await signed('whsec_1', now - 301))).toBe('webhook_expired')
    expect(await code(await signed('whsec_1', now + 301))).toBe('webhook_expired')
    const request = await signed('whsec_1', now)
    const changed = new Request(request.url, { method: 'POST', headers: request.headers, body: body.replace('500', '501') })
    expect(await code(changed)).toBe('webhook_signature')
    const bad = (header: string) => new Request(request.url, { method: 'POST', headers: { 'stripe-signature': header }, body })
    expect(await code(bad('v1=abc'))).toBe('webhook_expired')
    expect(await code(bad(`t=${now}`))).toBe('webhook_signature')
    expect(await code(bad('nonsense'))).toBe('webhook_signature')
    const none = setUp({ webhookSecrets: {} })
    expect(await code(bad(`t=${now},v1=${'0'.repeat(64)}`), none.provider)).toBe('webhook_signature')
    expect(await code(await signed('whsec_1', now, '"text"'))).toBe('webhook_malformed')
  })

  const read = async (type: string, object: object | undefined, account?: string): Promise<PaymentsEvent> => {
    const { twin, provider } = setUp({ webhookSecrets: { platform: 'whsec_1' } })
    const payload = JSON.stringify({ id: 'evt_1', type, account, data: { object } })
    const [event] = await provider.receive(await signed('whsec_1', Math.floor(twin.clock.now() / 1000), payload))
    return event as PaymentsEvent
  }

  it('reads each kind of object, whatever the event is called', async () => {
    const money = { amount: 700, currency: 'usd' }
    const charge = { id: 'ch_1', object: 'charge', payment_intent: 'pi_1', ...money }
    expect(await read('charge.refunded', charge)).toMatchObject({ type: 'payment.updated', payment: 'stripe:pi_1' })
    const dispute = {
      id: 'du_1',
      object: 'dispute',
      payment_intent: 'pi_1',
      status: 'warning_closed',
      reason: 'general',
      ...money,
    }
    expect(await read('charge.dispute.closed', dispute)).toMatchObject({ dispute: 'stripe:du_1', status: 'prevented' })
    const refund = { id: 're_1', object: 'refund', payment_intent: 'pi_1', status: 'failed', ...money }
    expect(await read('refund.failed', refund)).toMatchObject({ refund: 'stripe:re_1', payment: 'stripe:pi_1', status: 'failed' })
    const invoice = { id: 'in_1', object: 'invoice', status: 'open', total: 700, currency: 'jpy' }
    expect(await read('invoice.payment_failed', invoice)).toMatchObject({
      amount: { amount: 700n, currency: 'JPY' },
      status: 'open',
    })
    expect(await read('invoice.deleted', { ...invoice, status: 'draft' })).toMatchObject({
      invoice: 'stripe:in_1',
      status: 'void',
    })
    const paused = { id: 'sub_1', object: 'subscription', status: 'active', pause_collection: { behavior: 'void' } }
    expect(await read('customer.subscription.updated', paused)).toMatchObject({ subscription: 'stripe:sub_1', status: 'paused' })
    const reversed = { id: 'tr_1', object: 'transfer', amount_reversed: 100, reversed: false, ...money }
    expect(await read('transfer.reversed', reversed)).toMatchObject({ transfer: 'stripe:tr_1', status: 'partially_reversed' })
  })

  it('names an account by itself, and what is in it by both', async () => {
    const account = { id: 'acct_7', object: 'account', charges_enabled: true, payouts_enabled: true, details_submitted: true }
    expect(await read('account.updated', account, 'acct_7')).toMatchObject({ connected: 'stripe:acct_7', status: 'enabled' })
    const application = { id: 'ca_1', object: 'application' }
    expect(await read('account.application.deauthorized', application, 'acct_7')).toMatchObject({
      type: 'account.deauthorized',
      connected: 'stripe:acct_7',
    })
    const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount: 5, currency: 'usd' }
    expect(await read('payment_intent.succeeded', intent, 'acct_7')).toMatchObject({ payment: 'stripe:acct_7/pi_1' })
  })

  it('passes on what it does not know', async () => {
    for (const object of [
      { id: 'py_1', object: 'charge', payment_intent: null },
      { id: 'x_1', object: 'something' },
      { object: 'invoice' },
      { object: 'toString', id: 'x' },
      undefined,
    ])
      expect(await read('something.happened', object)).toMatchObject({ type: 'unknown', eventId: 'evt_1' })
  })
})
