import type { CreatePaymentInput, Payments } from '@do/payments'
import { memoryIntents, OutcomeUnknownError, type ProviderError, reconcileIntent } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { isCharge, type Name, never, paymentsWorld, returnUrl, usd, type Way } from './payments-world.ts'

const hour = 3_600_000
const key = { idempotencyKey: 'order-1' }
const cards = (
  world: ReturnType<typeof paymentsWorld>,
  behaves: Partial<Record<Name, 'ok' | 'declined' | 'insufficientFunds'>> = {},
) => ({
  amount: usd(2_590n),
  returnUrl,
  method: (['stripe', 'adyen', 'square'] as const).map((name) => `${name}:${world.twins[name].methods[behaves[name] ?? 'ok']}`),
})
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as ProviderError,
  )

/** A process that dies when its first charge is on its way, which reaches the vendor or not. */
async function lost(
  world: ReturnType<typeof paymentsWorld>,
  order: readonly Name[],
  input: CreatePaymentInput,
  reaches: boolean,
) {
  let left: () => void = () => {}
  const gone = new Promise<void>((resolve) => (left = resolve))
  const way: Way = async (_, request, next) => {
    if (!isCharge(request)) return next()
    if (reaches) await next()
    process.die()
    left()
    return never()
  }
  const process = world.start(order, { way })
  // What a dead process still thinks nobody hears.
  process.payments.payments.create(input, key).catch(() => {})
  await gone
}

const each: readonly (readonly [Name, Name])[] = [
  ['stripe', 'adyen'],
  ['square', 'stripe'],
  ['adyen', 'square'],
]

describe.each(each)('a repetition at %s that comes hours after the first try', (first, second) => {
  it('is found when its own answer is lost, too, and nobody else is asked', async () => {
    const world = paymentsWorld()
    const { clock, twins, start, effects } = world
    await lost(world, [first, second], cards(world), false)
    clock.advance(2 * hour)
    twins[first].faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    twins[first].faults.next({ kind: 'refuse' }, { operation: 'payments.create' })
    const { payments } = start([first, second], { deadline: 60_000 })
    const again = () => payments.payments.create(cards(world), key)
    const payment = await again().catch(async () => {
      await world.calm(1_000)
      return again()
    })
    expect(effects().map(({ id }) => id)).toEqual([payment.id])
    expect(payment.id).toMatch(new RegExp(`^${first}:`))
  })

  it('is waited for when the vendor is slow: only after the settle time is nothing found', async () => {
    const world = paymentsWorld()
    await lost(world, [first, second], cards(world), false)
    world.clock.advance(2 * hour)
    let charges = 0
    const way: Way = async (vendor, request, next) => {
      if (vendor !== first || !isCharge(request)) return next()
      charges += 1
      if (charges === 1) return world.late(vendor, request, 30_000)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
    }
    const { payments } = world.start([first, second], { way })
    const outcome = await failureOf(payments.payments.create(cards(world), key))
    await world.calm(200_000)
    expect(world.effects().length).toBe(1)
    if (outcome !== undefined) expect(outcome).toMatchObject({ effect: 'unknown' })
    const settled = await world.start([first, second]).payments.payments.create(cards(world), key)
    expect(world.effects().map(({ id }) => id)).toEqual([settled.id])
  })

  it('does not overtake another process that looks for the same', async () => {
    const world = paymentsWorld()
    await lost(world, [first, second], cards(world), false)
    world.clock.advance(2 * hour)
    // One process repeats, which takes long; the other finds no trace of it.
    let one: Promise<unknown> = Promise.resolve()
    let sent: () => void = () => {}
    const onItsWay = new Promise<void>((resolve) => (sent = resolve))
    let arrive: () => void = () => {}
    const held = new Promise<void>((resolve) => (arrive = resolve))
    const slow = world.start([first, second], {
      way: async (vendor, request, next) => {
        if (!isCharge(request)) return next()
        const copy = new Request(request.clone(), { signal: null })
        sent()
        await held
        await world.deliver(vendor, copy)
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) })
      },
    })
    one = slow.payments.payments.create(cards(world), key).catch(() => {})
    await onItsWay
    world.twins[first].faults.next({ kind: 'error', status: 503, when: 'before' }, { operation: 'payments.create' })
    world.twins[first].faults.next({ kind: 'refuse' }, { operation: 'payments.create' })
    const other = world.start([first, second], { deadline: 4_000 })
    const answer = await failureOf(other.payments.payments.create(cards(world), key))
    arrive()
    await one
    await world.calm(200_000)
    expect(world.effects().length).toBe(1)
    expect(answer).toSatisfy((error) => error === undefined || OutcomeUnknownError.is(error))
  })
})

