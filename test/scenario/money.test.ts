import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, openDesk } from '../../examples/phone-desk/desk.ts'
import { readKeys } from '../../examples/phone-desk/keys.ts'
import { openPort } from '../../examples/phone-desk/ports.ts'
import { type Client, client, type List } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { openTill, type Till } from '../../examples/phone-desk/till.ts'

interface Thing {
  readonly id: string
  readonly status: string
  readonly handle?: string
  readonly captured?: string
  readonly refunded?: string
  readonly code?: string
  readonly field?: string
}

const dataFolder = mkdtempSync(join(tmpdir(), 'do-money-'))
let desk: Desk
let till: Till
let tenant: Client

beforeAll(async () => {
  const keys = readKeys(dataFolder)
  const port = await openPort(0)
  till = await openTill('acme', 1, `http://127.0.0.1:${port}`)
  desk = await openDesk({ dataFolder, keys, port, vendorOrigins: [till.server.url] })
  const operator = client(() => desk.url, keys.operatorToken)
  const { token } = await operator.ok<{ token: string }>('PUT', '/t/acme', { name: 'Acme' })
  tenant = client(() => `${desk.url}/t/acme`, token)
  await tenant.ok('PUT', '/config', {
    payments: { order: ['stripe'], attemptTimeout: 2_000, instances: { stripe: { baseUrl: till.server.url } } },
  })
  await tenant.ok('PUT', '/credentials/stripe', till.twin.credentials)
}, 60_000)

afterAll(async () => {
  await desk?.workerd.stop()
  await till?.server.close()
  rmSync(dataFolder, { recursive: true, force: true })
}, 30_000)

const usd = (amount: string) => ({ amount, currency: 'USD' })
const keyed = (key: string) => ({ 'idempotency-key': key })
const pay = (key: string, amount: string, token = 'pm_card_bypassPending', more: object = {}) =>
  tenant.call<Thing>(
    'POST',
    '/payments',
    { amount: usd(amount), method: `stripe:${token}`, returnUrl: 'https://shop.example/', ...more },
    keyed(key),
  )
const vendorId = ({ handle }: Thing) => handle?.slice('stripe:'.length) as string
const charges = () => till.twin.payments().filter(({ captured }) => captured > 0n).length

describe('sellers', () => {
  it('are made once, onboarded at the vendor, and followed', async () => {
    const body = { country: 'US', email: 'ann@example.com' }
    const made = await tenant.ok<Thing>('POST', '/sellers', body, keyed('ann'))
    const again = await tenant.ok<Thing>('POST', '/sellers', body, keyed('ann'))
    expect(made.handle).toMatch(/^stripe:acct_/)
    expect([again.id, till.twin.count('accounts')]).toEqual([made.id, 1])
    const { url } = await tenant.ok<{ url: string }>('POST', `/sellers/${made.id}/onboarding`, {
      returnUrl: 'https://shop.example/',
      refreshUrl: 'https://shop.example/again',
    })
    expect(url).toMatch(/^https:/)
    const seller = () => tenant.ok<Thing>('GET', `/sellers/${made.id}`)
    for (const [how, status] of [
      ['complete', 'enabled'],
      ['overdue', 'restricted'],
      ['complete', 'enabled'],
    ] as const) {
      await till.twin.onboard(vendorId(made), how)
      await until(`it is ${status}`, seller, (now) => now.status === status)
    }
    const { items } = await tenant.ok<List<{ what: string }>>('GET', '/audit?limit=50')
    expect(items.filter(({ what }) => what === 'seller.restricted')).toHaveLength(1)
    await till.twin.onboard(vendorId(made), 'deauthorize')
    const left = await until('it has left', seller, ({ status }) => status === 'rejected')
    expect(left).toMatchObject({ chargesEnabled: false, disabledReason: 'access_removed' })
  })
})

