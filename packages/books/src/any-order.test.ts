import { DatabaseSync } from 'node:sqlite'
import { Random } from '@do/conformance/kit'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import { describe, expect, it } from 'vitest'
import { openBooks } from './index.ts'
import { day, eur, newShop, own, type Shop } from './test/set-up.ts'

/** A month of a shop: everything that can happen to its payments, of one seed. Nobody is told before it is over. */
async function month(seed: number) {
  const shop = newShop(seed)
  const { twin, provider, pay } = shop
  const random = new Random(seed)
  const { methods } = twin
  const minor = () => BigInt(100 + random.int(50) * 10) * 10n
  for (let turn = 0; turn < 25; turn++) {
    const amount = minor()
    const draw = random.int(8)
    if (draw === 0) await pay(amount, methods.declined).catch(() => {})
    else if (draw === 1) {
      const { id } = await pay(amount, methods.asynchronous as string)
      await twin.settle(own(id), random.int(2) === 0 ? 'succeed' : 'fail')
    } else if (draw === 2) {
      const { id } = await pay(amount, methods.ok, { capture: 'manual' })
      await provider.payments.capture({ id, amount: eur(amount / 2n), final: false })
      if (random.int(2) === 0) await provider.payments.capture({ id, amount: eur(amount / 4n) })
    } else {
      const { id } = await pay(amount, draw === 3 ? methods.refundFails : methods.ok)
      if (draw <= 5) await provider.refunds.create({ payment: id, amount: eur(amount / 2n) })
      if (draw === 5) await twin.refundOutside(own(id))
      if (draw === 6) {
        const asks = random.int(4) === 0
        const dispute = await twin.dispute(own(id), asks ? 'inquiry' : 'chargeback')
        if (random.int(3) > 0) await twin.decideDispute(dispute, asks || random.int(2) === 0 ? 'won' : 'lost')
      }
    }
    await twin.advance(random.int(2) * day)
  }
  await twin.advance(15 * day)
  await twin.payoutBySchedule()
  const available = twin.balance().get('EUR')?.available ?? 0n
  if (available > 0n) await provider.payouts.create({ amount: eur(available / 2n) })
  const [first] = twin.payouts()
  if (first !== undefined) await twin.bank(first.id, 'paid')
  if (first !== undefined && random.int(2) === 0) await twin.bank(first.id, 'failed')
  await twin.advance(day)
  return { ...shop, random }
}

/** Books that hear these events, and nothing else. */
async function heard({ provider, twin }: Shop, events: Shop['events']) {
  const ledger = openLedger(nodeSqlite(new DatabaseSync(':memory:')), { now: () => twin.clock.now() })
  const books = openBooks(ledger, { provider: 'memory', now: () => twin.clock.now() })
  for (const event of events) await books.receive(provider, [event])
  return { books, ledger }
}

const balancesOf = (ledger: Shop['ledger']) =>
  Object.fromEntries(ledger.balances().map(({ account, currency, posted }) => [`${account} ${currency}`, posted]))

/** What was booked, in whatever order: keys and lines. Days may differ, since events say when one was told. */
const saidIn = (ledger: Shop['ledger']) =>
  ledger
    .entries({ limit: 10_000 })
    .map(({ key, lines }) =>
      JSON.stringify([key, lines.map(({ account, side, amount, item }) => [account, side, `${amount}`, item])]),
    )
    .sort()

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const rest = [...all]
  return Array.from(all, () => rest.splice(random.int(rest.length), 1)[0] as T)
}

describe.each(Array.from({ length: 8 }, (_, index) => index + 1))('a month of seed %i', (seed) => {
  it('is booked the same in any order, with repetitions, and agrees with the provider; lost webhooks change nothing', async () => {
    const shop = await month(seed)
    const { events, random, provider } = shop
    const inOrder = await heard(shop, events)
    expect(inOrder.ledger.entries().length).toBeGreaterThan(5)
    const mixed = await heard(shop, shuffled([...events, ...events.filter(() => random.int(2) === 0)], random))
    expect(saidIn(mixed.ledger)).toEqual(saidIn(inOrder.ledger))
    const lost = await heard(shop, shuffled(events, random).slice(0, events.length / 2))
    const silent = await heard(shop, [])
    const settled = await inOrder.books.reconcile(provider)
    expect(settled.items).toEqual([])
    expect(settled).toMatchObject({ ok: true })
    for (const { books, ledger } of [mixed, lost, silent]) {
      const { counts, items, balances, ok } = await books.reconcile(provider)
      expect({ counts, items, balances, ok }).toEqual({
        counts: settled.counts,
        items: settled.items,
        balances: settled.balances,
        ok: true,
      })
      expect(saidIn(ledger)).toEqual(saidIn(inOrder.ledger))
      expect(balancesOf(ledger)).toEqual(balancesOf(inOrder.ledger))
      expect(ledger.verify()).toMatchObject({ ok: true })
      expect(ledger.items('Assets:Payments:memory:Clearing', { open: true })).toEqual([])
    }
  })
})
