import { describe, expect, it } from 'vitest'
import { collect, failure, ok, setUp } from './test/set-up.ts'

describe('customers', () => {
  it('are made, changed, listed and deleted, twice without complaint', async () => {
    const { twin, provider, sent } = setUp()
    const anna = await provider.customers.create({
      name: 'Anna Ek',
      email: 'anna@example.com',
      reference: 'c-1',
      metadata: { vip: 'yes' },
    })
    expect(anna).toMatchObject({ name: 'Anna Ek', email: 'anna@example.com', reference: 'c-1', metadata: { vip: 'yes' } })
    const changed = await provider.customers.update({ id: anna.id, phone: '+46701234567', metadata: { city: 'Umeå' } })
    expect(changed).toMatchObject({ phone: '+46701234567', reference: 'c-1', metadata: { vip: 'yes', city: 'Umeå' } })
    expect(sent('customers.update').has('metadata[do_reference]')).toBe(false)
    await provider.customers.create({ email: 'bo@example.com' })
    expect(await collect(provider.customers.list({ email: 'anna@example.com' }))).toHaveLength(1)
    expect(await provider.customers.delete(anna.id)).toEqual({ id: anna.id, deleted: true })
    expect(await provider.customers.delete(anna.id)).toEqual({ id: anna.id, deleted: true })
    expect(await provider.customers.get(anna.id)).toMatchObject({ deleted: true })
    expect(twin.count('customers')).toBe(1)
    expect(await failure(provider.customers.delete('stripe:cus_never'))).toMatchObject({ code: 'not_found', effect: 'none' })
  })

  it('keep methods, which are charged while they are away', async () => {
    const { provider, pay, sent } = setUp()
    const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
    const method = await provider.methods.attach({ id: ok, customer })
    expect(method).toMatchObject({ customer, type: 'card', card: { brand: 'visa', last4: '4242', expiry: { month: 12 } } })
    expect(await provider.methods.attach({ id: method.id, customer })).toMatchObject({ id: method.id, customer })
    await pay({ customer, method: method.id, offSession: true })
    expect(sent('payments.create').get('off_session')).toBe('true')
    await pay({ customer, saveMethod: true })
    expect(sent('payments.create').get('setup_future_usage')).toBe('off_session')
    expect(await provider.customers.update({ id: customer, defaultMethod: method.id })).toMatchObject({
      defaultMethod: method.id,
    })
    expect((await collect(provider.methods.list({ customer }))).length).toBe(2)
    expect(await provider.methods.detach(method.id)).toEqual({ id: method.id, deleted: true })
    expect(await provider.methods.detach(method.id)).toEqual({ id: method.id, deleted: true })
    expect((await collect(provider.methods.list({ customer }))).length).toBe(1)
  })

  it('are found again when the answer is lost, and made once', async () => {
    const { twin, provider } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'customers.create' })
    expect(await provider.customers.create({ name: 'Anna Ek' })).toMatchObject({ name: 'Anna Ek' })
    expect(twin.count('customers')).toBe(1)
  })
})