describe('payments', () => {
  it('have one record each, though their webhooks come before the answer', async () => {
    const before = await tenant.ok<List<Thing>>('GET', '/payments?limit=200')
    const { body } = await pay('early', '1000')
    const again = await pay('early', '1000')
    expect([body.status, again.body.id, charges()]).toEqual(['captured', body.id, 1])
    await new Promise((resolve) => setTimeout(resolve, 600))
    const after = await tenant.ok<List<Thing>>('GET', '/payments?limit=200')
    expect(after.items.length).toBe(before.items.length + 1)
  })

  it('made by somebody else at the vendor get a record by their webhook', async () => {
    const before = await tenant.ok<List<Thing>>('GET', '/payments?limit=200')
    const checkout = await till.twin.fetch('https://api.stripe.com/v1/payment_intents', {
      method: 'POST',
      headers: { authorization: `Bearer ${till.twin.credentials.apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'amount=700&currency=usd&payment_method=pm_card_bypassPending&confirm=true&return_url=https://shop.example/',
    })
    expect(checkout.status).toBe(200)
    await until(
      'it is known',
      () => tenant.ok<List<Thing>>('GET', '/payments?limit=200'),
      ({ items }) => items.length === before.items.length + 1,
    )
  })

  it('that are declined stay declined under their key, and cost nothing', async () => {
    const before = charges()
    for (let turn = 0; turn < 2; turn++) {
      const { status, body } = await pay('poor', '900', till.twin.methods.insufficientFunds)
      expect([status, body.code]).toEqual([402, 'insufficient_funds'])
    }
    expect(charges()).toBe(before)
    expect(
      till.twin.requests().filter(({ operation, body }) => operation === 'payments.create' && body.includes('amount=900')),
    ).toHaveLength(1)
  })

  it('wait for the payer, and go on by themselves when the bank says so', async () => {
    const { body } = await pay('secure', '2500', till.twin.methods.challenge)
    expect(body.status).toBe('requires_action')
    await till.twin.authenticate(vendorId(body), 'succeed')
    await until(
      'it is captured',
      () => tenant.ok<Thing>('GET', `/payments/${body.id}`),
      ({ status }) => status === 'captured',
    )
  })

  it('are authorised first and captured in part', async () => {
    const { body } = await pay('later', '5000', 'pm_card_bypassPending', { capture: 'manual' })
    expect(body.status).toBe('authorized')
    const now = await tenant.ok<Thing>('POST', `/payments/${body.id}/capture`, { amount: usd('3000') }, keyed('later-capture'))
    expect([now.status, now.captured]).toEqual(['captured', '3000'])
  })

  it('are refused with the field before anything is sent', async () => {
    // Only reading goes on meanwhile, of what earlier events were about.
    const sent = () => till.twin.requests().filter(({ method }) => method !== 'GET').length
    const before = sent()
    const wrong: [object, string][] = [
      [{ amount: { amount: 10.5, currency: 'USD' } }, 'amount.amount'],
      [{ amount: { amount: '-5', currency: 'USD' } }, 'amount.amount'],
      [{ amount: { amount: '5', currency: 'usd' } }, 'amount.currency'],
      [{ amount: usd('500'), method: 'pm_1' }, 'method'],
    ]
    for (const [body, field] of wrong) {
      const answer = await tenant.call('POST', '/payments', body)
      expect([answer.status, answer.body.code, answer.body.field], field).toEqual([422, 'invalid_input', field])
    }
    const other = await pay('early', '1001')
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused'])
    expect(sent()).toBe(before)
  })
})

describe('webhooks', () => {
  it('that are forged, or not signed at all, change nothing', async () => {
    const everything = async () =>
      JSON.stringify([await tenant.ok('GET', '/books/entries?limit=500'), await tenant.ok('GET', '/events?limit=200')])
    const before = await everything()
    for (const headers of [{ 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` }, {}]) {
      const body = JSON.stringify({
        id: 'evt_1',
        object: 'event',
        type: 'charge.refunded',
        data: { object: { id: 'ch_1', amount: 1 } },
      })
      const answer = await fetch(`${desk.url}/t/acme/hooks/payments/stripe`, { method: 'POST', body, headers })
      expect(answer.status).toBe(403)
    }
    expect(await everything()).toBe(before)
  })
})

