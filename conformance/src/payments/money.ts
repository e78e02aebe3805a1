import { isoExponent } from '@do/payments'
import { holds, NotApplicable, outcome, same } from '../assert.ts'
import { why } from '../why.ts'
import { atVendor, booked, group, moments, own, type PaymentsWorld, paid, reads } from './world.ts'

const money = group('money', why.money)

/** A payment of this amount: the same at the vendor, in the answer and read back. */
async function arrives(world: PaymentsWorld, amount: bigint, currency: string): Promise<void> {
  const made = await paid(world, { amount: { amount, currency } })
  const { amount: asked, captured, currency: written } = atVendor(world)
  same(
    [asked, captured, written],
    [amount, amount, currency],
    `amount, captured and currency of ${amount} ${currency} at the vendor`,
  )
  same(made.amount, { amount, currency }, 'The amount in the answer')
  if (!reads(world)) return
  const payment = await world.provider.payments.get(made.id)
  same(
    [payment.amount, payment.captured],
    [
      { amount, currency },
      { amount, currency },
    ],
    'amount and captured, read back',
  )
}

const decimals = ([0, 2, 3] as const).map((exponent) =>
  money(
    `decimals-${exponent}`,
    `An amount in a currency with ${exponent} decimals arrives exactly, and comes back`,
    async (world) => {
      const currency = world.twin.currencies.find((candidate) => isoExponent(candidate) === exponent)
      if (currency === undefined) throw new NotApplicable(`The account takes no currency with ${exponent} decimals.`)
      for (const amount of [1_230n, 12_340n]) await arrives(world, amount, currency)
    },
  ),
)

/** Minor units are the vendor's or ISO's, never somebody's guess; what cannot be written is refused, never rounded. */
export const exactMoney = [
  ...decimals,
  money('every-currency', 'In every currency of the account an amount arrives exactly, and comes back', async (world) => {
    for (const currency of world.twin.currencies) await arrives(world, 45_670n, currency)
  }),
  money('large', 'A large amount arrives to the last unit', (world) => {
    const { currency } = own(world, 1n)
    return arrives(world, 98_765_430n, currency)
  }),
  money(
    'exactly-or-not',
    'An amount that the vendor cannot write is refused before anything is sent, never rounded',
    async (world) => {
      for (const currency of world.twin.currencies) {
        for (const amount of [45_671n, 12_345n, 99_999n]) {
          const before = world.requests().length
          const result = await outcome(() => paid(world, { amount: { amount, currency } }))
          if (result.ok) {
            same([atVendor(world).captured, atVendor(world).currency], [amount, currency], 'Captured at the vendor')
            continue
          }
          same(result.error.code, 'amount_not_representable', `The code of the refusal of ${amount} ${currency}`)
          holds(result.error.field?.startsWith('amount'), `The error names the field "${result.error.field}".`)
          same(world.requests().length - before, 0, 'Requests sent')
        }
      }
    },
  ),
  money('refund-parts', 'Part of a payment goes back exactly, in every currency', async (world) => {
    for (const currency of world.twin.currencies) {
      const { id } = await paid(world, { amount: { amount: 45_670n, currency } })
      const refund = await world.provider.refunds.create({ payment: id, amount: { amount: 12_340n, currency } })
      same(refund.amount, { amount: 12_340n, currency }, 'The amount of the refund')
      await moments(world)
      booked(world, { captured: 45_670n, refunded: 12_340n })
    }
  }),
]
