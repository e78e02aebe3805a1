import { describe, expect, it } from 'vitest'
import { collect, eur, failure, own, setUp } from './test/set-up.ts'

const day = 86_400_000
const links = { returnUrl: 'https://shop.example.com/done', refreshUrl: 'https://shop.example.com/again' }

/** A seller that may be paid, and a platform that has money. */
async function funded(amount = 500_000n) {
  const set = setUp()
  const account = await set.provider.accounts.create({ country: 'NL', name: 'Acme Books', email: 'anna@example.com' })
  await set.twin.onboard(own(account.id), 'complete')
  await set.pay({ amount: eur(amount) })
  await set.twin.advance(3 * day)
  return { ...set, account: account.id }
}

describe('a seller', () => {
  it('is a legal entity, an account holder and a balance account, made once', async () => {
    const { twin, provider, wire, body } = setUp()
    const account = await provider.accounts.create({
      country: 'NL',
      name: 'Acme Books',
      reference: 'seller-7',
      metadata: { a: 'b' },
    })
    expect(account).toMatchObject({
      status: 'pending',
      chargesEnabled: false,
      payoutsEnabled: false,
      reference: 'seller-7',
      metadata: { a: 'b' },
      requirements: [{ code: '2_8189', state: 'currently_due' }],
    })
    expect(body('entities.create')).toMatchObject({
      type: 'organization',
      organization: { legalName: 'Acme Books', registeredAddress: { country: 'NL' } },
    })
    expect([wire('entities.create').length, wire('accounts.create').length, wire('balance.create').length]).toEqual([1, 1, 1])
    expect(twin.count('accounts')).toBe(1)
    expect(await provider.accounts.get(account.id)).toMatchObject({ id: account.id, reference: 'seller-7', country: 'NL' })
  })

  it.each([
    ['accounts.create', 1],
    ['balance.create', 1],
  ])('is made once when the answer of %s is lost', async (operation, count) => {
    const { twin, provider } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation })
    const account = await provider.accounts.create({ country: 'NL', name: 'Acme Books' })
    expect(twin.count('accounts')).toBe(count)
    const link = await provider.accounts.onboardingLink({ account: account.id, ...links })
    expect(link).toMatchObject({ account: account.id, url: expect.stringMatching(/^https:/) })
  })

  it('goes through its states, each told by a webhook', async () => {
    const { twin, provider, events } = setUp()
    const { id } = await provider.accounts.create({ country: 'NL', name: 'Acme Books' })
    const states: unknown[] = []
    for (const how of ['complete', 'require', 'overdue', 'reject'] as const) {
      await twin.onboard(own(id), how)
      const { status, chargesEnabled, requirements } = await provider.accounts.get(id)
      states.push([status, chargesEnabled, requirements.map(({ state }) => state)])
    }
    expect(states).toEqual([
      ['enabled', true, []],
      ['enabled', true, ['currently_due']],
      ['restricted', false, ['past_due']],
      ['rejected', false, []],
    ])
    await twin.onboard(own(id), 'deauthorize')
    expect(
      events.map((event) => [event.type, 'connected' in event && event.connected, 'status' in event && event.status]),
    ).toEqual([
      ['account.updated', id, 'pending'],
      ['account.updated', id, 'enabled'],
      ['account.updated', id, 'enabled'],
      ['account.updated', id, 'restricted'],
      ['account.updated', id, 'rejected'],
      ['account.deauthorized', id, false],
    ])
  })

  it('is listed page by page', async () => {
    const { provider } = setUp()
    const ids: string[] = []
    for (let at = 0; at < 5; at++)
      ids.push((await provider.accounts.create({ country: 'NL', name: `Seller ${at}`, type: 'individual' })).id)
    expect((await collect(provider.accounts.list({ limit: 2 }))).map(({ id }) => id)).toEqual(ids)
    const period = provider.accounts.list({ since: '2026-01-01T00:00:00Z' }).page()
    await expect(period).rejects.toMatchObject({ code: 'unsupported', field: 'since', effect: 'none' })
  })

  it('needs a name, and a balance platform', async () => {
    const { twin, provider } = setUp()
    expect(await failure(provider.accounts.create({ country: 'NL' }))).toMatchObject({ code: 'name_needed', field: 'name' })
    expect(twin.requests()).toEqual([])
    const without = setUp({ balancePlatform: undefined as never })
    expect(await failure(without.provider.accounts.create({ country: 'NL', name: 'x' }))).toMatchObject({ code: 'unsupported' })
    expect(await failure(without.provider.balance.get({}))).toMatchObject({ code: 'unsupported' })
  })
})

