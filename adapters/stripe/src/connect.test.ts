import { describe, expect, it } from 'vitest'
import { accountOf } from './accounts.ts'
import { collect, failure, own, setUp, usd } from './test/set-up.ts'

const day = 86_400_000

async function market(options = {}) {
  const world = setUp(options)
  const { provider, twin, pay } = world
  await pay({ amount: usd(500_000n) })
  await twin.advance(14 * day)
  const { id: account } = await provider.accounts.create({
    country: 'DE',
    email: 's@example.com',
    name: 'A seller',
    reference: 's-7',
  })
  await twin.onboard(own(account), 'complete')
  return { ...world, account }
}

describe('accounts', () => {
  it('are made by controller, with what they shall be able to do', async () => {
    const { provider, sent } = setUp()
    const made = await provider.accounts.create({ country: 'DE', type: 'individual', name: 'A seller', reference: 's-7' })
    expect(made).toMatchObject({ status: 'pending', chargesEnabled: false, payoutsEnabled: false, reference: 's-7' })
    expect(Object.fromEntries(sent('accounts.create'))).toMatchObject({
      country: 'DE',
      business_type: 'individual',
      'business_profile[name]': 'A seller',
      'controller[stripe_dashboard][type]': 'express',
      'controller[fees][payer]': 'application',
      'controller[losses][payments]': 'application',
      'controller[requirement_collection]': 'stripe',
      'capabilities[card_payments][requested]': 'true',
      'capabilities[transfers][requested]': 'true',
    })
    expect(sent('accounts.create').has('type')).toBe(false)
    const link = await provider.accounts.onboardingLink({
      account: made.id,
      returnUrl: 'https://shop.example.com/joined',
      refreshUrl: 'https://shop.example.com/join',
    })
    expect(link).toMatchObject({ account: made.id, url: expect.stringMatching(/^https:/), expiresAt: expect.any(String) })
    expect(await collect(provider.accounts.list())).toHaveLength(1)
  })

  it('can be made in another way', async () => {
    const { provider, sent } = setUp({ accounts: { dashboard: 'full', fees: 'account', losses: 'stripe' } })
    await provider.accounts.create({ country: 'US' })
    expect(sent('accounts.create').get('controller[stripe_dashboard][type]')).toBe('full')
    expect(sent('accounts.create').get('controller[losses][payments]')).toBe('stripe')
  })

  it('say each requirement once, as strictly as it is meant', () => {
    const at = 1_800_000_000
    const account = {
      id: 'acct_1',
      object: 'account',
      charges_enabled: false,
      payouts_enabled: true,
      details_submitted: true,
      requirements: {
        current_deadline: at,
        past_due: ['a'],
        currently_due: ['a', 'b'],
        eventually_due: ['a', 'b', 'c'],
        pending_verification: ['d'],
        disabled_reason: 'requirements.past_due',
      },
      future_requirements: { current_deadline: at + 60, currently_due: ['b', 'e'], eventually_due: ['e', 'f'] },
    }
    const { status, disabledReason, requirements } = accountOf(account as never, { handle: (id) => `stripe:${id}` })
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
    expect({ status, disabledReason }).toEqual({ status: 'restricted', disabledReason: 'requirements.past_due' })
    expect(requirements).toEqual([
      { code: 'a', state: 'past_due', dueAt: iso(at) },
      { code: 'b', state: 'currently_due', dueAt: iso(at) },
      { code: 'd', state: 'pending_verification' },
      { code: 'c', state: 'eventually_due' },
      { code: 'e', state: 'eventually_due', dueAt: iso(at + 60) },
      { code: 'f', state: 'eventually_due', dueAt: iso(at + 60) },
    ])
  })
})