describe('the window of a key', () => {
  it.each([
    ['stripe', 24 * hour],
    ['square', 24 * hour],
    ['adyen', 7 * 24 * hour],
  ] as const)('of %s is left before it ends: what acted is not made again at its edge', async (name, window) => {
    for (const before of [60_000, 5_000, 1_000, 1, 0, -1_000]) {
      const world = paymentsWorld()
      world.clock.advance(999)
      await lost(world, [name], cards(world), true)
      world.clock.advance(window - before)
      // The vendor forgets it to the second, and the repetition takes its time.
      const forgets: Way = async (_, request, next) => {
        if (isCharge(request)) world.twins[name].faults.next({ kind: 'slow', ms: 2_000 }, { operation: 'payments.create' })
        return next()
      }
      const { payments } = world.start([name], { way: forgets })
      const outcome = await failureOf(payments.payments.create(cards(world), key))
      expect(world.effects().length, `${before} ms before the end`).toBe(1)
      // Without a list, what the key told is gone with it; Adyen's webhook, carrying our reference, still tells.
      if (name === 'adyen') expect(outcome).toMatchObject({ effect: 'unknown' })
      else expect(outcome).toBeUndefined()
    }
  })

  it('counts from the first use of the key, not from the last', async () => {
    const world = paymentsWorld()
    const poor = cards(world, { stripe: 'insufficientFunds' })
    // Declined, and so kept under the key for a day; the card has money the next day.
    expect(await failureOf(world.start(['stripe', 'adyen']).payments.payments.create(poor, key))).toMatchObject({
      fault: 'declined',
    })
    world.clock.advance(24 * hour - 8_000)
    let charges = 0
    const way: Way = async (vendor, request, next) => {
      if (vendor !== 'stripe' || !isCharge(request)) return next()
      charges += 1
      if (charges > 1) return next()
      // It arrives when the key is forgotten, with money on the card.
      const body = (await request.clone().text()).replace(
        world.twins.stripe.methods.insufficientFunds,
        world.twins.stripe.methods.ok,
      )
      return world.late(vendor, new Request(request, { method: 'POST', body, signal: request.signal }), 12_000)
    }
    const { payments } = world.start(['stripe', 'adyen'], { way, moveOnDecline: ['insufficient_funds'] })
    const payment = await payments.payments.create(poor, key)
    await world.calm(200_000)
    expect(world.effects().map(({ id }) => id)).toEqual([payment.id])
  })
})

