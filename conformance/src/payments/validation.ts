import { namesBehind } from '../facts.ts'
import { type BadInput, validationChecks } from '../shared/validation.ts'
import { charge, currencyOf, type PaymentsCheck, type PaymentsWorld } from './world.ts'

type Call = (world: PaymentsWorld, value: never) => Promise<unknown>

/** Values that the types forbid, as they come from JavaScript, forms and databases. */
const bad = (id: string, title: string, field: string, values: readonly unknown[], call: Call): BadInput<PaymentsWorld> => ({
  id: `payments.invalid.${id}`,
  title,
  field,
  calls: (world) => values.map((value) => () => call(world, value as never)),
})

const some = (world: PaymentsWorld) => `${namesBehind(world.provider)[0]}:thing_1`
const amounts = [12.5, 100, 0n, -5n, '12.50', '', null, undefined, 2n ** 63n, Number.NaN]
const money = (world: PaymentsWorld, amount: unknown) => ({ amount: amount as bigint, currency: currencyOf(world) })

export const validation: readonly PaymentsCheck[] = validationChecks<PaymentsWorld>([
  bad('amount', 'An amount that is no whole number of minor units above zero is refused', 'amount', amounts, (world, value) =>
    world.provider.payments.create(charge(world, { amount: money(world, value) })),
  ),
  bad('currency', 'A currency that is none is refused', 'amount', ['eur', 'EURO', 'ZZZ', '', null], (world, currency) =>
    world.provider.payments.create(charge(world, { amount: { amount: 2_590n, currency } })),
  ),
  bad('method', 'A payment method that is no handle is refused', 'method', ['pm_1', '', [], 7], (world, method) =>
    world.provider.payments.create(charge(world, { method })),
  ),
  bad(
    'descriptor',
    'A text for the card statement that no bank prints is refused',
    'statementDescriptor',
    ['abc', 'x'.repeat(23), 'Grüße!'],
    (world, statementDescriptor) => world.provider.payments.create(charge(world, { statementDescriptor })),
  ),
  bad(
    'fee',
    'A fee that is more than the payment, or in another currency, is refused',
    'split',
    [
      { amount: 9_000n, currency: 'EUR' },
      { amount: 10n, currency: 'XOF' },
    ],
    (world, given: { amount: bigint; currency: string }) => {
      const fee = given.currency === 'EUR' ? money(world, given.amount) : given
      return world.provider.payments.create(charge(world, { split: { account: some(world), fee } }))
    },
  ),
  bad('save-method', 'A method that is kept with nobody is refused', 'customer', [true], (world, saveMethod) =>
    world.provider.payments.create(charge(world, { saveMethod })),
  ),
  bad(
    'metadata',
    'More metadata than vendors keep is refused',
    'metadata',
    [
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`key-${index}`, 'x'])),
      { note: 'x'.repeat(501) },
      { ['x'.repeat(41)]: 'x' },
      { count: 7 },
    ],
    (world, metadata) => world.provider.payments.create(charge(world, { metadata })),
  ),
  bad('refund', 'A refund of nothing, or of less than nothing, is refused', 'amount', [0n, -5n, 5.9], (world, amount) =>
    world.provider.refunds.create({ payment: some(world), amount: money(world, amount) }),
  ),
  bad('capture', 'A capture of nothing, or of less than nothing, is refused', 'amount', [0n, -5n, 5.9], (world, amount) =>
    world.provider.payments.capture({ id: some(world), amount: money(world, amount) }),
  ),
  bad('payout', 'A payout of nothing, or of less than nothing, is refused', 'amount', [0n, -5n, 5.9], (world, amount) =>
    world.provider.payouts.create({ amount: money(world, amount) }),
  ),
  bad('transfer', 'A transfer of nothing, or of less than nothing, is refused', 'amount', [0n, -5n, 5.9], (world, amount) =>
    world.provider.transfers.create({ account: some(world), amount: money(world, amount) }),
  ),
  bad(
    'lines',
    'A checkout page without lines, or with lines of two currencies, is refused',
    'lines',
    [[], null],
    (world, lines) => world.provider.checkout.create({ lines, successUrl: 'https://shop.example.com/thanks' }),
  ),
  bad(
    'interval',
    'An interval that is none is refused',
    'interval',
    [{ unit: 'decade' }, { unit: 'day', count: 0 }, 'month'],
    (world, interval) => world.provider.prices.create({ product: some(world), amount: money(world, 2_590n), interval }),
  ),
  bad('change', 'A change of a subscription that changes nothing is refused', '', [{}], (world, given: object) =>
    world.provider.subscriptions.change({ id: some(world), ...given }),
  ),
  bad('country', 'A country that is none is refused', 'country', ['Germany', 'de', 'ZZ', ''], (world, country) =>
    world.provider.accounts.create({ country }),
  ),
  bad('email', 'An address that is none is refused', 'email', ['anna', '', 'a b@c'], (world, email) =>
    world.provider.customers.create({ email }),
  ),
  bad(
    'list',
    'A list filter that cannot be meant is refused',
    '',
    [{ limit: 0 }, { limit: 1.5 }, { since: 'yesterday' }],
    (world, given) => world.provider.payments.list(given).page(),
  ),
  bad('nothing', 'No input at all is refused', '', [null, undefined, 'hello', 7], (world, value) =>
    world.provider.payments.create(value),
  ),
])
