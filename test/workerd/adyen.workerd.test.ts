import { adyenPayments } from '@do/adyen'
import { adyenTwin } from '@do/fixtures/adyen'
import { describe, expect, it } from 'vitest'

const twin = adyenTwin()
const eur = (amount: bigint) => ({ amount, currency: 'EUR' })

function fresh() {
  twin.reset()
  const provider = adyenPayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  return { provider, method: `adyen:${twin.methods.ok}` }
}

describe('adyen in workerd', () => {
  it('runs in workerd and not in Node', () => {
    expect(navigator.userAgent).toBe('Cloudflare-Workers')
  })

  it('charges through its SDK, once, over fetch', async () => {
    const { provider, method } = fresh()
    const payment = await provider.payments.create({ amount: eur(2590n), method })
    expect(payment.id).toBe(`adyen:${twin.payments()[0]?.id}`)
    expect(twin.payments()).toMatchObject([{ captured: 2590n }])
    expect(twin.requests()).toHaveLength(1)
  })

  it('knows there that a refused connection had no effect', async () => {
    const { provider, method } = fresh()
    twin.faults.next({ kind: 'refuse' }, { operation: 'payments.create' })
    await expect(provider.payments.create({ amount: eur(2590n), method })).rejects.toMatchObject({
      effect: 'none',
      fault: 'network',
    })
    expect(twin.payments()).toEqual([])
  })

  it('verifies a signed webhook there and refuses a forged one, of the shop and of the platform', async () => {
    const { provider, method } = fresh()
    const seen: unknown[] = []
    twin.connect(async (request) => {
      seen.push(
        await provider.receive(request).then(
          ([event]) => event?.type,
          (error: { code: string }) => error.code,
        ),
      )
      return new Response('[accepted]')
    })
    await provider.payments.create({ amount: eur(100n), method })
    twin.nextWebhook('forged')
    await provider.payments.create({ amount: eur(100n), method })
    const account = await provider.accounts.create({ country: 'NL', name: 'Acme Books' })
    twin.nextWebhook('forged')
    await twin.onboard(account.id.slice('adyen:'.length), 'complete')
    expect(seen).toEqual(['payment.updated', 'webhook_signature', 'account.updated', 'webhook_signature'])
  })

  it('reads links, sellers, transfers and the books there: each service of the SDK loads', async () => {
    const { provider, method } = fresh()
    const page = await provider.checkout.create({
      lines: [{ name: 'Lamp', amount: eur(100n) }],
      successUrl: 'https://shop.example.com',
    })
    expect((await provider.checkout.get(page.id)).status).toBe('open')
    const account = await provider.accounts.create({ country: 'NL', name: 'Acme Books' })
    await provider.payments.create({ amount: eur(500_000n), method })
    await twin.advance(3 * 86_400_000)
    await provider.transfers.create({ account: account.id, amount: eur(1_000n) })
    const types: string[] = []
    for await (const { type } of provider.balance.transactions({})) types.push(type)
    expect(types).toEqual(['charge', 'fee', 'transfer'])
    const client = await provider.client
    expect(client.config.environment).toBe('TEST')
  })
})
