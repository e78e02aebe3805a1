import type { Payments } from '@do/payments'
import { type FailoverOptions, failover, parseHandle } from '@do/provider'
import { outcome, refused, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import { anna } from './customers.ts'
import { needing, page } from './subjects.ts'
import { charge, charged, funded, group, own, type PaymentsCheck, type PaymentsWorld, paid, reads } from './world.ts'

const route = group('failover', why.handles)

/** A second provider behind the one under test, on the same account. */
async function withReserve(world: PaymentsWorld, options: FailoverOptions = {}) {
  const reserve = await world.another({ name: 'second-line' })
  const both = failover<Payments>([world.provider, reserve], { clock: world.twin.clock, ...options }) as Payments
  const method = (behaves: 'ok' | 'declined', behind = both) =>
    namesBehind(behind).map((name) => `${name}:${world.twin.methods[behaves]}`)
  /** The next request of this kind meets nobody: that is the first provider's. */
  const unreachable = (operation: string) => world.twin.faults.next({ kind: 'refuse' }, { operation })
  return { both, reserve, method, unreachable }
}

const byFirst = (world: PaymentsWorld, id: string) => parseHandle(id).provider === namesBehind(world.provider)[0]

/** What stays where it is, although somebody else could be asked. */
const sticky = (
  name: string,
  title: string,
  operation: string,
  needs: readonly string[],
  run: (provider: Payments, world: PaymentsWorld) => Promise<() => Promise<unknown>>,
): PaymentsCheck =>
  needing(
    route(
      name,
      title,
      async (world) => {
        const { both } = await withReserve(world)
        const call = await run(both, world)
        const before = world.requests(operation).length
        world.twin.faults.always({ kind: 'unauthorized' }, { operation })
        await refused(call, 'The call', { fault: 'credential' })
        same(world.requests(operation).length - before, 1, 'Requests to do it')
      },
      { needs },
    ),
    needs,
  )

/** Only a new charge or payment link may be somebody else's business. */
export const routing: readonly PaymentsCheck[] = [
  route('charge-moves', 'A charge that one provider provably did not make is made by the next, once', async (world) => {
    const { both, method, unreachable } = await withReserve(world)
    unreachable('payments.create')
    const { id } = await both.payments.create(charge(world, { method: method('ok') }))
    same([byFirst(world, id), charged(world).length], [false, 1], 'Made by the first, and charges')
    if (reads(world)) same((await both.payments.get(id)).id, id, 'The id, read back')
  }),
  needing(
    route(
      'page-moves',
      'A checkout page that one provider provably did not make is made by the next, once',
      async (world) => {
        const { both, unreachable } = await withReserve(world)
        unreachable('checkout.create')
        const { id } = await both.checkout.create(page(world, 'A lamp', 2_590n))
        same([byFirst(world, id), world.twin.count('checkouts')], [false, 1], 'Made by the first, and pages')
      },
      { needs: ['checkout'] },
    ),
    ['checkout'],
  ),
  route('unknown-stays', 'A charge that may have been made is not made by the next', async (world) => {
    const { both, method } = await withReserve(world)
    world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    const result = await outcome(() => both.payments.create(charge(world, { method: method('ok') })))
    if (result.ok) same(byFirst(world, result.value.id), true, 'Made by the first')
    else same(result.error.effect, 'unknown', 'Effect')
    same(charged(world).length, 1, 'Charges')
  }),
  route('decline-stays', 'A declined charge is not tried at the next provider', async (world) => {
    const { both, reserve, method } = await withReserve(world)
    const cards = [...method('declined', world.provider), ...method('ok', reserve)]
    const declined = () => both.payments.create(charge(world, { method: cards }))
    const error = await refused(declined, 'A declined card', { fault: 'declined', code: 'card_declined' })
    same([charged(world), world.requests('payments.create').length], [[], 1], 'Charges, and requests to make one')
    same(error.trail.filter(({ action }) => action === 'attempt').length, 1, 'Attempts')
  }),
  route('decline-allowed', 'A decline that is on the list moves on, and each provider takes its own card', async (world) => {
    const { both, reserve, method } = await withReserve(world, { moveOnDecline: ['card_declined'] })
    const cards = [...method('declined', world.provider), ...method('ok', reserve)]
    const { id, status } = await both.payments.create(charge(world, { method: cards }))
    same([byFirst(world, id), status, charged(world).length], [false, 'captured', 1], 'Made by the first, status and charges')
  }),
  route('decline-listed-only', 'A decline that is not on the list does not move on', async (world) => {
    const { both, reserve, method } = await withReserve(world, { moveOnDecline: ['insufficient_funds'] })
    const cards = [...method('declined', world.provider), ...method('ok', reserve)]
    await refused(() => both.payments.create(charge(world, { method: cards })), 'A declined card', { fault: 'declined' })
    same(charged(world), [], 'Charges')
  }),
  sticky('refund-stays', 'A refund is made by who has the payment, or not at all', 'refunds.create', [], async (both, world) => {
    const { id } = await paid(world)
    return () => both.refunds.create({ payment: id, amount: own(world, 590n) })
  }),
  sticky(
    'customer-stays',
    'A customer is made by the first provider, or not at all',
    'customers.create',
    ['customers'],
    async (both) => () => both.customers.create(anna),
  ),
  sticky(
    'product-stays',
    'A product is made by the first provider, or not at all',
    'products.create',
    ['catalogue'],
    async (both) => () => both.products.create({ name: 'Lamp' }),
  ),
  sticky(
    'account-stays',
    'A connected account is made by the first provider, or not at all',
    'accounts.create',
    ['accounts'],
    async (both) => () => both.accounts.create({ country: 'DE', email: 'seller@example.com', name: 'A seller' }),
  ),
  sticky(
    'payout-stays',
    'A payout is made by the first provider, or not at all',
    'payouts.create',
    ['payouts'],
    async (both, world) => {
      await funded(world)
      return () => both.payouts.create({ amount: own(world, 10_000n) })
    },
  ),
]
