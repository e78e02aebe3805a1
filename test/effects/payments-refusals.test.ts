import type { ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { type Name, paymentsWorld, returnUrl, usd } from './payments-world.ts'

const hour = 3_600_000
const names: readonly Name[] = ['stripe', 'adyen', 'square']
const key = { idempotencyKey: 'order-1' }

type World = ReturnType<typeof paymentsWorld>
const charge = (world: World, name: Name, behaves: 'ok' | 'insufficientFunds') => ({
  amount: usd(2_590n),
  method: `${name}:${world.twins[name].methods[behaves]}`,
  returnUrl,
})
const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as ProviderError,
  )
/** Every time that the vendor asked the payer's bank. */
const tries = ({ twins }: World, name: Name) => twins[name].payments().length

describe.each(names)('the same key after a decline at %s', (name) => {
  it('gives the same decline again, from any process, and asks nobody’s bank: only a new key tries again', async () => {
    const world = paymentsWorld()
    const poor = charge(world, name, 'insufficientFunds')
    const declined = { fault: 'declined', code: 'insufficient_funds', effect: 'none' }
    const first = await refusalOf(world.start([name]).payments.payments.create(poor, key))
    expect(first).toMatchObject(declined)
    for (const pause of [0, 60_000, 20 * hour]) {
      world.clock.advance(pause)
      const again = await refusalOf(world.start([name]).payments.payments.create(poor, key))
      expect(again).toMatchObject({ ...declined, handle: first?.handle })
      expect(tries(world, name)).toBe(1)
    }
    expect(await refusalOf(world.start([name]).payments.payments.create(poor, { idempotencyKey: 'order-1/2' }))).toMatchObject(
      declined,
    )
    expect(tries(world, name)).toBe(2)
    // What was declined under one key is charged under another: nobody has to wait for the vendor to forget.
    await world.start([name]).payments.payments.create(charge(world, name, 'ok'), { idempotencyKey: 'order-1/3' })
    expect(world.effects()).toHaveLength(1)
  })
})

describe.each(names)('the same key after a refusal at %s that came before anything was tried', (name) => {
  it.each([
    { kind: 'invalid' },
    { kind: 'unauthorized' },
    { kind: 'rate-limit', retryAfterSeconds: 60 },
    { kind: 'refuse' },
  ] as const)('makes it now, once: $kind', async (fault) => {
    const world = paymentsWorld()
    world.twins[name].faults.next(fault, { operation: 'payments.create' })
    const again = () => world.start([name]).payments.payments.create(charge(world, name, 'ok'), key)
    expect(await refusalOf(again())).toMatchObject({ effect: 'none' })
    expect(world.effects()).toEqual([])
    world.clock.advance(61_000)
    const payment = await again()
    expect(world.effects().map(({ id }) => id)).toEqual([payment.id])
    expect(await again()).toEqual(payment)
  })
})

it('once Stripe has forgotten a key, after a day, the same key is a new try', async () => {
  const world = paymentsWorld()
  const poor = charge(world, 'stripe', 'insufficientFunds')
  await refusalOf(world.start(['stripe']).payments.payments.create(poor, key))
  world.clock.advance(25 * hour)
  expect(await refusalOf(world.start(['stripe']).payments.payments.create(poor, key))).toMatchObject({ fault: 'declined' })
  expect(tries(world, 'stripe')).toBe(2)
})

it.each(['stripe', 'adyen'] as const)(
  'a payout for which %s had too little is refused again under its key, and made under another',
  async (name) => {
    const world = paymentsWorld()
    const currency = world.twins[name].currencies[0]
    const money = (amount: bigint) => ({ amount, currency })
    const pay = (idempotencyKey: string) =>
      world.start([name]).payments.payouts.create({ amount: money(10_000n) }, { idempotencyKey })
    expect(await refusalOf(pay('week-47'))).toMatchObject({ code: 'insufficient_balance', effect: 'none' })
    const method = name === 'stripe' ? 'stripe:pm_card_bypassPending' : `adyen:${world.twins.adyen.methods.ok}`
    await world.start([name]).payments.payments.create({ amount: money(500_000n), method, returnUrl })
    await world.twins[name].advance(3 * 24 * hour - 61 * hour)
    if (name === 'adyen') await world.twins[name].advance(50 * hour)
    expect(await refusalOf(pay('week-47'))).toMatchObject({ code: 'insufficient_balance', effect: 'none' })
    expect(world.twins[name].payouts().filter(({ status }) => status !== 'refused')).toEqual([])
    expect((await pay('week-47/2')).amount).toEqual(money(10_000n))
    expect(world.twins[name].payouts()).toHaveLength(1)
  },
)
