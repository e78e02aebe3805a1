import { expect, it } from 'vitest'
import { failure, setUp } from './test/set-up.ts'

it('is told the old decline under the old key, and charges under a new one', async () => {
  const { twin, provider, pay, wire } = setUp()
  const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
  const method = 'stripe:pm_card_chargeDeclinedInsufficientFunds'
  const declined = { amount: { amount: 500n, currency: 'USD' }, method, customer }
  for (let turn = 1; turn <= 2; turn++) {
    const error = await failure(provider.payments.create(declined, { idempotencyKey: 'order-42' }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code: 'insufficient_funds' })
  }
  expect(new Set(wire('payments.create').map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(twin.payments()).toHaveLength(1)
  await pay({ customer })
  expect(twin.payments()).toHaveLength(2)
})
