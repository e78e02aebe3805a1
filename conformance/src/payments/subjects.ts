import type { CreateCheckoutInput, CreatePaymentInput, Payments } from '@do/payments'
import { NotApplicable } from '../assert.ts'
import { effectChecks } from '../shared/effects.ts'
import { errorChecks } from '../shared/errors.ts'
import { handleChecks } from '../shared/handles.ts'
import { keyChecks } from '../shared/keys.ts'
import { requestChecks } from '../shared/requests.ts'
import type { Subject } from '../shared/subject.ts'
import { timeChecks } from '../shared/time.ts'
import { all, authorized, charge, charged, funded, moments, own, type PaymentsCheck, type PaymentsWorld, paid } from './world.ts'

/** A command, and the capabilities without which there is none. */
type Command<Input> = Subject<PaymentsWorld, Input> & { readonly needs?: readonly string[] }

/** Where a payment cannot be asked for there is only its id. */
const readPayment = async (provider: Payments, id: string): Promise<{ readonly id: string }> =>
  provider.supports('read-payments') ? provider.payments.get(id) : { id }

const readRefund = async (provider: Payments, id: string): Promise<{ readonly id: string }> =>
  provider.supports('read-refunds') ? provider.refunds.get(id) : { id }

export const createPayment: Command<CreatePaymentInput> = {
  name: 'payments.payments.create',
  request: 'payments.create',
  noun: 'charge',
  repeatable: true,
  input: async (world) => charge(world, { description: 'One Quetzalcoatl feather' }),
  other: async (world) => charge(world, { amount: own(world, 4_200n) }),
  run: (provider, input, options) => provider.payments.create(input, options),
  effects: (world) => charged(world).length,
  read: readPayment,
  privateText: 'Quetzalcoatl',
}

const refund: Command<Parameters<Payments['refunds']['create']>[0]> = {
  name: 'payments.refunds.create',
  request: 'refunds.create',
  noun: 'refund',
  repeatable: true,
  input: async (world) => ({
    payment: (await paid(world)).id,
    amount: own(world, 590n),
  }),
  other: async (world) => ({ payment: (await paid(world, { amount: own(world, 4_200n) })).id, amount: own(world, 1_000n) }),
  run: (provider, input, options) => provider.refunds.create(input, options),
  effects: (world) => world.twin.refunds().length,
  read: readRefund,
}

const capture: Command<Parameters<Payments['payments']['capture']>[0]> = {
  name: 'payments.payments.capture',
  request: 'payments.capture',
  noun: 'capture',
  needs: ['manual-capture'],
  repeatable: false,
  input: async (world) => ({ id: (await authorized(world)).id, ...all(world) }),
  other: async (world) => ({
    id: (await authorized(world, { amount: own(world, 4_200n) })).id,
    ...all(world, 4_200n),
  }),
  run: (provider, input, options) => provider.payments.capture(input, options),
  effects: async (world) => {
    if (!world.provider.supports('immediate-changes')) await moments(world)
    return world.twin.payments().filter(({ captured }) => captured > 0n).length
  },
  read: readPayment,
}

const customer: Command<Parameters<Payments['customers']['create']>[0]> = {
  name: 'payments.customers.create',
  request: 'customers.create',
  noun: 'customer',
  needs: ['customers'],
  repeatable: true,
  input: async () => ({ name: 'Quetzalcoatl Ek', email: 'ek@example.com' }),
  other: async () => ({ name: 'Berta Lund', email: 'berta@example.com' }),
  run: (provider, input, options) => provider.customers.create(input, options),
  effects: (world) => world.twin.count('customers'),
  read: (provider, id) => provider.customers.get(id),
  privateText: 'Quetzalcoatl',
}

export const page = (world: PaymentsWorld, name: string, amount: bigint): CreateCheckoutInput => ({
  lines: [{ name, amount: own(world, amount) }],
  successUrl: 'https://shop.example.com/thanks',
  cancelUrl: 'https://shop.example.com/cart',
})

