import { squareTwin } from '@do/fixtures/square'
import { squarePayments } from '@do/square'
import { beforeAll, expect, it } from 'vitest'

const twin = squareTwin()
const card = 'square:cnon:card-nonce-ok'
const amount = { amount: 2_590n, currency: 'USD' }

function open() {
  twin.reset()
  return squarePayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl })
}

// More than three hundred files: on a busy machine they take their time to load.
beforeAll(() => open().client, 120_000)

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

it('square charges through its SDK there, once, to the last unit, and reads it back', async () => {
  const square = open()
  const large = { amount: 9_007_199_254_740_993n, currency: 'USD' }
  const payment = await square.payments.create({ amount: large, method: card, reference: 'order-42', metadata: { who: 'Zoë' } })
  expect(twin.payments()).toMatchObject([{ amount: large.amount, captured: large.amount, currency: 'USD' }])
  expect(twin.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
  expect(await square.payments.get(payment.id)).toMatchObject({ amount: large, reference: 'order-42', metadata: { who: 'Zoë' } })
})

it('square knows there that a decline, and a refused connection, had no effect', async () => {
  const square = open()
  const declined = square.payments.create({ amount, method: 'square:cnon:card-nonce-declined' })
  await expect(declined).rejects.toMatchObject({ effect: 'none', fault: 'declined', code: 'card_declined' })
  twin.faults.next({ kind: 'refuse' }, { operation: 'payments.create' })
  await expect(square.payments.create({ amount, method: card })).rejects.toMatchObject({ effect: 'none', fault: 'network' })
  expect(twin.payments().filter(({ captured }) => captured > 0n)).toEqual([])
})

it('square gets a lost answer there, and charges once', async () => {
  const square = open()
  twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
  const payment = await square.payments.create({ amount, method: card })
  expect(twin.payments().map(({ id, captured }) => [`square:${id}`, captured])).toEqual([[payment.id, 2_590n]])
})

it('square verifies a signed webhook there and refuses a forged one', async () => {
  const square = open()
  const seen: unknown[] = []
  twin.connect(async (request) => {
    const events = await square.receive(request).catch((error: unknown) => (error as { code: string }).code)
    seen.push(typeof events === 'string' ? events : events.map(({ type }) => type))
    return new Response(null, { status: 200 })
  })
  await twin.unknownEvent()
  twin.nextWebhook('forged')
  await twin.unknownEvent()
  expect(seen).toEqual([['unknown'], 'webhook_signature'])
})

it('square renews a subscription there', async () => {
  const square = open()
  const { id: product } = await square.products.create({ name: 'Light' })
  const { id: price } = await square.prices.create({ product, amount, interval: { unit: 'month', count: 1 } })
  const { id: customer } = await square.customers.create({ name: 'Anna', email: 'anna@example.com' })
  const { id: method } = await square.methods.attach({ id: card, customer })
  const { id } = await square.subscriptions.create({ customer, price, method })
  await twin.advance(32 * 86_400_000)
  expect((await square.subscriptions.get(id)).status).toBe('active')
  expect(twin.payments().map(({ captured }) => captured)).toEqual([2_590n, 2_590n])
})
