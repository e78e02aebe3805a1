import { stripeTwin } from '@do/fixtures/stripe'
import type { PaymentsEvent } from '@do/payments'
import { stripePayments } from '@do/stripe'
import { expect, it } from 'vitest'

const twin = stripeTwin()

function fresh() {
  twin.reset()
  const provider = stripePayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  const seen: (readonly PaymentsEvent[] | string)[] = []
  twin.connect(async (request) => {
    seen.push(await provider.receive(request).catch((error: unknown) => (error as { code: string }).code))
    return new Response(null, { status: 204 })
  })
  const pay = () => provider.payments.create({ amount: { amount: 2_590n, currency: 'USD' }, method: `stripe:${twin.methods.ok}` })
  return { provider, seen, pay }
}

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

it('charges through the SDK, once, and reads it back', async () => {
  const { provider, pay } = fresh()
  const { id } = await pay()
  expect(twin.payments()).toMatchObject([{ captured: 2_590n, currency: 'USD' }])
  expect(twin.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
  expect(await provider.payments.get(id)).toMatchObject({ id: `stripe:${twin.payments()[0]?.id}`, status: 'captured' })
})

it('finds a lost answer there, and knows that a refused connection had no effect', async () => {
  const { pay } = fresh()
  twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
  expect(await pay()).toMatchObject({ status: 'captured' })
  expect(twin.payments()).toHaveLength(1)
  twin.faults.next({ kind: 'refuse' }, { operation: 'payments.create' })
  await expect(pay()).rejects.toMatchObject({ effect: 'none', fault: 'network' })
  expect(twin.payments()).toHaveLength(1)
})

it('verifies signed webhooks there and refuses a forged one', async () => {
  const { pay, seen } = fresh()
  await pay()
  expect(seen.flat().map((event) => (typeof event === 'string' ? event : event.type))).toContain('payment.updated')
  expect(seen).not.toContain('webhook_signature')
  twin.nextWebhook('forged')
  await pay()
  expect(seen).toContain('webhook_signature')
})
