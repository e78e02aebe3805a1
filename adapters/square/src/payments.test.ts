import { squareTwin } from '@do/fixtures/square'
import { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { card, dayMs, refusal, shop, usd } from './test/set-up.ts'

describe('payments of Square', () => {
  it('sends what Square wants, and keeps our reference apart from what is the merchant’s', async () => {
    const { square, sent } = shop()
    const given = {
      description: 'One lamp',
      reference: 'order-42',
      metadata: { note: 'Zoë "x"\n{"do":"no"}' },
      statementDescriptor: 'ACMEBOOKS',
    }
    const { id } = await square.payments.create({ amount: usd(2_590n), method: card, ...given })
    const [body] = sent('payments.create')
    expect(body).toMatchObject({
      source_id: 'cnon:card-nonce-ok',
      amount_money: { amount: 2590, currency: 'USD' },
      location_id: 'LTWINLOCATION',
      reference_id: 'order-42',
      statement_description_identifier: 'ACMEBOOKS',
    })
    expect(String(body?.idempotency_key)).toMatch(/^do-[0-9a-f]{32}\.square$/)
    expect(String(body?.note)).toMatch(/^One lamp\n\{"do":"do-[0-9a-f]{32}","meta":\{"note":/)
    expect(await square.payments.get(id)).toMatchObject({
      reference: 'order-42',
      metadata: given.metadata,
      captured: usd(2_590n),
    })
  })

  it('names a payment by our reference where the merchant has none, and shows nobody that', async () => {
    const { square, sent, events } = shop()
    const payment = await square.payments.create({ amount: usd(100n), method: card, description: 'x' })
    const [body] = sent('payments.create')
    expect(body).toMatchObject({ note: 'x', reference_id: expect.stringMatching(/^do-[0-9a-f]{32}$/) })
    expect([payment.reference, payment.metadata]).toEqual([undefined, undefined])
    expect(events.map((event) => 'reference' in event && event.reference)).toEqual([body?.reference_id, body?.reference_id])
  })

  it('has room for a reference that Square’s field has not', async () => {
    const { square, sent } = shop()
    const reference = 'order-'.padEnd(100, '4')
    const { id } = await square.payments.create({ amount: usd(100n), method: card, reference })
    expect(String(sent('payments.create')[0]?.reference_id)).toMatch(/^do-/)
    expect((await square.payments.get(id)).reference).toBe(reference)
  })

  it('refuses before any request what Square would not keep or take', async () => {
    const { square, twin } = shop()
    const base = { amount: usd(100n), method: card }
    const refused: readonly (readonly [object, object])[] = [
      [{ metadata: { note: 'x'.repeat(480) } }, { code: 'too_long', field: 'metadata', elsewhere: true }],
      [{ statementDescriptor: 'ABCDEFGHIJKLMNOPQRSTUV' }, { code: 'too_long', field: 'statementDescriptor' }],
      [
        { amount: { amount: 100n, currency: 'EUR' } },
        { code: 'currency_not_supported', field: 'amount.currency', elsewhere: true },
      ],
      [{ split: { account: 'square:M1' } }, { code: 'unsupported' }],
    ]
    for (const [more, error] of refused) expect(await refusal(square.payments.create({ ...base, ...more }))).toMatchObject(error)
    expect(twin.requests()).toEqual([])
  })

  it('takes the currencies of Square where the location’s is not configured, and lets Square say which it is', async () => {
    const { square, twin } = shop({ currency: undefined } as never)
    expect(await refusal(square.payments.create({ amount: { amount: 100n, currency: 'KWD' }, method: card }))).toMatchObject({
      effect: 'none',
    })
    expect(twin.requests()).toEqual([])
    const error = await refusal(square.payments.create({ amount: { amount: 100n, currency: 'EUR' }, method: card }))
    expect(error).toMatchObject({ effect: 'none', fault: 'caller', field: 'amount' })
    expect(twin.payments()).toEqual([])
  })

  it('charges yen without decimals, and 64-bit amounts to the last unit', async () => {
    const { square, twin } = shop({}, squareTwin({ currency: 'JPY' }))
    const amount = { amount: 9_007_199_254_740_993n, currency: 'JPY' }
    const { id } = await square.payments.create({ amount, method: card })
    expect(twin.payments()[0]).toMatchObject({ amount: amount.amount, currency: 'JPY' })
    expect((await square.payments.get(id)).amount).toEqual(amount)
    expect(square.supports('partial-capture')).toBe(false)
  })

  it('names the payment that Square keeps of a decline', async () => {
    const { square, twin } = shop()
    const declines = {
      declined: 'card_declined',
      'insufficient-funds': 'insufficient_funds',
      'rejected-cvv': 'incorrect_cvc',
      'rejected-expiration': 'expired_card',
      'requires-verification': 'authentication_required',
    }
    for (const [name, code] of Object.entries(declines)) {
      const error = await refusal(square.payments.create({ amount: usd(100n), method: `square:cnon:card-nonce-${name}` }))
      expect(error).toMatchObject({ code, fault: 'declined', effect: 'none', handle: `square:${twin.payments().at(-1)?.id}` })
      expect(await square.payments.get(error.handle ?? '')).toMatchObject({ status: 'failed', failure: code })
    }
  })

  it('sends the verification token of the client library with the payment token', async () => {
    const { square, sent } = shop()
    const method = 'square:cnon:card-nonce-requires-verification|verf:abc'
    expect((await square.payments.create({ amount: usd(100n), method })).status).toBe('captured')
    expect(sent('payments.create')[0]).toMatchObject({
      source_id: 'cnon:card-nonce-requires-verification',
      verification_token: 'verf:abc',
    })
  })

  it('captures a part by making the payment smaller first, and never makes it larger', async () => {
    const { square, twin, sent } = shop({ delayDuration: 'P3D' })
    const held = await square.payments.create({ amount: usd(5_000n), method: card, capture: 'manual' })
    expect(sent('payments.create')[0]).toMatchObject({ autocomplete: false, delay_duration: 'P3D' })
    expect(Date.parse(held.captureBefore ?? '') - twin.clock.now()).toBe(3 * dayMs)
    expect(await refusal(square.payments.capture({ id: held.id, amount: usd(5_001n) }))).toMatchObject({
      code: 'capture_too_large',
      effect: 'none',
    })
    expect(await square.payments.capture({ id: held.id, amount: usd(1_200n) })).toMatchObject({
      status: 'captured',
      captured: usd(1_200n),
      amount: usd(5_000n),
    })
    expect([sent('payments.update').length, sent('payments.capture').length]).toEqual([1, 1])
  })

  it('takes a capture back to the fact when its answer is lost, and captures once', async () => {
    const { square, twin } = shop()
    const { id } = await square.payments.create({ amount: usd(5_000n), method: card, capture: 'manual' })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.capture' })
    expect(await square.payments.capture({ id, amount: usd(1_200n) })).toMatchObject({
      status: 'captured',
      captured: usd(1_200n),
    })
    expect(twin.payments()).toMatchObject([{ captured: 1_200n, authorized: 0n }])
  })

  it('tells an authorisation that ran out from one that was canceled', async () => {
    const { square, twin } = shop()
    const make = async () => (await square.payments.create({ amount: usd(100n), method: card, capture: 'manual' })).id
    const [late, gone] = [await make(), await make()]
    expect((await square.payments.cancel(gone)).status).toBe('canceled')
    await twin.advance(8 * dayMs)
    expect((await square.payments.get(late)).status).toBe('expired')
    expect(await refusal(square.payments.capture({ id: late }))).toMatchObject({ effect: 'none' })
  })

  it('keeps the card of a payment, and does not call the payment failed when that goes wrong', async () => {
    const { square, twin } = shop()
    const { id: customer } = await square.customers.create({ name: 'Anna' })
    const kept = await square.payments.create({ amount: usd(100n), method: card, customer, saveMethod: true })
    expect(kept.method).toMatch(/^square:ccof:/)
    twin.faults.next({ kind: 'error', status: 500, when: 'before' }, { operation: 'methods.attach' })
    const other = await square.payments.create({ amount: usd(100n), method: card, customer, saveMethod: true })
    expect([other.status, other.method]).toEqual(['captured', undefined])
    expect(twin.payments()).toHaveLength(2)
  })
})

describe('a lost answer of Square', () => {
  it('is found by our reference once the list shows it, and charged once', async () => {
    const { square, twin } = shop()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    // The repetition under the key is lost, too.
    twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    const payment = await square.payments.create({
      amount: usd(2_590n),
      method: card,
      reference: 'order-42',
      metadata: { a: 'b' },
    })
    expect(payment).toMatchObject({ status: 'captured', reference: 'order-42' })
    expect(twin.payments()).toHaveLength(1)
    expect(twin.requests().some(({ operation }) => operation === 'payments.list')).toBe(true)
  })

  it('is fenced before it counts as none: what turned up late would be canceled', async () => {
    const twin = squareTwin({ lagMs: 600_000 })
    const { square } = shop({ deadline: 5_000 }, twin)
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    const error = await refusal(square.payments.create({ amount: usd(2_590n), method: card, capture: 'manual' }))
    expect(OutcomeUnknownError.is(error)).toBe(true)
    expect(twin.payments()).toMatchObject([{ authorized: 2_590n }])
    twin.clock.advance(120_000)
    expect(await (error as OutcomeUnknownError).resolve()).toEqual({ effect: 'none' })
    expect(twin.payments()).toMatchObject([{ authorized: 0n, status: 'CANCELED' }])
  })

  it('stays unknown where the fence finds a payment that is completed', async () => {
    const twin = squareTwin({ lagMs: 600_000 })
    const { square } = shop({ deadline: 5_000 }, twin)
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    const error = (await refusal(square.payments.create({ amount: usd(2_590n), method: card }))) as OutcomeUnknownError
    twin.clock.advance(120_000)
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    twin.clock.advance(600_000)
    expect(await error.resolve()).toMatchObject({ effect: 'done', value: { captured: usd(2_590n) } })
    expect(twin.payments()).toHaveLength(1)
  })

  it('is looked for in thirty pages and no more: what was not seen is unknown, not absent', async () => {
    // Pages of one: a shop that sells a hundred times as much.
    const twin = squareTwin()
    const fetch: typeof globalThis.fetch = (input, init) => twin.fetch(String(input).replace('limit=100', 'limit=1'), init)
    const { square } = shop({ deadline: 5_000, fetch }, twin)
    twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    const error = (await refusal(square.payments.create({ amount: usd(2_590n), method: card }))) as OutcomeUnknownError
    twin.faults.clear()
    for (let sold = 0; sold < 31; sold++) await square.payments.create({ amount: usd(2_590n), method: card })
    twin.clock.advance(120_000)
    const read = () => twin.requests().filter(({ operation }) => operation === 'payments.list').length
    const before = read()
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect(read() - before).toBe(30)
    // The fence, which would say that it is absent, comes only after the whole list.
    expect(twin.requests().some(({ operation }) => operation === 'payments.cancelByKey')).toBe(false)
  })

  it('sends one request for one attempt, whatever the SDK would like to repeat', async () => {
    for (const fault of [
      { kind: 'error', status: 503, when: 'before' },
      { kind: 'rate-limit', retryAfterSeconds: 2 },
    ] as const) {
      const { square, twin } = shop()
      twin.faults.always(fault)
      const error = await refusal(square.payments.get('square:x'))
      expect(error.trail.filter(({ action }) => action === 'attempt').every(({ requests }) => requests === 1)).toBe(true)
    }
  })

  it('does not take somebody’s sign-in page for an answer, also not for an empty list', async () => {
    const { square, twin } = shop()
    twin.faults.always({ kind: 'foreign-page', when: 'before' })
    const { id } = { id: 'square:x' }
    const calls = [
      square.payments.get(id),
      square.payments.list().page(),
      square.customers.list().page(),
      square.products.list().page(),
      square.methods.list({ customer: id }).page(),
      square.disputes.list().page(),
      square.customers.delete(id),
    ]
    for (const call of calls) expect(await refusal(call)).toMatchObject({ fault: 'provider' })
  })
})
