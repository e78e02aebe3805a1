import { payments } from '@do/payments'
import { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { descriptor } from './descriptor.ts'
import { failure, ok, own, setUp, usd } from './test/set-up.ts'

type World = ReturnType<typeof setUp>
type Command = (world: World) => Promise<() => Promise<{ readonly id: string }>>

const day = 86_400_000
const funded = async ({ twin, pay }: World) => {
  await pay({ amount: usd(500_000n) })
  await twin.advance(14 * day)
}
const seller = async ({ twin, provider }: World) => {
  const { id } = await provider.accounts.create({ country: 'DE', name: 'A seller' })
  await twin.onboard(own(id), 'complete')
  return id
}
const payer = async ({ provider }: World) => {
  const { id } = await provider.customers.create({ name: 'Anna Ek' })
  const method = await provider.methods.attach({ id: ok, customer: id })
  await provider.customers.update({ id, defaultMethod: method.id })
  return id
}
const price = async ({ provider }: World) => {
  const { id: product } = await provider.products.create({ name: 'Light' })
  return (await provider.prices.create({ product, amount: usd(3_000n), interval: { unit: 'month' } })).id
}
const lines = [{ name: 'Lamp', amount: usd(1_230n), quantity: 3 }]

/** Each command that carries a key: what it needs first, then itself. */
const commands: Readonly<Record<string, Command>> = {
  'payments.create':
    async ({ pay }) =>
    () =>
      pay(),
  'payments.confirm': async ({ provider }) => {
    const { id } = await provider.payments.create({ amount: usd(500n) })
    return () => provider.payments.confirm({ id, method: ok })
  },
  'payments.capture': async ({ provider, pay }) => {
    const { id } = await pay({ capture: 'manual' })
    return () => provider.payments.capture({ id, amount: usd(500n) })
  },
  'refunds.create': async ({ provider, pay }) => {
    const { id: payment } = await pay()
    return () => provider.refunds.create({ payment })
  },
  'customers.create':
    async ({ provider }) =>
    () =>
      provider.customers.create({ name: 'Anna Ek' }),
  'checkout.create':
    async ({ provider }) =>
    () =>
      provider.checkout.create({ lines, successUrl: 'https://shop.example.com/thanks' }),
  'products.create':
    async ({ provider }) =>
    () =>
      provider.products.create({ name: 'Lamp' }),
  'prices.create': async ({ provider }) => {
    const { id: product } = await provider.products.create({ name: 'Lamp' })
    return () => provider.prices.create({ product, amount: usd(500n) })
  },
  'subscriptions.create': async (world) => {
    const given = { customer: await payer(world), price: await price(world) }
    return () => world.provider.subscriptions.create(given)
  },
  'invoices.create': async (world) => {
    const customer = await payer(world)
    return () => world.provider.invoices.create({ customer, lines })
  },
  'invoices.pay': async (world) => {
    const { id } = await world.provider.invoices.create({ customer: await payer(world), lines })
    await world.provider.invoices.finalize(id)
    return () => world.provider.invoices.pay({ id })
  },
  'accounts.create':
    async ({ provider }) =>
    () =>
      provider.accounts.create({ country: 'DE' }),
  'transfers.create': async (world) => {
    await funded(world)
    const account = await seller(world)
    return () => world.provider.transfers.create({ account, amount: usd(5_000n) })
  },
  'transfers.reverse': async (world) => {
    await funded(world)
    const { id } = await world.provider.transfers.create({ account: await seller(world), amount: usd(5_000n) })
    return () => world.provider.transfers.reverse({ id, amount: usd(1_000n) })
  },
  'payouts.create': async (world) => {
    await funded(world)
    return () => world.provider.payouts.create({ amount: usd(5_000n) })
  },
  'disputes.submit': async ({ twin, provider, pay }) => {
    const id = `stripe:${await twin.dispute(own((await pay()).id))}`
    return () => provider.disputes.submit({ id, evidence: { explanation: 'It was delivered.' } })
  },
}

it('are tried for every command that carries a key', () => {
  const keyed = Object.entries(descriptor.operations).flatMap(([name, { class: kind }]) => (kind === 'keyed' ? [name] : []))
  expect(Object.keys(commands).sort()).toEqual(keyed.sort())
  const creates = [...payments.flat].flatMap(([name, { kind }]) => (kind === 'create' ? [name] : []))
  expect(keyed.sort()).toEqual(creates.sort())
})

describe.each(Object.entries(commands))('%s', (operation, command) => {
  const faults = [
    ['cut before Stripe acted', { kind: 'cut', when: 'before' }],
    ['cut after it', { kind: 'cut', when: 'after' }],
    ['answered with a 500 that Stripe saves', { kind: 'error', status: 500, when: 'after' }],
  ] as const

  it.each(faults)('is done once when it was %s', async (_, fault) => {
    const world = setUp()
    const run = await command(world)
    const before = world.wire(operation).length
    world.twin.faults.next(fault, { operation })
    const made = await run()
    expect(made.id).toMatch(/^stripe:/)
    expect(made).not.toMatchObject({ status: 'failed' })
    // Repeated under one key, with the very same body: for Stripe they are one.
    const sent = world.wire(operation).slice(before)
    expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(sent[0]?.headers['idempotency-key']).toMatch(/^do-[0-9a-f]{32}\.stripe$/)
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1)
  })

  it('is known not to have happened, once Stripe can no longer be at it', async () => {
    const world = setUp()
    const run = await command(world)
    world.twin.faults.always({ kind: 'cut', when: 'before' }, { operation })
    const error = await failure(run())
    if (!OutcomeUnknownError.is(error)) throw error
    world.twin.faults.clear()
    await world.twin.clock.advance(100_000)
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect(await run()).toMatchObject({ id: expect.stringMatching(/^stripe:/) })
  })

  it('is found by whoever asks later, when Stripe has long forgotten the key', async () => {
    let away = false
    // After the command itself nobody is to be reached, so that nothing can be repeated or looked for at once.
    const world = setUp({}, (send) => async (input, init) => {
      if (away) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      const sent = world.wire(operation).length
      try {
        return await send(input, init)
      } finally {
        away = faulty && world.wire(operation).length > sent
      }
    })
    let faulty = false
    const run = await command(world)
    world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation })
    faulty = true
    const error = await failure(run())
    if (!OutcomeUnknownError.is(error)) throw error
    away = false
    faulty = false
    await world.twin.clock.advance(2 * day)
    const sent = world.wire(operation).length
    expect(await error.resolve()).toMatchObject({ effect: 'done', value: { id: expect.stringMatching(/^stripe:/) } })
    expect(world.wire(operation)).toHaveLength(sent)
  })
})

it('puts the lines on an invoice whose making broke off in the middle', async () => {
  const world = setUp()
  const customer = await payer(world)
  world.twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'invoices.addLines' })
  const invoice = await world.provider.invoices.create({ customer, lines })
  expect(invoice).toMatchObject({ total: usd(3_690n), status: 'draft' })
  expect(world.twin.count('invoices')).toBe(1)
})