const checkout: Command<CreateCheckoutInput> = {
  name: 'payments.checkout.create',
  request: 'checkout.create',
  noun: 'page',
  needs: ['checkout'],
  repeatable: true,
  input: async (world) => page(world, 'One Quetzalcoatl feather', 2_590n),
  other: async (world) => page(world, 'Two candles', 4_200n),
  run: (provider, input, options) => provider.checkout.create(input, options),
  effects: (world) => world.twin.count('checkouts'),
  read: (provider, id) => provider.checkout.get(id),
  privateText: 'Quetzalcoatl',
}

/** A seller who may take money, and money to give. */
export async function seller(world: PaymentsWorld): Promise<string> {
  const { id } = await world.provider.accounts.create({ country: 'DE', email: 'seller@example.com', name: 'A seller' })
  await world.twin.onboard(id.slice(id.indexOf(':') + 1), 'complete')
  return id
}

const transfer: Command<Parameters<Payments['transfers']['create']>[0]> = {
  name: 'payments.transfers.create',
  request: 'transfers.create',
  noun: 'transfer',
  needs: ['transfers', 'accounts'],
  repeatable: true,
  input: async (world) => {
    await funded(world)
    return { account: await seller(world), amount: own(world, 10_000n), reference: 'A Quetzalcoatl feather' }
  },
  other: async (world) => ({ account: await seller(world), amount: own(world, 20_000n) }),
  run: (provider, input, options) => provider.transfers.create(input, options),
  effects: (world) => world.twin.transfers().length,
  read: (provider, id) => provider.transfers.get(id),
  privateText: 'Quetzalcoatl',
}

const payout: Command<Parameters<Payments['payouts']['create']>[0]> = {
  name: 'payments.payouts.create',
  request: 'payouts.create',
  noun: 'payout',
  needs: ['payouts', 'read-payouts'],
  repeatable: true,
  input: async (world) => {
    await funded(world)
    return { amount: own(world, 10_000n), reference: 'A Quetzalcoatl feather' }
  },
  other: async (world) => ({ amount: own(world, 20_000n) }),
  run: (provider, input, options) => provider.payouts.create(input, options),
  effects: (world) => world.twin.payouts().length,
  read: (provider, id) => provider.payouts.get(id),
  privateText: 'Quetzalcoatl',
}

/** That an id reads back can be seen only of what can be read. */
function readingNeeds({ read }: Command<any>, { id }: PaymentsCheck): readonly string[] {
  if (!/\.handle\.(reads-back|foreign|malformed|unknown)$/.test(id)) return []
  return read === readPayment ? ['read-payments'] : read === readRefund ? ['read-refunds'] : []
}

/** What holds for everything that moves money or makes something: once, honestly, heard at once, and back to whoever did it. */
export const commands: readonly PaymentsCheck[] = [createPayment, refund, capture, customer, checkout, transfer, payout].flatMap(
  (subject: Command<any>) =>
    [
      ...handleChecks(subject),
      ...keyChecks(subject),
      ...requestChecks(subject),
      ...effectChecks(subject),
      ...timeChecks(subject),
      ...errorChecks(subject),
    ].map((check) => needing(check, [...(subject.needs ?? []), ...readingNeeds(subject, check)])),
)

/** A check that makes no sense without these capabilities. (That they are refused then is a check of its own.) */
export function needing(check: PaymentsCheck, needs: readonly string[]): PaymentsCheck {
  if (needs.length === 0) return check
  return {
    ...check,
    needs: [...needs, ...(check.needs ?? [])],
    run: (world) => {
      const missing = needs.filter((need) => !world.provider.supports(need))
      if (missing.length > 0) throw new NotApplicable(`${missing.join(', ')} is not declared.`)
      return check.run(world)
    },
  }
}
