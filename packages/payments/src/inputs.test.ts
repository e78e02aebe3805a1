import { createProvider, failover, ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { outcomeOf, type Payment, payments } from './index.ts'

/** A provider that answers without a vendor: what is refused here never reached a driver. */
function provider(name: string) {
  const seen: unknown[] = []
  const made = createProvider(
    payments,
    {
      descriptor: {
        vendor: name,
        docs: 'https://example.com',
        capabilities: {
          'confirm-later': true,
          checkout: true,
          customers: true,
          split: true,
          'stored-methods': true,
          balance: true,
          'read-payouts': true,
        },
        limits: {},
        operations: {},
      },
      client: async () => name,
      errors: {},
      fault: () => ({}),
      operations: {
        payments: {
          create: async (input, context) => {
            seen.push(input)
            return { id: context.handle('p1'), status: 'captured', amount: input.amount } satisfies Payment
          },
        },
        customers: { create: async (_, context) => ({ id: context.handle('c1') }) },
      },
      webhooks: { recognises: () => false, receive: async () => [] },
    },
    { defaultBaseUrl: 'https://example.com' },
  )
  return { seen, made }
}

const amount = { amount: 1000n, currency: 'EUR' }

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error(`expected a ProviderError, got ${String(error)}`)
  return error
}

describe('the input of a payment', () => {
  it('is refused before anything happens, with the field and the remedy', async () => {
    const { made, seen } = provider('alpha')
    const bad: [object, string][] = [
      [{}, 'amount'],
      [{ amount: { amount: 10.5, currency: 'EUR' } }, 'amount.amount'],
      [{ amount: { amount: -1n, currency: 'EUR' } }, 'amount.amount'],
      [{ amount: { amount: 1n, currency: 'XXZ' } }, 'amount.currency'],
      [{ amount, method: 'pm_1' }, 'method'],
      [{ amount, capture: 'later' }, 'capture'],
      [{ amount, metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, ''])) }, 'metadata'],
      [{ amount, statementDescriptor: '<x>' }, 'statementDescriptor'],
      [{ amount, saveMethod: true }, 'customer'],
      [{ amount, split: { account: 'alpha:a', fee: { amount: 1n, currency: 'USD' } } }, 'split.fee.currency'],
      [{ amount, split: { account: 'alpha:a', fee: { amount: 1001n, currency: 'EUR' } } }, 'split.fee.amount'],
      [{ amount, returnUrl: 'javascript:alert(1)' }, 'returnUrl'],
    ]
    for (const [input, field] of bad)
      expect(await refusal(made.payments.create(input as never)), JSON.stringify(Object.keys(input))).toMatchObject({
        code: 'invalid_input',
        effect: 'none',
        fault: 'caller',
        field,
      })
    expect(seen).toEqual([])
  })
})

describe('the lines of a checkout page', () => {
  it('have one currency, whatever else is on it', async () => {
    const { made } = provider('alpha')
    const line = (currency: string) => ({ name: 'Lamp', amount: { amount: 100n, currency } })
    const create = (...lines: object[]) =>
      refusal(made.checkout.create({ lines: lines as never, successUrl: 'https://shop.example.com' }))
    for (const lines of [
      [line('EUR'), line('USD')],
      [{ price: 'alpha:p1' }, line('EUR'), line('USD')],
    ])
      expect(await create(...lines)).toMatchObject({ code: 'invalid_input', field: 'lines' })
    // This provider has no such page: the input was fine.
    for (const lines of [
      [line('EUR'), line('EUR')],
      [{ price: 'alpha:p1' }, line('EUR')],
    ])
      expect(await create(...lines)).toMatchObject({ code: 'unsupported' })
  })
})

describe('what lives at one provider', () => {
  const [alpha, beta] = [provider('alpha'), provider('beta')]
  const wrapper = failover([alpha.made, beta.made])

  it('leads there: customer, method, seller', async () => {
    for (const input of [{ customer: 'beta:c1' }, { method: 'beta:m1' }, { split: { account: 'beta:a1' } }, { provider: 'beta' }])
      expect((await wrapper.payments.create({ amount, ...input })).id).toBe('beta:p1')
    expect(alpha.seen).toEqual([])
  })

  it('of several handles for one card each takes its own', async () => {
    await wrapper.payments.create({ amount, method: ['beta:m2', 'alpha:m1'] })
    expect(alpha.seen.at(-1)).toMatchObject({ method: 'alpha:m1' })
    await wrapper.payments.create({ amount, method: ['beta:m2', 'gamma:m1'] })
    expect(beta.seen.at(-1)).toMatchObject({ method: 'beta:m2' })
  })

  it('is refused when it lives at two', async () => {
    const error = await refusal(wrapper.payments.create({ amount, customer: 'alpha:c1', method: 'beta:m1' }))
    expect(error).toMatchObject({ code: 'provider_mismatch', effect: 'none' })
  })
})

describe('a capability that is not declared', () => {
  it('is refused, never imitated', async () => {
    const { made } = provider('alpha')
    for (const call of [
      made.payments.create({ amount, capture: 'manual' }),
      made.subscriptions.cancel({ id: 'alpha:s1' }),
      made.payouts.create({ amount }),
      made.balance.get({}),
      made.disputes.accept('alpha:d1'),
      // Its own would pass for the seller's.
      made.balance.get({ account: 'alpha:a1' }),
      made.payouts.list({ account: 'alpha:a1' }).page(),
    ])
      expect(await refusal(call)).toMatchObject({ code: 'unsupported', effect: 'none' })
  })
})

describe('outcomeOf', () => {
  it('says in one word what a command came to', async () => {
    const payment = (status: Payment['status'], more: object = {}) => Promise.resolve({ id: 'a:1', status, amount, ...more })
    expect((await outcomeOf(payment('captured'))).type).toBe('done')
    expect((await outcomeOf(payment('authorized'))).type).toBe('done')
    expect((await outcomeOf(payment('processing'))).type).toBe('pending')
    expect(await outcomeOf(payment('failed', { failure: 'insufficient_funds' }))).toMatchObject({
      type: 'refused',
      error: { code: 'insufficient_funds', fault: 'declined', handle: 'a:1' },
    })
    const action = { type: 'redirect', url: 'https://bank.example' }
    expect(await outcomeOf(payment('requires_action', { action }))).toMatchObject({ type: 'action', action })
    const { made } = provider('alpha')
    expect(await outcomeOf(() => made.payouts.create({ amount }))).toMatchObject({
      type: 'refused',
      error: { code: 'unsupported' },
    })
    await expect(outcomeOf(Promise.reject(new RangeError('bug')))).rejects.toThrow('bug')
  })
})
