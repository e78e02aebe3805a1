import { describe, expect, it } from 'vitest'
import { collect, failure, ok, own, setUp, usd } from './test/set-up.ts'

const day = 86_400_000

async function shop() {
  const world = setUp()
  const { provider } = world
  const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
  const method = await provider.methods.attach({ id: ok, customer })
  await provider.customers.update({ id: customer, defaultMethod: method.id })
  const { id: product } = await provider.products.create({ name: 'Light', description: 'As a service', metadata: { shelf: '7' } })
  const plan = (amount: bigint) => provider.prices.create({ product, amount: usd(amount), interval: { unit: 'month' } })
  return { ...world, customer, method: method.id, product, plan, price: (await plan(3_000n)).id }
}

describe('the catalogue', () => {
  it('is made, changed and listed', async () => {
    const { provider, product, price, sent } = await shop()
    expect(Object.fromEntries(sent('prices.create'))).toMatchObject({
      unit_amount: '3000',
      currency: 'usd',
      product: own(product),
      'recurring[interval]': 'month',
      'recurring[interval_count]': '1',
    })
    expect(await provider.products.update({ id: product, active: false, metadata: { shelf: '8' } })).toMatchObject({
      description: 'As a service',
      active: false,
      metadata: { shelf: '8' },
    })
    expect(await provider.prices.get(price)).toMatchObject({
      product,
      amount: usd(3_000n),
      interval: { unit: 'month', count: 1 },
    })
    expect(await collect(provider.products.list({ active: true }))).toEqual([])
    expect(await collect(provider.prices.list({ product }))).toHaveLength(1)
    expect(await provider.prices.update({ id: price, active: false })).toMatchObject({ active: false })
  })
})

describe('subscriptions', () => {
  it('begin, change, pause, go on and end', async () => {
    const { twin, provider, customer, price, plan, method, sent } = await shop()
    const made = await provider.subscriptions.create({
      customer,
      price,
      quantity: 2,
      method,
      reference: 'plan-7',
      metadata: { seat: 'a' },
    })
    expect(made).toMatchObject({ status: 'active', customer, price, quantity: 2, reference: 'plan-7', metadata: { seat: 'a' } })
    expect(Object.fromEntries(sent('subscriptions.create'))).toMatchObject({
      'items[0][price]': own(price),
      'items[0][quantity]': '2',
      default_payment_method: own(method),
    })
    const { id } = made
    const dear = (await plan(9_000n)).id
    expect(await provider.subscriptions.change({ id, price: dear, proration: 'now' })).toMatchObject({ price: dear, quantity: 2 })
    expect(sent('subscriptions.change').get('proration_behavior')).toBe('always_invoice')
    expect(sent('subscriptions.change').get('items[0][id]')).toMatch(/^si_/)
    await provider.subscriptions.change({ id, method })
    expect(sent('subscriptions.change').has('items[0][id]')).toBe(false)
    const resumeAt = new Date(twin.clock.now() + 90 * day).toISOString()
    expect(await provider.subscriptions.pause({ id, resumeAt })).toMatchObject({ status: 'paused' })
    expect(sent('subscriptions.change').get('pause_collection[behavior]')).toBe('void')
    expect(await provider.subscriptions.resume(id)).toMatchObject({ status: 'active' })
    const ending = await provider.subscriptions.cancel({ id, at: 'period_end' })
    expect(ending).toMatchObject({ status: 'active', cancelAt: ending.currentPeriod?.end })
    expect(await provider.subscriptions.cancel({ id })).toMatchObject({ status: 'canceled' })
    expect(await provider.subscriptions.cancel({ id })).toMatchObject({ status: 'canceled' })
    expect(await provider.subscriptions.cancel({ id, at: 'period_end' })).toMatchObject({ status: 'canceled' })
    expect(await collect(provider.subscriptions.list({ customer }))).toHaveLength(1)
  })

  it('wait for the payer with the secret of their first payment', async () => {
    const { twin, provider, customer, price } = await shop()
    const method = await provider.methods.attach({ id: 'stripe:pm_card_threeDSecure2Required', customer })
    const waiting = await provider.subscriptions.create({ customer, price, method: method.id })
    expect(waiting).toMatchObject({
      status: 'incomplete',
      action: { type: 'client', clientSecret: expect.stringContaining('_secret_') },
    })
    await twin.authenticate(twin.payments().at(-1)?.id as string, 'succeed')
    const active = await provider.subscriptions.get(waiting.id)
    expect(active.status).toBe('active')
    expect(active.action).toBeUndefined()
    const invoice = await provider.invoices.get(active.latestInvoice as string)
    expect(invoice).toMatchObject({ status: 'paid', subscription: active.id, customer, paid: usd(3_000n), due: usd(0n) })
    expect(await provider.payments.get(invoice.payment as string)).toMatchObject({ status: 'captured' })
  })
})

