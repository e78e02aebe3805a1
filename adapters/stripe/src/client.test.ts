import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testClock } from '@do/provider'
import { expect, it } from 'vitest'
import { stripePayments } from './index.ts'
import { failure, ok, setUp, usd } from './test/set-up.ts'

it('hands out the SDK’s own object, which goes the same way', async () => {
  const { twin, provider, pay } = setUp()
  await pay()
  const stripe = await provider.client
  expect(stripe.getMaxNetworkRetries()).toBe(0)
  const { data } = await stripe.paymentIntents.list({ limit: 1 })
  expect(data[0]?.id).toBe(twin.payments()[0]?.id)
  expect(await provider.client).toBe(stripe)
  expect(await setUp().provider.client).not.toBe(stripe)
})

it.each(['ECONNRESET', 'EPIPE'])('sends once, although the SDK would repeat after %s', async (code) => {
  let sent = 0
  const provider = stripePayments({
    apiKey: 'sk_test_1',
    fetch: async () => {
      sent += 1
      throw Object.assign(new Error('broken'), { code })
    },
  })
  const stripe = await provider.client
  await expect(stripe.paymentIntents.create({ amount: 500, currency: 'usd' })).rejects.toThrow('connection')
  expect(sent).toBe(1)
  expect(await failure(provider.payments.get('stripe:pi_1'))).toMatchObject({ effect: 'none', fault: 'network' })
})

it.each(['"text"', '7', 'null', '[]', '{}', '<html>'])('takes %s for no answer of Stripe’s', async (body) => {
  const provider = stripePayments({ apiKey: 'sk_test_1', clock: testClock(), fetch: async () => new Response(body) })
  const error = await failure(provider.payments.get('stripe:pi_1'))
  expect(error).toMatchObject({ code: 'unreadable_answer', fault: 'provider' })
  expect(await failure(provider.payments.list().page() as Promise<unknown>)).toMatchObject({ code: 'unreadable_answer' })
  const lost = await failure(provider.payments.create({ amount: usd(500n), method: ok }))
  expect(lost).toMatchObject({ effect: 'unknown' })
})

it('sends nothing of telemetry, and the key nowhere but in its header', async () => {
  const { twin, pay } = setUp()
  await pay()
  await pay()
  for (const { headers, url, body } of twin.requests()) {
    expect(headers['x-stripe-client-telemetry']).toBeUndefined()
    expect(headers.authorization).toBe(`Bearer ${twin.credentials.apiKey}`)
    expect(`${url}${body}`).not.toContain(twin.credentials.apiKey)
  }
})

it('goes to baseUrl over a real connection, and ends at the deadline', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const provider = stripePayments({
    apiKey: 'sk_test_1',
    baseUrl: `http://127.0.0.1:${port}`,
    deadline: 1_000,
    attemptTimeout: 500,
  })
  const error = await failure(provider.payments.create({ amount: usd(500n), method: ok }))
  expect(error).toMatchObject({ effect: 'unknown', fault: 'network' })
  server.closeAllConnections()
  server.close()
})
