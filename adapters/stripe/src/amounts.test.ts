import { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { failure, own, setUp, usd } from './test/set-up.ts'

/** A vendor that understands one cent more than it was told, in whatever matches. */
const mistaken =
  (what: RegExp) =>
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await send(input, init)
    if (!what.test(String(input instanceof Request ? input.url : input))) return response
    const wrong = (await response.text()).replace(/"amount":\s*(\d+)/g, (_, amount: string) => `"amount":${Number(amount) + 1}`)
    return new Response(wrong, { status: response.status, headers: { 'content-type': 'application/json' } })
  }

describe('an answer about another amount', () => {
  it('is no refund that was asked for', async () => {
    const { provider, pay } = setUp({}, mistaken(/\/v1\/refunds/))
    const { id: payment } = await pay()
    expect(OutcomeUnknownError.is(await failure(provider.refunds.create({ payment, amount: usd(500n) })))).toBe(true)
  })

  it('is no reversal that was asked for', async () => {
    const { twin, provider, pay } = setUp({}, mistaken(/\/reversals/))
    await pay({ amount: usd(500_000n) })
    await twin.advance(14 * 86_400_000)
    const { id: account } = await provider.accounts.create({ country: 'DE', name: 'A seller' })
    await twin.onboard(own(account), 'complete')
    const { id } = await provider.transfers.create({ account, amount: usd(5_000n) })
    expect(OutcomeUnknownError.is(await failure(provider.transfers.reverse({ id, amount: usd(500n) })))).toBe(true)
  })
})

it('refunds count although more than was authorised was captured', async () => {
  const { provider, pay } = setUp({}, (send) => async (input, init) => {
    const response = await send(input, init)
    if (!String(input).includes('/v1/payment_intents/')) return response
    // Overcapture: 2,990 of an authorisation of 2,590.
    const body = (await response.text()).replace(/"amount_captured":\s*2590/, '"amount_captured":2990')
    return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } })
  })
  const { id } = await pay()
  await provider.refunds.create({ payment: id, amount: usd(500n) })
  expect((await provider.payments.get(id)).refunded).toEqual(usd(500n))
})