describe('collecting', () => {
  it('tries again after a decline, charges once when it goes through, and gives up when that cannot help', async () => {
    const collect = async (key: string, token: string) => {
      const { id } = await tenant.ok<{ id: string }>(
        'POST',
        '/collections',
        { payment: { amount: usd('4400'), method: `stripe:${token}` }, pausesMs: [50, 50] },
        keyed(key),
      )
      const done = await until(
        `${key} is over`,
        () => tenant.ok<{ state: string; result?: { end: string; tries: number } }>('GET', `/collections/${id}`),
        ({ state }) => state === 'completed',
        20_000,
      )
      return done.result
    }
    const before = charges()
    expect(await collect('good', 'pm_card_bypassPending')).toMatchObject({ end: 'recovered', tries: 1 })
    expect(await collect('poor-again', till.twin.methods.insufficientFunds)).toMatchObject({ end: 'given_up', tries: 3 })
    expect(await collect('stolen', 'pm_card_chargeDeclinedLostCard')).toMatchObject({ end: 'given_up', tries: 1 })
    // Nothing has been recovered while the payer still has to agree.
    expect(await collect('asks', till.twin.methods.challenge as string)).toMatchObject({ end: 'waits_for_payer', tries: 1 })
    expect(charges()).toBe(before + 1)
  })
})

describe('a SIGKILL', () => {
  it('in the middle of collecting charges once all the same', async () => {
    const before = charges()
    // The vendor has taken the money, and its answer never comes.
    till.twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'payments.create' })
    const { id } = await tenant.ok<{ id: string }>(
      'POST',
      '/collections',
      { payment: { amount: usd('6600'), method: 'stripe:pm_card_bypassPending' }, pausesMs: [] },
      keyed('killed'),
    )
    await until(
      'the charge is made',
      async () => charges(),
      (made) => made > before,
    )
    await desk.workerd.kill()
    await desk.workerd.start()
    const done = await until(
      'it is over',
      () => tenant.ok<{ state: string; result?: { end: string } }>('GET', `/collections/${id}`),
      ({ state }) => state === 'completed',
      50_000,
    )
    expect([done.result?.end, charges()]).toEqual(['recovered', before + 1])
  })

  it('between two captures under one key takes the money once', async () => {
    const { body } = await pay('twice', '8000', 'pm_card_bypassPending', { capture: 'manual' })
    const capture = () => tenant.call<Thing>('POST', `/payments/${body.id}/capture`, { amount: usd('8000') }, keyed('twice-c'))
    const [first, second] = await Promise.all([capture(), capture()])
    await desk.workerd.kill()
    await desk.workerd.start()
    const third = await capture()
    expect([first, second, third].map(({ status, body: { captured } }) => [status, captured])).toEqual(
      Array.from({ length: 3 }, () => [200, '8000']),
    )
    expect(till.twin.payments().find(({ id }) => id === vendorId(body))?.captured).toBe(8_000n)
  })
})

describe('payouts', () => {
  it('go out on a schedule, each time once, and leave what shall stay', async () => {
    await tenant.ok('PUT', '/payouts/schedule', { every: 'every second', currency: 'USD', keep: '1000', minimum: '500' })
    await until(
      'it has paid',
      async () => till.twin.payouts(),
      (payouts) => payouts.length > 0,
      20_000,
    )
    await tenant.ok('DELETE', '/payouts/schedule')
    const balance = await until(
      'it has settled down',
      async () => till.twin.balance().get('USD'),
      (now) => now?.available === 1000n,
    )
    expect(balance?.available).toBe(1000n)
  })
})