describe('a transfer', () => {
  it('moves money to a seller, and back in parts', async () => {
    const { twin, provider, account, last, wire } = await funded()
    const transfer = await provider.transfers.create({ account, amount: eur(10_000n), reference: 'share-1' })
    expect(transfer).toMatchObject({ account, amount: eur(10_000n), status: 'pending', reference: 'share-1' })
    expect(last()).toMatchObject({ type: 'transfer.updated', transfer: transfer.id, status: 'succeeded', amount: eur(10_000n) })
    expect(wire('transfers.create')[0]?.headers['idempotency-key']).toMatch(/^do-/)
    expect(twin.balance(own(account)).get('EUR')).toEqual({ available: 10_000n, pending: 0n })
    expect(await provider.transfers.reverse({ id: transfer.id, amount: eur(4_000n) })).toMatchObject({
      status: 'partially_reversed',
      reversed: eur(4_000n),
    })
    expect(await provider.transfers.get(transfer.id)).toMatchObject({
      id: transfer.id,
      account,
      status: 'partially_reversed',
      reversed: eur(4_000n),
    })
    expect(await provider.transfers.reverse({ id: transfer.id })).toMatchObject({ status: 'reversed', reversed: eur(10_000n) })
    expect(await failure(provider.transfers.reverse({ id: transfer.id }))).toMatchObject({
      code: 'not_reversible',
      effect: 'none',
    })
    expect(twin.balance(own(account)).get('EUR')).toEqual({ available: 0n, pending: 0n })
    expect((await collect(provider.transfers.list({ account }))).map(({ id }) => id)).toEqual([transfer.id])
  })

  it('of more than there is is refused, and has no effect', async () => {
    const { twin, provider, account } = await funded(10_000n)
    const error = await failure(provider.transfers.create({ account, amount: eur(10_000_000n) }))
    expect(error).toMatchObject({ code: 'insufficient_balance', effect: 'none', vendorCode: 'transfer:notEnoughBalance' })
    expect(twin.transfers()).toEqual([])
  })

  it.each([
    ['a part', { amount: eur(4_000n) }, 4_000n],
    ['the rest', {}, 10_000n],
  ])('is taken back once when the answer is lost: %s', async (_, more, reversed) => {
    const { twin, provider, account } = await funded()
    const { id } = await provider.transfers.create({ account, amount: eur(10_000n) })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'transfers.reverse' })
    expect(await provider.transfers.reverse({ id, ...more })).toMatchObject({ id, account, reversed: eur(reversed) })
    expect(twin.transfers()).toMatchObject([{ reversed }])
  })

  it('whose answer is lost is made once', async () => {
    const { twin, provider, account } = await funded()
    twin.faults.next({ kind: 'truncated' }, { operation: 'transfers.create' })
    await provider.transfers.create({ account, amount: eur(10_000n) })
    expect(twin.transfers()).toMatchObject([{ amount: 10_000n, account: own(account), reversed: 0n }])
  })
})

describe('a payout', () => {
  it('leaves, arrives, and may come back', async () => {
    const { twin, provider, last, body } = await funded()
    const before = twin.balance().get('EUR')?.available ?? 0n
    const payout = await provider.payouts.create({ amount: eur(100_000n) })
    expect(payout).toMatchObject({ amount: eur(100_000n), status: 'pending' })
    expect(body('payouts.create')).toMatchObject({
      category: 'bank',
      priority: 'regular',
      counterparty: { transferInstrumentId: 'SE00000000000000000000001' },
    })
    await twin.advance(2 * day)
    expect(last()).toMatchObject({ type: 'payout.updated', payout: payout.id, status: 'in_transit' })
    await twin.bank(own(payout.id), 'paid')
    expect(await provider.payouts.get(payout.id)).toMatchObject({ id: payout.id, status: 'paid' })
    await twin.bank(own(payout.id), 'failed')
    expect(last()).toMatchObject({ type: 'payout.updated', payout: payout.id, status: 'failed' })
    expect(twin.balance().get('EUR')?.available).toBe(before)
    expect((await collect(provider.payouts.list({}))).map(({ id, status }) => [id, status])).toEqual([[payout.id, 'failed']])
  })

  it('of a seller goes to the bank account that they gave', async () => {
    const { twin, provider, account } = await funded()
    await provider.transfers.create({ account, amount: eur(10_000n) })
    const payout = await provider.payouts.create({ account, amount: eur(10_000n), speed: 'instant' })
    expect(payout).toMatchObject({ account })
    expect(twin.balance(own(account)).get('EUR')).toEqual({ available: 0n, pending: 0n })
    expect((await collect(provider.payouts.list({ account }))).map(({ id }) => id)).toEqual([payout.id])
  })

  it('by schedule is told like any other', async () => {
    const { twin, last } = await funded()
    const id = await twin.payoutBySchedule()
    expect(last()).toMatchObject({ type: 'payout.updated', payout: `adyen:${id}` })
  })
})

