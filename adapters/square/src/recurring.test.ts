import { describe, expect, it } from 'vitest'
import { card, dayMs, refusal, shop, usd } from './test/set-up.ts'

type Shop = ReturnType<typeof shop>

const anna = { name: 'Anna Ek', email: 'anna@example.com', phone: '+14155550123' }
async function payer({ square }: Shop, method = card) {
  const { id: customer } = await square.customers.create(anna)
  const { id } = await square.methods.attach({ id: method, customer })
  await square.customers.update({ id: customer, defaultMethod: id })
  return { customer, method: id }
}
async function plan({ square }: Shop, amount = 3_000n) {
  const { id: product } = await square.products.create({ name: 'Light', metadata: { shelf: '7' } })
  return {
    product,
    price: (await square.prices.create({ product, amount: usd(amount), interval: { unit: 'month', count: 1 } })).id,
  }
}

describe('the catalogue of Square', () => {
  it('keeps a product as an item, whose open variation keeps its metadata and is no price', async () => {
    const at = shop()
    const { product, price } = await plan(at)
    const once = await at.square.prices.create({ product, amount: usd(2_590n) })
    await at.twin.advance(60_000)
    const prices = (await at.square.prices.list({ product }).page()).items
    expect(prices.map(({ id, product: of, interval }) => [id, of, interval])).toEqual([
      [price, product, { unit: 'month', count: 1 }],
      [once.id, product, undefined],
    ])
    await at.square.products.update({ id: product, name: 'Lamp' })
    expect(await at.square.products.get(product)).toMatchObject({ name: 'Lamp', metadata: { shelf: '7' }, active: true })
    expect((await at.square.prices.get(once.id)).amount).toEqual(usd(2_590n))
  })

  it('refuses intervals that Square does not bill, before any request', async () => {
    const { square, twin } = shop()
    const error = await refusal(
      square.prices.create({ product: 'square:p', amount: usd(1n), interval: { unit: 'week', count: 3 } }),
    )
    expect([error.code, error.field, twin.requests().length]).toEqual(['unsupported', 'interval', 0])
  })
})

describe('subscriptions of Square', () => {
  it('are charged to the default method, so many times the price, from one period to the next', async () => {
    const at = shop()
    const { customer, method } = await payer(at)
    const { price } = await plan(at)
    const made = await at.square.subscriptions.create({
      customer,
      price,
      quantity: 3,
      reference: 'plan-7',
      metadata: { seat: 'a' },
    })
    expect(at.sent('subscriptions.create')[0]).toMatchObject({ card_id: method.slice(7), price_override_money: { amount: 9000 } })
    expect(made).toMatchObject({ quantity: 3, status: 'active', reference: 'plan-7', metadata: { seat: 'a' } })
    expect(made.currentPeriod).toEqual({ start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' })
    await at.twin.advance(32 * dayMs)
    expect(at.twin.payments().map(({ captured }) => captured)).toEqual([9_000n, 9_000n])
  })

  it('change with the next period, and say so at once', async () => {
    const at = shop()
    const { customer } = await payer(at)
    const [{ price }, { price: dear }] = [await plan(at), await plan(at, 9_000n)]
    const { id } = await at.square.subscriptions.create({ customer, price })
    expect(await at.square.subscriptions.change({ id, price: dear })).toMatchObject({ price: dear, quantity: 1 })
    expect(await at.square.subscriptions.change({ id, price })).toMatchObject({ price })
    await at.square.subscriptions.change({ id, price: dear, quantity: 2 })
    await at.twin.advance(32 * dayMs)
    expect(at.twin.payments().map(({ captured }) => captured)).toEqual([3_000n, 18_000n])
  })

  it('are refused what Square cannot do, before any request', async () => {
    const { square, twin } = shop()
    expect(await refusal(square.subscriptions.cancel({ id: 'square:s' }))).toMatchObject({ code: 'unsupported', field: 'at' })
    expect(await refusal(square.subscriptions.change({ id: 'square:s', quantity: 2, proration: 'now' }))).toMatchObject({
      code: 'unsupported',
    })
    expect(twin.requests()).toEqual([])
  })

  it('whose charge is declined are past due, and are not charged again by Square', async () => {
    const at = shop()
    const { customer } = await payer(at, 'square:cnon:card-nonce-later-declined')
    const { price } = await plan(at)
    const { id, status } = await at.square.subscriptions.create({ customer, price })
    expect(status).toBe('past_due')
    expect(at.events.filter(({ type }) => type === 'invoice.updated').at(-1)).toMatchObject({ status: 'open' })
    await at.twin.advance(20 * dayMs)
    expect(at.twin.payments()).toHaveLength(1)
    expect((await at.square.subscriptions.get(id)).status).toBe('past_due')
  })
})

describe('invoices of Square', () => {
  const lines = [{ name: 'Lamp', amount: usd(1_230n), quantity: 3 }]

  it('are made once with their order, whatever is lost', async () => {
    for (const operation of ['orders.create', 'invoices.create']) {
      const at = shop()
      const { customer } = await payer(at)
      at.twin.faults.next({ kind: 'cut', when: 'after' }, { operation })
      const invoice = await at.square.invoices.create({ customer, lines, metadata: { order: 'é'.repeat(400) } })
      expect([at.twin.count('invoices'), invoice.total]).toEqual([1, usd(3_690n)])
      expect((await at.square.invoices.get(invoice.id)).metadata).toEqual({ order: 'é'.repeat(400) })
    }
  })

  it('that Square refuses are known to be refused, although their order was made', async () => {
    const at = shop()
    const { id: customer } = await at.square.customers.create({ name: 'No Address' })
    expect(await refusal(at.square.invoices.create({ customer, lines }))).toMatchObject({ effect: 'none' })
    expect(at.twin.count('invoices')).toBe(0)
  })

  it('are collected on the day they are due, which pay makes today', async () => {
    const at = shop()
    const { customer } = await payer(at)
    const { id } = await at.square.invoices.create({ customer, lines, dueDays: 14 })
    await at.square.invoices.finalize(id)
    at.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'invoices.pay' })
    expect((await at.square.invoices.pay({ id })).status).toBe('open')
    await at.twin.advance(60_000)
    expect(await at.square.invoices.get(id)).toMatchObject({
      status: 'paid',
      due: usd(0n),
      payment: `square:${at.twin.payments()[0]?.id}`,
    })
    expect(await refusal(at.square.invoices.pay({ id }))).toMatchObject({ code: 'invoice_closed', effect: 'none' })
  })

  it('due at once are charged to the default method when they are issued', async () => {
    const at = shop()
    const { customer } = await payer(at)
    const { id } = await at.square.invoices.create({ customer, lines, dueDays: 0 })
    expect((await at.square.invoices.finalize(id)).status).toBe('paid')
    expect(at.twin.payments()).toMatchObject([{ captured: 3_690n }])
  })
})
