import { NotApplicable, refused, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import { page } from './subjects.ts'
import { charge, own, type PaymentsCheck, type PaymentsWorld } from './world.ts'

type Wish = (world: PaymentsWorld, thing: string) => readonly (() => Promise<unknown>)[]

/** Calls that need a capability. `thing` is the handle of something that there need not be. */
const wishes: Readonly<Record<string, Wish>> = {
  'manual-capture': (world, id) => [
    () => world.provider.payments.create(charge(world, { capture: 'manual' })),
    () => world.provider.payments.capture({ id }),
  ],
  'partial-capture': (world, id) => [() => world.provider.payments.capture({ id, amount: own(world, 10n) })],
  'multi-capture': (world, id) => [() => world.provider.payments.capture({ id, final: false })],
  'confirm-later': (world, id) => [
    () => world.provider.payments.create({ amount: own(world, 2_590n) }),
    () => world.provider.payments.confirm({ id, method: id }),
  ],
  'off-session': (world) => [() => world.provider.payments.create(charge(world, { offSession: true }))],
  'statement-descriptor': (world) => [() => world.provider.payments.create(charge(world, { statementDescriptor: 'ACMEBOOKS' }))],
  'list-payments': ({ provider }) => [() => provider.payments.list().page()],
  'read-payments': ({ provider }, id) => [
    () => provider.payments.get(id),
    () => provider.payments.capture({ id }),
    () => provider.refunds.create({ payment: id }),
  ],
  'read-refunds': ({ provider }, id) => [() => provider.refunds.get(id), () => provider.refunds.list().page()],
  customers: (world, id) => [
    () => world.provider.customers.create({ name: 'Anna' }),
    () => world.provider.customers.get(id),
    () => world.provider.customers.update({ id, name: 'Anna' }),
    () => world.provider.customers.delete(id),
    () => world.provider.customers.list().page(),
  ],
  'stored-methods': (world, id) => [
    () => world.provider.methods.attach({ id, customer: id }),
    () => world.provider.methods.detach(id),
    () => world.provider.methods.list({ customer: id }).page(),
    () => world.provider.payments.create(charge(world, { customer: id, method: id })),
    () => world.provider.payments.create(charge(world, { customer: id, method: id, saveMethod: true })),
  ],
  checkout: (world, id) => [
    () => world.provider.checkout.create(page(world, 'A lamp', 2_590n)),
    () => world.provider.checkout.get(id),
    () => world.provider.checkout.expire(id),
  ],
  catalogue: (world, id) => [
    () => world.provider.products.create({ name: 'Lamp' }),
    () => world.provider.products.get(id),
    () => world.provider.products.update({ id, name: 'Lamp' }),
    () => world.provider.products.list().page(),
    () => world.provider.prices.create({ product: id, amount: own(world, 2_590n) }),
    () => world.provider.prices.get(id),
    () => world.provider.prices.update({ id, active: false }),
    () => world.provider.prices.list().page(),
  ],
  subscriptions: (world, id) => [
    () => world.provider.subscriptions.create({ customer: id, price: id }),
    () => world.provider.subscriptions.get(id),
    () => world.provider.subscriptions.change({ id, quantity: 2 }),
    () => world.provider.subscriptions.cancel({ id }),
    () => world.provider.subscriptions.list().page(),
    () => world.provider.checkout.create({ ...page(world, 'A lamp', 2_590n), mode: 'subscription' }),
  ],
  'pause-subscriptions': ({ provider }, id) => [
    () => provider.subscriptions.pause({ id }),
    () => provider.subscriptions.resume(id),
  ],
  invoices: (world, id) => [
    () => world.provider.invoices.create({ customer: id, lines: [{ name: 'Lamp', amount: own(world, 2_590n) }] }),
    () => world.provider.invoices.get(id),
    () => world.provider.invoices.finalize(id),
    () => world.provider.invoices.pay({ id }),
    () => world.provider.invoices.void(id),
    () => world.provider.invoices.list().page(),
  ],
  accounts: ({ provider, twin }, id) => [
    () => provider.accounts.create({ country: 'DE' }),
    () => provider.accounts.get(id),
    () => provider.accounts.list().page(),
    () => provider.accounts.onboardingLink({ account: id, returnUrl: twin.baseUrl, refreshUrl: twin.baseUrl }),
  ],
  split: (world, id) => [
    () => world.provider.payments.create(charge(world, { split: { account: id }, method: id })),
    () => world.provider.refunds.create({ payment: id, reverseTransfer: true }),
    () => world.provider.refunds.create({ payment: id, refundFee: true }),
  ],
  transfers: (world, id) => [
    () => world.provider.transfers.create({ account: id, amount: own(world, 2_590n) }),
    () => world.provider.transfers.reverse({ id }),
    () => world.provider.transfers.get(id),
    () => world.provider.transfers.list().page(),
  ],
  payouts: (world, id) => [
    () => world.provider.payouts.create({ amount: own(world, 2_590n) }),
    () => world.provider.payouts.cancel(id),
  ],
  'cancel-payouts': ({ provider }, id) => [() => provider.payouts.cancel(id)],
  'instant-payouts': (world) => [() => world.provider.payouts.create({ amount: own(world, 2_590n), speed: 'instant' })],
  'read-payouts': ({ provider }, id) => [() => provider.payouts.get(id), () => provider.payouts.list().page()],
  balance: ({ provider }) => [() => provider.balance.get({})],
  'balance-transactions': ({ provider }) => [() => provider.balance.transactions().page()],
  'payout-transactions': ({ provider }, id) => [() => provider.balance.transactions({ payout: id }).page()],
  disputes: ({ provider }, id) => [() => provider.disputes.get(id), () => provider.disputes.list().page()],
  'dispute-evidence': ({ provider }, id) => [
    () => provider.disputes.submit({ id, evidence: { explanation: 'It was delivered.' } }),
    () => provider.disputes.accept(id),
  ],
}

export const capabilities: readonly PaymentsCheck[] = [
  {
    id: 'payments.capability.refused',
    level: 'must',
    title: 'What is not declared is refused before anything is sent, never silently left out and never imitated',
    why: why.capabilities,
    run: async (world) => {
      const missing = Object.entries(wishes).filter(([capability]) => !world.provider.supports(capability))
      if (missing.length === 0) throw new NotApplicable('Every capability is declared.')
      for (const [capability, wish] of missing) {
        for (const [index, call] of wish(world, `${namesBehind(world.provider)[0]}:thing_1`).entries()) {
          await refused(call, `Call ${index + 1} of those that need ${capability}`, { code: 'unsupported' })
        }
      }
      same(world.requests().length, 0, 'Requests sent')
    },
  },
]