describe('the books', () => {
  it('have a line for everything, and add up to the balance', async () => {
    const { twin, provider, account, pay } = await funded()
    const { id: payment } = await pay({ amount: eur(9_000n) })
    await provider.refunds.create({ payment, amount: eur(1_000n) })
    const dispute = await twin.dispute(own(payment))
    await twin.decideDispute(dispute, 'won')
    await provider.transfers.create({ account, amount: eur(5_000n) })
    const payout = await provider.payouts.create({ amount: eur(20_000n) })
    await twin.bank(own(payout.id), 'failed')
    const lines = await collect(provider.balance.transactions({ limit: 3 }))
    expect(lines.map(({ type }) => type)).toEqual([
      'charge',
      'fee',
      'charge',
      'fee',
      'refund',
      'dispute',
      'fee',
      'dispute_reversal',
      'transfer',
      'payout',
      'payout_failure',
    ])
    const net = lines.reduce((sum, line) => sum + line.net.amount, 0n)
    const { available, pending } = twin.balance().get('EUR') ?? { available: 0n, pending: 0n }
    expect(net).toBe(available + pending)
    expect(await provider.balance.get({})).toMatchObject({
      provider: 'adyen',
      available: [eur(available)],
      pending: [eur(pending)],
    })
    expect(lines.filter((line) => line.payment === payment).map(({ type }) => type)).toContain('refund')
    expect(await failure(provider.balance.transactions({ payout: payout.id }).page())).toMatchObject({ code: 'unsupported' })
    expect(await provider.balance.get({ account })).toMatchObject({ account, available: [eur(5_000n)] })
  })
})

it('lists transfers and payouts of half a year at most, and says so before anything is asked', async () => {
  const { provider, twin } = setUp()
  const now = twin.clock.now()
  const ago = (days: number) => new Date(now - days * day).toISOString()
  const { transfers, payouts } = provider
  type Period = { readonly since?: string; readonly until?: string }
  for (const read of [(input: Period) => transfers.list(input).page(), (input: Period) => payouts.list(input).page()]) {
    expect((await read({})).items).toEqual([])
    expect((await read({ since: ago(400), until: ago(221) })).items).toEqual([])
    const asked = twin.requests().length
    for (const input of [{ since: ago(181) }, { since: ago(400), until: ago(100) }])
      expect(await failure(read(input))).toMatchObject({ code: 'period_too_long', field: 'since', effect: 'none' })
    expect(twin.requests().length).toBe(asked)
  }
})

it('believes no transfer or payout of another amount', async () => {
  const set = setUp({
    fetch: async (input, init) => {
      const response = await set.twin.fetch(input, init)
      if (!new URL(String(input)).pathname.endsWith('/transfers')) return response
      const text = (await response.text()).replace(/"value":\s*(-?)5000\b/g, '"value":$15001')
      return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } })
    },
  })
  const { id: account } = await set.provider.accounts.create({ country: 'NL', name: 'Acme Books' })
  await set.twin.onboard(own(account), 'complete')
  await set.pay({ amount: eur(500_000n) })
  await set.twin.advance(3 * day)
  const { transfers, payouts } = set.provider
  expect(await failure(transfers.create({ account, amount: eur(5_000n) }))).toMatchObject({ effect: 'unknown' })
  expect(await failure(payouts.create({ amount: eur(5_000n) }))).toMatchObject({ effect: 'unknown' })
})