describe('invoices', () => {
  const lines = [
    { name: 'Lamp', amount: usd(1_230n), quantity: 3 },
    { name: 'Bulb', amount: usd(450n) },
  ]

  it('are drafted with their lines, issued, collected or void', async () => {
    const { provider, customer, method, sent } = await shop()
    const draft = await provider.invoices.create({ customer, lines, dueDays: 14, metadata: { order: '42' } })
    expect(draft).toMatchObject({ status: 'draft', total: usd(4_140n), due: usd(4_140n), metadata: { order: '42' } })
    expect(Object.fromEntries(sent('invoices.create'))).toMatchObject({
      collection_method: 'send_invoice',
      days_until_due: '14',
      auto_advance: 'false',
      pending_invoice_items_behavior: 'exclude',
      currency: 'usd',
    })
    const open = await provider.invoices.finalize(draft.id)
    expect(open).toMatchObject({ status: 'open', number: expect.any(String), url: expect.stringContaining('https://') })
    expect(await provider.invoices.finalize(draft.id)).toMatchObject({ status: 'open' })
    expect(await provider.invoices.pay({ id: draft.id, method })).toMatchObject({
      status: 'paid',
      paid: usd(4_140n),
      due: usd(0n),
    })
    const other = await provider.invoices.create({ customer, lines: [{ name: 'Lamp', amount: usd(500n) }], dueDays: 0 })
    expect(sent('invoices.create').get('collection_method')).toBe('charge_automatically')
    await provider.invoices.finalize(other.id)
    expect(await provider.invoices.void(other.id)).toMatchObject({ status: 'void' })
    expect(await provider.invoices.void(other.id)).toMatchObject({ status: 'void' })
    expect(await collect(provider.invoices.list({ customer }))).toHaveLength(2)
  })

  it('have one currency', async () => {
    const { twin, provider, customer } = await shop()
    const mixed = [...lines, { name: 'Bulb', amount: { amount: 1n, currency: 'EUR' } }]
    const before = twin.requests().length
    const error = await failure(provider.invoices.create({ customer, lines: mixed }))
    expect(error).toMatchObject({ code: 'currency_mismatch', field: 'lines.2.amount.currency' })
    expect(twin.requests()).toHaveLength(before)
  })

  it('come to no more than Stripe takes, nor do pages', async () => {
    const { twin, provider, customer } = await shop()
    const before = twin.requests().length
    const many = [{ name: 'Lamp', amount: usd(999_999_999_999n), quantity: 2 }]
    const page = { lines: many, successUrl: 'https://shop.example.com/thanks' }
    for (const call of [() => provider.invoices.create({ customer, lines: many }), () => provider.checkout.create(page)])
      expect(await failure(call())).toMatchObject({ code: 'amount_too_large', field: 'lines', effect: 'none' })
    expect(twin.requests()).toHaveLength(before)
  })

  it('whose charge is declined say so, and stay open', async () => {
    const { provider, customer } = await shop()
    const { id } = await provider.invoices.create({ customer, lines })
    await provider.invoices.finalize(id)
    const bad = await provider.methods.attach({ id: 'stripe:pm_card_chargeCustomerFail', customer })
    const error = await failure(provider.invoices.pay({ id, method: bad.id }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code: 'card_declined' })
    expect(await provider.invoices.get(id)).toMatchObject({ status: 'open' })
  })
})

describe('checkout', () => {
  it('sells what is named and what has a price, and closes', async () => {
    const { twin, provider, customer, price, sent } = await shop()
    const urls = { successUrl: 'https://shop.example.com/thanks', cancelUrl: 'https://shop.example.com/cart' }
    const lines = [{ name: 'Lamp', amount: usd(1_230n), quantity: 3 }]
    const page = await provider.checkout.create({ lines, ...urls, customer, reference: 'order-42', metadata: { order: '42' } })
    expect(page).toMatchObject({ status: 'open', amount: usd(3_690n), reference: 'order-42', metadata: { order: '42' } })
    expect(sent('checkout.create').get('line_items[0][price_data][product_data][name]')).toBe('Lamp')
    await twin.visit(own(page.id), 'pay')
    const done = await provider.checkout.get(page.id)
    expect(done).toMatchObject({ status: 'complete' })
    expect(await provider.payments.get(done.payment as string)).toMatchObject({ status: 'captured', reference: 'order-42' })

    const expiresAt = new Date(twin.clock.now() + 3_600_000).toISOString()
    const abo = await provider.checkout.create({ lines: [{ price }], mode: 'subscription', ...urls, expiresAt })
    expect(abo.expiresAt).toBe(expiresAt)
    expect(await provider.checkout.expire(abo.id)).toMatchObject({ status: 'expired' })
    const closed = await provider.checkout.expire(abo.id)
    expect(closed.status).toBe('expired')
    expect(closed.url).toBeUndefined()
    expect(await failure(provider.checkout.expire(page.id))).toMatchObject({ effect: 'none', fault: 'caller' })
  })
})
