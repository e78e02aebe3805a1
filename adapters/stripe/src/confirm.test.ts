import { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { failure, setUp, usd } from './test/set-up.ts'

const declines = 'stripe:pm_card_chargeDeclined'
const pays = 'stripe:pm_card_visa'

/** A payment that waits, and a customer's methods, which keep their ids. */
async function waiting() {
  const world = setUp()
  const { provider } = world
  const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
  const { id } = await provider.payments.create({ amount: usd(500n), customer })
  const method = async (of: string) => (await provider.methods.attach({ id: of, customer })).id
  const [bad, good] = [await method('stripe:pm_card_chargeCustomerFail'), await method(pays)]
  return { ...world, id, bad, good }
}

describe('a confirmation whose answer is lost', () => {
  it('was declined: that is a refusal, never a payment that is done', async () => {
    const { twin, provider, id, bad } = await waiting()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.confirm' })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.confirm' })
    const error = await failure(provider.payments.confirm({ id, method: bad }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code: 'card_declined', handle: id })
  })

  it('is not answered by the decline of the card that was tried just before', async () => {
    const { twin, provider, id, good } = await waiting()
    await failure(provider.payments.confirm({ id, method: declines }))
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.confirm' })
    const error = await failure(provider.payments.confirm({ id, method: good }))
    if (!OutcomeUnknownError.is(error)) throw error
    twin.faults.clear()
    await twin.clock.advance(100_000)
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect(await provider.payments.confirm({ id, method: good })).toMatchObject({ status: 'captured' })
  })
})

it('finds an invoice collected by a debit that is still under way, and asks for it once', async () => {
  const { twin, provider } = setUp()
  const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
  const { id: method } = await provider.methods.attach({ id: 'stripe:pm_usBankAccount_success', customer })
  const { id } = await provider.invoices.create({ customer, lines: [{ name: 'Lamp', amount: usd(500n) }] })
  await provider.invoices.finalize(id)
  twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'invoices.pay' })
  twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'invoices.pay' })
  expect(await provider.invoices.pay({ id, method })).toMatchObject({ id, status: 'open' })
  await twin.advance(14 * 86_400_000)
  expect(await provider.invoices.get(id)).toMatchObject({ status: 'paid', paid: usd(500n) })
  expect(twin.payments()).toMatchObject([{ captured: 500n }])
})