describe('transfers', () => {
  it('move money, of a payment where one is named, and come back', async () => {
    const { provider, pay, account, sent } = await market()
    const { id: payment } = await pay({ amount: usd(20_000n) })
    const made = await provider.transfers.create({ account, amount: usd(10_000n), payment, reference: 't-1' })
    expect(made).toMatchObject({ account, amount: usd(10_000n), payment, status: 'succeeded', reference: 't-1' })
    expect(sent('transfers.create').get('source_transaction')).toMatch(/^ch_/)
    const back = await provider.transfers.reverse({ id: made.id, amount: usd(4_000n) })
    expect(back).toMatchObject({ id: made.id, reversed: usd(4_000n), status: 'partially_reversed', payment })
    expect(await provider.transfers.reverse({ id: made.id })).toMatchObject({ status: 'reversed' })
    const wrong = provider.transfers.reverse({ id: made.id, amount: { amount: 1n, currency: 'EUR' } })
    expect(await failure(wrong)).toMatchObject({ code: 'currency_mismatch', effect: 'none' })
    expect(await collect(provider.transfers.list({ account }))).toHaveLength(1)
  })

  it('take nothing from the balance for a payment that has no money yet', async () => {
    const { twin, provider, account } = await market()
    const { id: payment } = await provider.payments.create({ amount: usd(20_000n) })
    const error = await failure(provider.transfers.create({ account, amount: usd(10_000n), payment }))
    expect(error).toMatchObject({ code: 'invalid_state', effect: 'none' })
    expect(twin.transfers()).toEqual([])
  })

  it('divide a payment, and its refund', async () => {
    const { twin, provider, pay, account, sent } = await market()
    const { id } = await pay({ split: { account, fee: usd(260n) } })
    expect(sent('payments.create').get('transfer_data[destination]')).toBe(own(account))
    expect(sent('payments.create').get('application_fee_amount')).toBe('260')
    await provider.refunds.create({ payment: id, reverseTransfer: true, refundFee: true })
    expect(sent('refunds.create').get('reverse_transfer')).toBe('true')
    expect(sent('refunds.create').get('refund_application_fee')).toBe('true')
    expect(twin.refunds().filter(({ payment }) => payment === own(id))).toMatchObject([{ amount: 2_590n }])
  })
})

describe('payouts', () => {
  it('of a connected account carry the account in their handle, and are read and canceled there', async () => {
    const { provider, account, wire, events } = await market()
    await provider.transfers.create({ account, amount: usd(10_000n) })
    const made = await provider.payouts.create({ account, amount: usd(6_000n), reference: 'week-47', metadata: { week: '47' } })
    expect(made.id).toMatch(new RegExp(`^${account}/po_`))
    expect(wire('payouts.create')[0]?.headers['stripe-account']).toBe(own(account))
    expect(await provider.payouts.get(made.id)).toMatchObject({ account, reference: 'week-47', metadata: { week: '47' } })
    expect(await collect(provider.payouts.list({ account }))).toHaveLength(1)
    expect(await collect(provider.payouts.list())).toEqual([])
    expect(await provider.payouts.cancel(made.id)).toMatchObject({ status: 'canceled' })
    expect(await provider.payouts.cancel(made.id)).toMatchObject({ status: 'canceled' })
    expect(events.filter(({ type }) => type === 'payout.updated').at(-1)).toMatchObject({ payout: made.id, account })
    const { available, account: whose } = await provider.balance.get({ account })
    expect([available.find(({ currency }) => currency === 'USD'), whose]).toEqual([usd(10_000n), account])
  })

  it('are found in the account when the answer is lost', async () => {
    const { twin, provider, account } = await market()
    await provider.transfers.create({ account, amount: usd(10_000n) })
    twin.faults.next({ kind: 'error', status: 500, when: 'after' }, { operation: 'payouts.create' })
    const made = await provider.payouts.create({ account, amount: usd(6_000n) })
    expect(made.id).toMatch(new RegExp(`^${account}/po_`))
    expect(await collect(provider.payouts.list({ account }))).toHaveLength(1)
  })

  it('of more than there is are refused', async () => {
    const { provider } = await market()
    const error = await failure(provider.payouts.create({ amount: usd(9_000_000n) }))
    expect(error).toMatchObject({ code: 'insufficient_balance', effect: 'none', fault: 'quota' })
  })
})
