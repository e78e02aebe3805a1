import { adyenTwin } from '@do/fixtures/adyen'
import { settleByEvent } from '@do/payments'
import { memoryIntents, OutcomeUnknownError, testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { eur, failure, own, setUp } from './test/set-up.ts'

const day = 86_400_000

/** A world whose intents can be looked at. */
function opened() {
  const clock = testClock()
  const intents = memoryIntents({ clock })
  const world = setUp({ intents }, adyenTwin({ clock }))
  /** The answer is lost, and nobody is to be reached until somebody asks later. */
  const lost = async (operation: string, when: 'before' | 'after', call: () => Promise<unknown>) => {
    world.twin.faults.next({ kind: 'cut', when }, { operation })
    // What is repeated under the key does not get there either, and nothing can be looked for.
    for (const one of [operation, 'transfers.list']) world.twin.faults.always({ kind: 'cut', when: 'before' }, { operation: one })
    const error = await failure(call())
    if (!OutcomeUnknownError.is(error)) throw error
    world.twin.faults.clear()
    await world.twin.advance(200_000)
    return error
  }
  return { ...world, intents, lost }
}

describe('a payment whose answer is lost', () => {
  it.each(['before', 'after'] as const)('is not made, and not repeated, by who only asks (cut %s Adyen acted)', async (when) => {
    const { twin, pay, wire, lost } = opened()
    const error = await lost('payments.create', when, () => pay())
    const [sent, made] = [wire('payments.create').length, twin.payments().length]
    expect(made).toBe(when === 'before' ? 0 : 1)
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect([wire('payments.create').length, twin.payments().length]).toEqual([sent, made])
  })

  it.each(['before', 'after'] as const)('is had, once, by who still wants it (cut %s Adyen acted)', async (when) => {
    const { twin, pay, lost } = opened()
    const error = await lost('payments.create', when, () => pay())
    expect(await error.resolve({ mayComplete: true })).toMatchObject({ effect: 'done', value: { status: 'captured' } })
    expect(twin.payments()).toHaveLength(1)
  })

  it('is known by the webhook that carries its reference, and then given to whoever asks or repeats', async () => {
    const { twin, provider, events, pay, lost, intents, wire } = opened()
    twin.holdWebhooks(true)
    const create = () =>
      provider.payments.create(
        { amount: eur(2590n), method: `adyen:${twin.methods.ok}`, reference: 'order-42' },
        { idempotencyKey: 'order-42' },
      )
    const error = await lost('payments.create', 'after', create)
    await pay({ amount: eur(100n) })
    await twin.releaseWebhooks()
    for (const event of events) await settleByEvent(provider, event)
    const value = { id: `adyen:${twin.payments()[0]?.id}`, status: 'captured', amount: eur(2590n), captured: eur(2590n) }
    expect(await error.resolve()).toEqual({ effect: 'done', value })
    const sent = wire('payments.create').length
    expect(await create()).toEqual(value)
    expect([wire('payments.create').length, await intents.unresolved()]).toEqual([sent, []])
  })

  it('is known as declined by that webhook; an event about another amount says nothing', async () => {
    const { twin, provider, events, lost, method } = opened()
    const poor = () => provider.payments.create({ amount: eur(2590n), method: method('declined') }, { idempotencyKey: 'k' })
    const error = await lost('payments.create', 'after', poor)
    const [event] = events.filter(({ type }) => type === 'payment.updated')
    if (event?.type !== 'payment.updated') throw new Error('No event.')
    expect(await settleByEvent(provider, { ...event, amount: eur(2591n) })).toBeUndefined()
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect(await settleByEvent(provider, event)).toMatchObject({ state: 'open' })
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect(twin.payments().filter(({ captured }) => captured > 0n)).toEqual([])
  })
})

describe('a change of a payment whose answer is lost', () => {
  it('is known by its webhook: a refund, a capture, and a capture that was refused', async () => {
    const { twin, provider, events, pay, lost } = opened()
    const { id: payment } = await pay()
    const held = await pay({ capture: 'manual' })
    const small = await pay({ capture: 'manual', amount: eur(100n) })
    const errors = [
      await lost('refunds.create', 'after', () => provider.refunds.create({ payment, amount: eur(590n) })),
      await lost('payments.capture', 'after', () => provider.payments.capture({ id: held.id, amount: eur(2000n) })),
      await lost('payments.capture', 'after', () => provider.payments.capture({ id: small.id, amount: eur(200n) })),
    ]
    for (const error of errors) expect(await error.resolve()).toEqual({ effect: 'unknown' })
    for (const event of events) await settleByEvent(provider, event)
    expect(await Promise.all(errors.map((error) => error.resolve()))).toMatchObject([
      { effect: 'done', value: { id: `adyen:${twin.refunds()[0]?.id}`, payment, amount: eur(590n) } },
      { effect: 'done', value: { id: held.id, status: 'captured' } },
      { effect: 'none' },
    ])
    expect(twin.payments().map(({ captured, refunded }) => [captured, refunded])).toEqual([
      [2590n, 590n],
      [2000n, 0n],
      [0n, 0n],
    ])
  })
})

describe('a movement on the platform whose answer is lost', () => {
  async function funded() {
    const world = opened()
    const { twin, provider, pay } = world
    const account = (await provider.accounts.create({ country: 'NL', name: 'Acme Books', email: 'anna@example.com' })).id
    await twin.onboard(own(account), 'complete')
    await pay({ amount: eur(500_000n) })
    await twin.advance(3 * day)
    return { ...world, account }
  }

  it.each([undefined, 'week 47'])('is found among the transfers (reference %s), or known not to be there', async (reference) => {
    const { twin, provider, account, wire, lost } = await funded()
    const named = reference === undefined ? {} : { reference }
    const commands = {
      'transfers.create': () => provider.transfers.create({ account, amount: eur(10_000n), ...named }),
      'payouts.create': () => provider.payouts.create({ amount: eur(20_000n), ...named }),
    }
    for (const [operation, command] of Object.entries(commands)) {
      const count = () => wire(operation).length
      const made = () => twin.transfers().length + twin.payouts().length
      const before = made()
      const absent = await lost(operation, 'before', command)
      const sent = count()
      expect(await absent.resolve()).toEqual({ effect: 'none' })
      expect([made() - before, count()]).toEqual([0, sent])
      const there = await lost(operation, 'after', command)
      const again = count()
      expect(await there.resolve()).toMatchObject({ effect: 'done', value: { amount: { currency: 'EUR' } } })
      expect([made() - before, count()]).toEqual([1, again])
    }
  })

  it('is not mistaken for an equal one of a moment ago', async () => {
    const { twin, provider, account, lost } = await funded()
    const command = () => provider.transfers.create({ account, amount: eur(10_000n), reference: 'week 47' })
    await command()
    const error = await lost('transfers.create', 'before', command)
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect(twin.transfers()).toHaveLength(1)
  })

  it('was refused: that is found, too', async () => {
    const { twin, provider, lost } = await funded()
    const error = await lost('payouts.create', 'after', () => provider.payouts.create({ amount: eur(900_000_000n) }))
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect(twin.payouts()).toEqual([])
  })

  it('is never called undone when a part of a transfer has come back', async () => {
    const { twin, provider, account, lost } = await funded()
    const { id } = await provider.transfers.create({ account, amount: eur(10_000n) })
    const back = () => provider.transfers.reverse({ id, amount: eur(4_000n) }, { idempotencyKey: 'back' })
    const error = await lost('transfers.reverse', 'after', back)
    expect(twin.transfers()[0]?.reversed).toBe(4_000n)
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect((await back()).reversed).toEqual(eur(4_000n))
    expect(twin.transfers()[0]?.reversed).toBe(4_000n)
    const absent = await lost('transfers.reverse', 'before', () => provider.transfers.reverse({ id, amount: eur(1_000n) }))
    expect(await absent.resolve()).toEqual({ effect: 'none' })
    expect(twin.transfers()[0]?.reversed).toBe(4_000n)
  })
})
