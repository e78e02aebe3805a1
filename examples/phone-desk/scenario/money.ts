import type { TrailEntry } from '@do/provider'
import type { Desk } from '../desk.ts'
import type { Till } from '../till.ts'
import { type List, vendorId } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

interface Paid {
  readonly id: string
  readonly status: string
  readonly handle?: string
  readonly captured?: string
  readonly refunded?: string
  readonly action?: { readonly type: string; readonly url?: string }
  readonly trail: readonly TrailEntry[]
}

interface Line {
  readonly texts: readonly string[]
  readonly currency: string
  readonly cells: readonly string[]
}

interface Report {
  readonly sections: readonly { readonly rows: readonly Line[] }[]
  readonly summary: readonly Line[]
}

const dollars = (amount: string) => ({ amount, currency: 'USD' })
const returnUrl = 'https://shop.example.com/thanks'

/** A tenant takes money: onboarding, 3-D Secure, a decline, a lost answer, refunds, a dispute, a payout; and its books agree. */
export async function money(player: Player, till: Till, desk: Desk, { heading, step }: Steps, run: number): Promise<void> {
  const { client, name, id } = player
  const { twin } = till
  const key = (what: string) => ({ 'idempotency-key': `${id}-${run}-${what}` })
  const method = (token: string) => `${till.name}:${token}`
  const pay = (what: string, amount: string, token: string) =>
    client.call<Paid & { code?: string }>(
      'POST',
      '/payments',
      { amount: dollars(amount), method: method(token), returnUrl, reference: `${what}-${run}` },
      key(what),
    )
  const read = (payment: string) => client.ok<Paid>('GET', `/payments/${payment}`)
  const charged = () => twin.payments().filter(({ captured }) => captured > 0n).length
  heading(`${name}: takes payments by ${till.name}`)

  const seller = await step('A seller is onboarded', async (facts) => {
    const made = await client.ok<{ id: string; status: string; handle: string }>(
      'POST',
      '/sellers',
      { country: 'US', email: 'ann@example.com' },
      key('seller'),
    )
    must(made.status !== 'enabled', 'it is enabled although nobody has said who they are')
    const link = await client.ok<{ url: string }>('POST', `/sellers/${made.id}/onboarding`, { returnUrl, refreshUrl: returnUrl })
    must(link.url.startsWith('https://'), `the link is ${link.url}`)
    await twin.onboard(vendorId(made.handle), 'complete')
    const now = await until(
      'it is enabled',
      () => client.ok<{ status: string; requirements: readonly unknown[] }>('GET', `/sellers/${made.id}`),
      ({ status }) => status === 'enabled',
    )
    facts(`${made.status} → enabled`, 'by webhook')
    return { ...made, ...now }
  })

  const first = await step('A payment is charged once although it is asked for twice', async (facts) => {
    const before = charged()
    const { body } = await pay('order-1', '12000', 'pm_card_bypassPending')
    const again = await pay('order-1', '12000', 'pm_card_bypassPending')
    same([body.status, again.body.id, charged()], ['captured', body.id, before + 1], 'status, the same payment, charges')
    facts('120.00 USD captured')
    return body
  })

  await step('3-D Secure: the payer goes to the bank, comes back, and has paid', async (facts) => {
    const { body } = await pay('order-2', '4500', twin.methods.challenge as string)
    same(body.status, 'requires_action', 'status')
    must(body.action !== undefined, 'nothing says what the payer has to do')
    const before = charged()
    await twin.authenticate(vendorId(body.handle), 'succeed')
    const paid = await until(
      'it is paid',
      () => read(body.id),
      ({ status }) => status === 'captured',
    )
    same(charged(), before + 1, 'charges')
    facts(`${body.action.type} → ${paid.status}`)
  })

  await step('A declined card is charged nothing, and no other provider is asked', async (facts) => {
    const before = charged()
    const { status, body } = await pay('order-3', '9900', twin.methods.insufficientFunds)
    same([status, body.code, charged()], [402, 'insufficient_funds', before], 'answer and charges')
    facts(`402 ${body.code}`)
  })

  await step('A payment whose answer is lost, while the runtime is killed, is charged once', async (facts) => {
    const before = charged()
    twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'payments.create' })
    const lost = pay('order-4', '7700', 'pm_card_bypassPending').then(
      () => 'answered',
      () => 'connection lost',
    )
    await until('the vendor charges', charged, (count) => count === before + 1)
    await desk.workerd.kill()
    same(await lost, 'connection lost', 'the request')
    await desk.workerd.start()
    const settled = await until(
      'it is settled on wake',
      async () =>
        (await client.ok<List<Paid & { key?: string }>>('GET', '/payments?limit=20')).items.find(
          (one) => one.key === `${id}-${run}-order-4`,
        ),
      (found) => found?.status === 'captured',
      40_000,
    )
    const again = await pay('order-4', '7700', 'pm_card_bypassPending')
    same([again.body.id, charged()], [settled?.id, before + 1], 'the same key, and charges')
    facts('found at the vendor on wake', '1 charge')
  })

  await step('A part is refunded, once', async (facts) => {
    must(first !== undefined, 'there is no payment')
    const refund = () =>
      client.ok<{ id: string; status: string }>(
        'POST',
        `/payments/${first.id}/refunds`,
        { amount: dollars('2000') },
        key('refund'),
      )
    const [made, again] = [await refund(), await refund()]
    same([again.id, twin.refunds().length], [made.id, 1], 'the same refund, refunds at the vendor')
    const now = await until(
      'the payment says so',
      () => read(first.id),
      ({ refunded }) => refunded === '2000',
    )
    facts('20.00 of 120.00 USD', now.status)
  })

  await step('A dispute is lost', async (facts) => {
    const { body } = await pay('order-5', '3000', 'pm_card_bypassPending')
    const dispute = await twin.dispute(vendorId(body.handle), 'chargeback')
    await twin.decideDispute(dispute, 'lost')
    const disputes = () => client.ok<List<{ handle: string; status: string }>>('GET', '/disputes')
    const found = await until('it is known', disputes, ({ items }) =>
      items.some(({ handle, status }) => handle.endsWith(dispute) && status === 'lost'),
    )
    facts('30.00 USD and the fee', `${found.items.length} in all`)
  })

  await step('What is available is paid out, once, and arrives', async (facts) => {
    const before = twin.payouts().length
    const send = () =>
      client.ok<{ id: string; status: string; handle: string }>('POST', '/payouts', { amount: dollars('10000') }, key('payout'))
    const [made, again] = [await send(), await send()]
    same([again.id, twin.payouts().length], [made.id, before + 1], 'the same payout, payouts at the vendor')
    await twin.bank(vendorId(made.handle), 'paid')
    const now = await until(
      'it has arrived',
      () => client.ok<{ status: string }>('GET', `/movements/${made.id}`),
      ({ status }) => status === 'paid',
    )
    facts(`100.00 USD ${made.status} → ${now.status}`)
  })

  await step('The books agree with the provider to the cent, and the balance sheet balances', async (facts) => {
    await client.ok('POST', `/books/reconciliations?provider=${till.name}`)
    type Found = {
      ok: boolean
      at: string
      counts: Record<string, number>
      balances: readonly { currency: string; provider: string; books: string }[]
    }
    const { items } = await until(
      'it is reconciled',
      () => client.ok<List<Found>>('GET', '/books/reconciliations'),
      ({ items: all }) => all.length > 0,
      30_000,
    )
    const found = items[0] as Found
    same(
      [found.ok, found.counts.different, found.counts.missing_in_books, found.counts.unmapped],
      [true, 0, 0, 0],
      `reconciliation ${JSON.stringify(found)}`,
    )
    const balance = twin.balance().get('USD')
    must(balance !== undefined, 'the provider has no balance')
    same(
      found.balances.find(({ currency }) => currency === 'USD')?.books,
      (balance.available + balance.pending).toString(),
      'the balance in the books',
    )
    const verified = await client.ok<{ ok: boolean; entries: number }>('GET', '/books/verification')
    same(verified.ok, true, 'the chain of the ledger')
    const profit = await client.ok<Report>('GET', '/books/profit-and-loss?every=month')
    const net = profit.summary.find(({ texts, currency }) => texts[0] === 'Net income' && currency === 'USD')
    must(net !== undefined, 'there is no net income')
    const sheet = await fetch(`${desk.url}/t/${id}/books/balance-sheet?format=csv`, {
      headers: { authorization: `Bearer ${player.token}` },
    })
    same([sheet.status, (await sheet.text()).startsWith('Section,Account')], [200, true], 'the balance sheet as CSV')
    facts(`${found.counts.matched} items matched`, `${verified.entries} entries`, `${seller?.status ?? 'no'} seller`)
  })
}