describe('a decline of the repetition', () => {
  it.each(each)('at %s stands, and the first try is answered like it when it arrives later', async (first, second) => {
    const world = paymentsWorld()
    const poor = cards(world, { [first]: 'insufficientFunds' })
    let charges = 0
    const way: Way = async (vendor, request, next) => {
      if (vendor !== first || !isCharge(request)) return next()
      charges += 1
      return charges === 1 ? world.late(vendor, request, 20_000) : next()
    }
    const { payments } = world.start([first, second], { way, moveOnDecline: ['insufficient_funds'] })
    const payment = await payments.payments.create(poor, key)
    expect(payment.id).toMatch(new RegExp(`^${second}:`))
    await world.calm(200_000)
    expect(world.effects().map(({ id }) => id)).toEqual([payment.id])
    expect(world.twins[first].payments().length).toBe(1)
  })

  it.each(each)('at %s is believed only in the vendor’s own words', async (first, second) => {
    const world = paymentsWorld()
    let charges = 0
    const way: Way = async (vendor, request, next) => {
      if (vendor !== first) return next()
      if (!isCharge(request))
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) })
      charges += 1
      if (charges === 1) {
        await next()
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) })
      }
      // The proxy of a network that has not been paid for.
      return new Response('<title>Payment required</title>', { status: 402, headers: { 'content-type': 'text/html' } })
    }
    const moveOnDecline = ['unknown', 'card_declined', 'payment_required']
    const { payments } = world.start([first, second], { way, moveOnDecline, deadline: 20_000 })
    const error = await failureOf(payments.payments.create(cards(world), key))
    expect(error).toMatchObject({ effect: 'unknown', provider: first })
    expect(world.effects().length).toBe(1)
    await world.calm(200_000)
    const after = world.start([first, second])
    const payment = await after.payments.payments.create(cards(world), key)
    expect(world.effects().map(({ id }) => id)).toEqual([payment.id])
  })

  it.each(each)('at %s does not move on only because the order has changed since', async (first, second) => {
    for (const list of [[], ['insufficient_funds']]) {
      const world = paymentsWorld()
      const poor = cards(world, { [first]: 'insufficientFunds' })
      await lost(world, [first, second], poor, true)
      const { payments } = world.start([second, first], { moveOnDecline: list })
      const answer = await payments.payments.create(poor, key).catch((error: unknown) => error as ProviderError)
      expect(world.effects().length).toBe(list.length)
      if (list.length === 0)
        expect(answer).toMatchObject({ fault: 'declined', code: 'insufficient_funds', provider: first, effect: 'none' })
      else expect((answer as { id: string }).id).toMatch(new RegExp(`^${second}:`))
    }
  })

  it.each(['stripe', 'square'] as const)('at %s is a decline, too, when it is found by looking', async (name) => {
    for (const resolve of [false, true]) {
      const world = paymentsWorld()
      const poor = cards(world, { [name]: 'insufficientFunds' })
      await lost(world, [name], poor, true)
      world.clock.advance(60_000)
      const busy: Way = async (_, request, next) => {
        if (isCharge(request))
          world.twins[name].faults.next({ kind: 'error', status: 503, when: 'before' }, { operation: 'payments.create' })
        return next()
      }
      const { payments } = world.start([name, 'adyen'], { way: busy })
      if (resolve) {
        const [intent] = await world.store.unresolved()
        expect(await reconcileIntent(payments as Payments, intent as NonNullable<typeof intent>)).toEqual({ effect: 'none' })
      } else {
        const error = await failureOf(payments.payments.create(poor, key))
        expect(error).toMatchObject({ fault: 'declined', code: 'insufficient_funds', effect: 'none', provider: name })
        expect(error?.handle).toMatch(new RegExp(`^${name}:`))
      }
      expect(world.effects()).toEqual([])
    }
  })
})

describe('two processes that share no store', () => {
  it.each(['stripe', 'adyen', 'square'] as const)(
    'charge once at %s under the same key, even at the same moment',
    async (name) => {
      const world = paymentsWorld()
      const one = () =>
        world.start([name], { intents: memoryIntents({ clock: world.clock }) }).payments.payments.create(cards(world), key)
      const answers = await Promise.allSettled([one(), one(), one()])
      expect(world.effects().length).toBe(1)
      for (const answer of answers)
        if (answer.status === 'fulfilled') expect(answer.value.id).toBe(world.effects()[0]?.id)
        else expect(answer.reason).toMatchObject({ effect: 'unknown' })
    },
  )
})
