import { expect, it } from 'vitest'
import { fromSquare, toSquare } from './money.ts'
import { card, refusal, shop } from './test/set-up.ts'

// https://developer.squareup.com/docs/build-basics/working-with-monetary-amounts
it.each([
  ['USD', 100n],
  ['CAD', 100n],
  ['AUD', 100n],
  ['GBP', 100n],
  ['EUR', 100n],
  ['JPY', 1n],
])('one %s is %i of its base unit', (currency, amount) => {
  expect(toSquare({ amount, currency })).toEqual({ amount, currency })
  expect(fromSquare({ amount, currency: currency as 'USD' })).toEqual({ amount, currency })
})

it.each(['KWD', 'ISK', 'CLP', 'CHF'])('what Square does not take (%s) is refused before anything is sent', async (currency) => {
  const { square, twin } = shop({ currency: undefined as never })
  const error = await refusal(square.payments.create({ amount: { amount: 1_000n, currency }, method: card }))
  expect(error).toMatchObject({ code: 'currency_not_supported', field: 'amount.currency', effect: 'none' })
  expect(twin.requests()).toEqual([])
})