describe('the books', () => {
  it('agree with the provider after disputes, refunds and payouts, over a SIGKILL', async () => {
    const { body } = await pay('disputed', '2000')
    const dispute = await till.twin.dispute(vendorId(body), 'chargeback')
    await till.twin.decideDispute(dispute, 'lost')
    await tenant.ok('POST', '/books/reconciliations')
    await desk.workerd.kill()
    await desk.workerd.start()
    await tenant.ok('POST', '/books/reconciliations')
    type Found = { ok: boolean; counts: Record<string, number>; balances: readonly { currency: string; books: string }[] }
    const found = await until(
      'it is reconciled',
      async () => (await tenant.ok<List<Found>>('GET', '/books/reconciliations')).items[0],
      (one) => one?.ok === true,
      30_000,
    )
    expect(found?.counts).toMatchObject({ different: 0, missing_in_books: 0, missing_at_provider: 0, unmapped: 0 })
    const { available, pending } = till.twin.balance().get('USD') as { available: bigint; pending: bigint }
    expect(found?.balances.find(({ currency }) => currency === 'USD')?.books).toBe((available + pending).toString())
    expect(await tenant.ok('GET', '/books/verification')).toMatchObject({ ok: true })
  })

  it('are balanced in every entry', async () => {
    const { items } = await tenant.ok<List<{ lines: readonly { side: string; amount: string; currency: string }[] }>>(
      'GET',
      '/books/entries?limit=500',
    )
    expect(items.length).toBeGreaterThan(10)
    for (const { lines } of items) {
      const sums = new Map<string, bigint>()
      for (const { side, amount, currency } of lines)
        sums.set(currency, (sums.get(currency) ?? 0n) + (side === 'debit' ? BigInt(amount) : -BigInt(amount)))
      expect([...sums.values()].every((sum) => sum === 0n)).toBe(true)
    }
  })

  it('come as reports, by month and as CSV; what is no report says what there is', async () => {
    for (const report of [
      'balance-sheet',
      'profit-and-loss',
      'cash-flow',
      'trial-balance',
      'aged-receivables',
      'aged-clearing',
    ]) {
      const answer = await tenant.call('GET', `/books/${report}`)
      expect([answer.status, typeof answer.body.title], report).toEqual([200, 'string'])
    }
    const csv = await tenant.call<{ text: string }>('GET', '/books/profit-and-loss?every=month&format=csv')
    expect([csv.headers.get('content-type'), csv.body.text.startsWith('Section,Account,Currency,')]).toEqual([
      'text/csv; charset=utf-8',
      true,
    ])
    expect((await tenant.call('GET', '/books/nothing')).status).toBe(404)
    expect((await tenant.call('GET', '/books/balance-sheet?from=x')).body.code).toBe('invalid_period')
    expect((await tenant.call('GET', '/books/balance-sheet?every=fortnight')).body.code).toBe('invalid_report')
  })

  it('are in the feed of changes, one change for each entry', async () => {
    await desk.workerd.stop()
    const folder = join(dataFolder, 'Tenant')
    const counts = readdirSync(folder)
      .filter((name) => name.endsWith('.sqlite') && !name.startsWith('metadata'))
      .map((name) => {
        const db = new DatabaseSync(join(folder, name))
        const count = (query: string) => (db.prepare(query).get() as { n: number }).n
        const found = {
          entries: count('SELECT count(*) AS n FROM ledger_entries'),
          told: count("SELECT count(DISTINCT key) AS n FROM do_changes WHERE source = 'ledger:entries' AND operation = 'create'"),
          changes: count("SELECT count(*) AS n FROM do_changes WHERE source = 'ledger:entries'"),
        }
        db.close()
        return found
      })
    expect(counts).toHaveLength(1)
    expect(counts[0]?.told).toBe(counts[0]?.entries)
    expect(counts[0]?.changes).toBe(counts[0]?.entries)
    await desk.workerd.start()
  })
})
