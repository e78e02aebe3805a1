import { outcomeOf } from '@do/payments'
import { holds, NotApplicable, same } from '../assert.ts'
import { why } from '../why.ts'
import {
  among,
  atVendor,
  booked,
  charged,
  group,
  isNow,
  methodOf,
  moments,
  type PaymentsWorld,
  paid,
  price,
  reads,
} from './world.ts'

const action = group('payments.confirm', why.authentication, ['redirect'])

const ways = [
  ['challenge', '3-D Secure'],
  ['redirect', "a bank's page"],
] as const

type Way = (typeof ways)[number][0]

/** A payment that waits for the payer. */
async function waiting(world: PaymentsWorld, way: Way) {
  const { challenge, redirect } = world.twin.methods
  holds(challenge ?? redirect, 'The adapter declares `redirect`, but the twin has neither `challenge` nor `redirect`.')
  if (world.twin.methods[way] === undefined) throw new NotApplicable(`The vendor has no test method "${way}".`)
  const outcome = await outcomeOf(paid(world, { method: methodOf(world, way) }))
  holds(outcome.type === 'action', `The outcome of a payment that the payer has to act on is "${outcome.type}".`)
  same(outcome.value.status, 'requires_action', 'Status')
  if (outcome.action.type === 'redirect') {
    holds(URL.canParse(outcome.action.url), 'The action is a redirect, but to no URL.')
  } else holds(outcome.action.clientSecret.length > 0, 'The action is for the client library, but has no secret.')
  same(charged(world), [], 'Charges before the payer has acted')
  return outcome.value
}

/** Somebody has to do something first: the payment waits, then goes on or fails. */
export const acting = ways.flatMap(([way, page]) => [
  action(`${way}-succeeds`, `A payment that needs ${page} waits, and is through once the payer has been there`, async (world) => {
    const { id } = await waiting(world, way)
    const result = await world.twin.authenticate(atVendor(world).id, 'succeed')
    const payment = await world.provider.payments.confirm({ id, result: { ...result } })
    same([payment.status, payment.action], ['captured', undefined], 'status and action')
    if (world.provider.supports('lasting-id')) same(payment.id, id, 'The id')
    booked(world, { captured: price })
    await isNow(world, payment.id, { status: ['captured'], captured: price })
    same(charged(world).length, 1, 'Charges')
  }),
  action(`${way}-fails`, `A payment whose payer fails at ${page} takes nothing, and says why`, async (world) => {
    const { id } = await waiting(world, way)
    const result = await world.twin.authenticate(atVendor(world).id, 'fail')
    const outcome = await outcomeOf(world.provider.payments.confirm({ id, result: { ...result } }))
    if (outcome.type === 'refused') {
      same([outcome.error.fault, outcome.error.effect], ['declined', 'none'], 'Fault and effect of the refusal')
    } else holds(outcome.type === 'done' || outcome.type === 'pending', `The outcome is "${outcome.type}".`)
    same(charged(world), [], 'Charges')
    if (!reads(world) || !world.provider.supports('lasting-id')) return
    const payment = await world.provider.payments.get(id)
    among(payment.status, ['failed', 'created', 'canceled'], 'The status')
    among(payment.failure, ['authentication_failed', 'card_declined', 'canceled_by_payer'], 'The failure')
  }),
  action(`${way}-abandoned`, `A payment whose payer never comes back from ${page} takes nothing`, async (world) => {
    const { id } = await waiting(world, way)
    await world.twin.authenticate(atVendor(world).id, 'abandon')
    await moments(world)
    same(charged(world), [], 'Charges')
    if (!reads(world)) return
    const { status } = await world.provider.payments.get(id)
    among(status, ['requires_action', 'failed', 'canceled', 'expired'], 'The status')
  }),
  action(
    `${way}-without-result`,
    `A payer who acted at ${page} and whose browser never came back has paid all the same`,
    async (world) => {
      const { id } = await waiting(world, way)
      if (!world.provider.supports('lasting-id')) throw new NotApplicable('The payment has no lasting id yet.')
      const result = await world.twin.authenticate(atVendor(world).id, 'succeed')
      // Some vendors go on by themselves, some want to be told; `get` must not say that it is final while it waits.
      const seen = await world.provider.payments.get(id)
      if (seen.status === 'captured') return booked(world, { captured: price })
      among(seen.status, ['requires_action', 'processing'], 'The status while the vendor waits to be told')
      await world.provider.payments.confirm({ id, result: { ...result } })
      booked(world, { captured: price })
    },
    { needs: ['read-payments'] },
  ),
  action(
    `${way}-same-id`,
    `A payment keeps its id while its payer is at ${page}`,
    async (world) => {
      const { id } = await waiting(world, way)
      const result = await world.twin.authenticate(atVendor(world).id, 'succeed')
      same((await world.provider.payments.confirm({ id, result: { ...result } })).id, id, 'The id')
    },
    { needs: ['lasting-id'] },
  ),
])
