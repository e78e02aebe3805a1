import { outcomeOf, settleByEvent } from '@do/payments'
import { formatHandle, ProviderError } from '@do/provider'
import { holds, present, refused, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import {
  among,
  atVendor,
  booked,
  charge,
  charged,
  group,
  methodAt,
  methodOf,
  minute,
  moments,
  own,
  type PaymentsWorld,
  paid,
  price,
  reads,
  somebody,
  zero,
} from './world.ts'

const create = group('payments.create')
const declines = group('payments.create', why.declines)
const confirm = group('payments.confirm', why.money, ['confirm-later'])

/** A charge goes through, and says so. */
export const creating = [
  create('once', 'A charge takes the amount from the payer, once', async (world) => {
    const outcome = await outcomeOf(paid(world))
    same(outcome.type, 'done', 'The outcome')
    booked(world, { captured: price })
    same([charged(world).length, atVendor(world).currency], [1, own(world, price).currency], 'Charges and currency')
  }),
  create('says-captured', 'A charge that went through reads as captured, with its amount', async (world) => {
    const made = await paid(world)
    for (const payment of reads(world) ? [made, await world.provider.payments.get(made.id)] : [made]) {
      same([payment.status, payment.amount], ['captured', own(world, price)], 'Status and amount')
      same([zero(payment.captured), zero(payment.refunded)], [price, 0n], 'captured and refunded')
      same([payment.action, payment.failure], [undefined, undefined], 'action and failure')
    }
  }),
  create(
    'own-data',
    "The merchant's reference and metadata come back as they were given, and nothing with them",
    async (world) => {
      const metadata = { order: '42', note: 'Grüße & küsse = 100 %' }
      const made = await paid(world, { reference: 'order-42', metadata })
      const payment = reads(world) ? await world.provider.payments.get(made.id) : made
      same([payment.reference, payment.metadata], ['order-42', metadata], 'reference and metadata')
    },
  ),
  create('no-data', 'Who gives no reference and no metadata gets none', async (world) => {
    const made = await paid(world)
    const payment = reads(world) ? await world.provider.payments.get(made.id) : made
    same([payment.reference, payment.metadata ?? {}], [undefined, {}], 'reference and metadata')
  }),
  create('own-method', 'Of several methods for one card the provider takes its own', async (world) => {
    await paid(world, { method: ['elsewhere:pm_1', ...methodOf(world, 'ok')] })
    booked(world, { captured: price })
  }),
  create('foreign-method', 'A method of a provider that is not configured is refused before anything is sent', async (world) => {
    for (const method of ['elsewhere:pm_1', ['elsewhere:pm_1', 'third:pm_2']]) {
      await refused(() => paid(world, { method }), 'A foreign method', { code: 'provider_mismatch', field: 'method' })
    }
    same(world.requests().length, 0, 'Requests sent')
  }),
  create(
    'descriptor',
    'What the card statement shall show reaches the vendor',
    async (world) => {
      await paid(world, { statementDescriptor: 'ACMEBOOKS42' })
      holds(
        world.requests('payments.create').some(({ body }) => body.includes('ACMEBOOKS42')),
        'It is not in the request.',
      )
      booked(world, { captured: price })
    },
    { needs: ['statement-descriptor'] },
  ),
  create(
    'stored-method',
    'A method that a customer left can be charged while the customer is away',
    async (world) => {
      const { provider } = world
      const customer = (await provider.customers.create({ name: 'Anna Ek', email: 'anna@example.com' })).id
      const method = await provider.methods.attach({ id: methodAt(world, customer, 'ok'), customer })
      const payment = await paid(world, { customer, method: method.id, offSession: true })
      same(payment.status, 'captured', 'Status')
      booked(world, { captured: price })
    },
    { needs: ['customers', 'stored-methods', 'off-session'] },
  ),
  create(
    'save-method',
    'A method can be kept with the customer while it is charged',
    async (world) => {
      const { provider } = world
      const customer = await somebody(world)
      await paid(world, { customer, method: methodAt(world, customer, 'ok'), saveMethod: true })
      booked(world, { captured: price })
      await moments(world)
      const [kept] = (await provider.methods.list({ customer }).page()).items
      await paid(world, { customer, method: present(kept, 'The kept method').id })
      same(charged(world).length, 2, 'Charges')
    },
    { needs: ['stored-methods'] },
  ),
]

/** In one word what it came to: here that nobody can tell yet. */
export const doubting = [
  create(
    'outcome-unknown',
    'A charge whose answer is lost, and that cannot be looked for, is unknown until it can',
    async (world) => {
      const error = await answerLost(world)
      world.twin.faults.clear()
      await moments(world)
      const settlement = await error.resolve()
      same([settlement.effect === 'none', charged(world).length], [false, 1], 'Settled as nothing, and charges')
    },
  ),
  create(
    'asking-makes-nothing',
    'A charge that never came to the vendor is not made by asking for it, but by who says that it is still wanted',
    async (world) => {
      const error = await neverArrived(world)
      const before = world.requests('payments.create').length
      const { effect } = await error.resolve()
      holds(effect !== 'done', 'It was made by asking.')
      same(
        [charged(world).length, world.requests('payments.create').length - before],
        [0, 0],
        'Charges, and requests to make one',
      )
      if (effect === 'none') return
      const wanted = await error.resolve({ mayComplete: true })
      same([wanted.effect, charged(world).length], ['done', 1], 'Where it is still wanted: effect and charges')
    },
  ),
  create(
    'found-absent',
    'A charge that never came to the vendor is looked for, and known not to be there',
    async (world) => {
      const error = await neverArrived(world)
      same([(await error.resolve()).effect, charged(world).length], ['none', 0], 'Settled as, and charges')
    },
    { needs: ['find-payments'] },
  ),
  create(
    'told',
    'A charge whose answer is lost is settled by the webhook that carries its reference, without a request',
    async (world) => {
      const error = await answerLost(world)
      await moments(world)
      const before = world.requests().length
      for (const event of world.events) await settleByEvent(world.provider, event)
      const settlement = await error.resolve()
      same(
        [settlement.effect, charged(world).length, world.requests().length - before],
        ['done', 1, 0],
        'Settled as, charges and requests',
      )
    },
  ),
]

/** It was made, the answer got lost, and nobody is to be reached since. */
function answerLost(world: PaymentsWorld) {
  world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
  return unreachable(world)
}

async function unreachable(world: PaymentsWorld) {
  world.twin.faults.always({ kind: 'error', status: 503, when: 'before' })
  const outcome = await outcomeOf(paid(world))
  holds(outcome.type === 'unknown', `The outcome is "${outcome.type}".`)
  return outcome.error
}

/** Nobody was to be reached, and later everything is well again, and nothing can be on its way any more. */
async function neverArrived(world: PaymentsWorld) {
  const error = await unreachable(world)
  world.twin.faults.clear()
  await world.twin.advance(2 * minute)
  return error
}

/** What was made can be asked for. */
export const reading = [
  group('payments.get', why.handles, ['read-payments'])('same', 'A payment reads back as it was made, at once', async (world) => {
    const { id } = await paid(world, { reference: 'order-42' })
    const payment = await world.provider.payments.get(id)
    same(
      [payment.id, payment.status, payment.amount, payment.reference],
      [id, 'captured', own(world, price), 'order-42'],
      'id, status, amount and reference',
    )
  }),
]

/** A decline is an answer: of the bank, about this charge. */
export const declining = [
  declines('declined', 'A declined card is a refusal without effect that is called a decline', async (world) => {
    const error = await refused(() => paid(world, { method: methodOf(world, 'declined') }), 'A declined card', {
      fault: 'declined',
      code: 'card_declined',
    })
    same(charged(world), [], 'Charges')
    const outcome = await outcomeOf(Promise.reject(error))
    same(outcome.type, 'refused', 'The outcome')
  }),
  declines('insufficient-funds', 'A card without money is called that', async (world) => {
    const error = await refused(() => paid(world, { method: methodOf(world, 'insufficientFunds') }), 'A card without money', {
      fault: 'declined',
      code: 'insufficient_funds',
    })
    holds(error.vendorCode !== undefined, "The error does not have the vendor's own code (`vendorCode`).")
    same(charged(world), [], 'Charges')
  }),
  declines('decline-once', 'A decline is final: nobody tries again, here or elsewhere', async (world) => {
    await refused(() => paid(world, { method: methodOf(world, 'declined') }), 'A declined card', { fault: 'declined' })
    same(world.requests('payments.create').length, 1, 'Requests to make a payment')
  }),
  declines(
    'decline-read',
    'A declined payment that the vendor keeps can be read, and says why',
    async (world) => {
      const { handle } = await refused(
        () => paid(world, { method: methodOf(world, 'insufficientFunds') }),
        'A card without money',
      )
      if (handle === undefined) return
      const payment = await world.provider.payments.get(handle)
      among(payment.status, ['failed', 'created', 'canceled'], 'The status of the declined payment')
      same([payment.failure, zero(payment.captured)], ['insufficient_funds', 0n], 'failure and captured')
    },
    { needs: ['read-payments'] },
  ),
  declines('decline-then-ok', 'After a decline another card is charged, once', async (world) => {
    await refused(() => paid(world, { method: methodOf(world, 'declined') }), 'A declined card', { fault: 'declined' })
    same((await paid(world)).status, 'captured', 'Status')
    same(charged(world).length, 1, 'Charges')
  }),
]

/** A payment may be made first and paid later. */
export const confirming = [
  confirm('later', 'A payment without a method takes nothing, until it is confirmed with one', async (world) => {
    const { method: _, ...input } = charge(world)
    const made = await world.provider.payments.create(input)
    among(made.status, ['created', 'requires_action'], 'The status before a method is given')
    same(charged(world), [], 'Charges before it is confirmed')
    const payment = await world.provider.payments.confirm({ id: made.id, method: methodAt(world, made.id, 'ok') })
    same([payment.id, payment.status], [made.id, 'captured'], 'id and status')
    booked(world, { captured: price })
    same(charged(world).length, 1, 'Charges')
  }),
  confirm('declined', 'A declined card can be followed by another one, on the same payment', async (world) => {
    const { method: _, ...input } = charge(world)
    const { id } = await world.provider.payments.create(input)
    const give = (behaves: 'declined' | 'ok') => world.provider.payments.confirm({ id, method: methodAt(world, id, behaves) })
    await refused(() => give('declined'), 'A declined card', { fault: 'declined', code: 'card_declined' })
    same((await give('ok')).status, 'captured', 'Status')
    booked(world, { captured: price })
  }),
  confirm('foreign-method', 'It takes no method of another provider', async (world) => {
    const { method: _, ...input } = charge(world)
    const { id } = await world.provider.payments.create(input)
    const before = world.requests().length
    const method = formatHandle(namesBehind(world.provider).includes('stranger') ? 'other' : 'stranger', 'pm_1')
    const error = await refused(() => world.provider.payments.confirm({ id, method }), 'A foreign method')
    holds(ProviderError.is(error) && error.code === 'provider_mismatch', `The code is "${error.code}".`)
    same(world.requests().length - before, 0, 'Requests sent')
  }),
]
