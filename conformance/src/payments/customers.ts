import { parseHandle } from '@do/provider'
import { collect, holds, outcome, same } from '../assert.ts'
import { group, methodAt, moments, type PaymentsWorld } from './world.ts'

const customers = group('customers', undefined, ['customers'])
const methods = group('methods', undefined, ['customers', 'stored-methods'])

export const anna = { name: 'Anna Öst', email: 'anna@example.com', phone: '+4930123456' }

/** A customer with a method that is charged by default. */
export async function payer(world: PaymentsWorld, behaves: 'ok' | 'laterDeclined' = 'ok') {
  const { id } = await world.provider.customers.create(anna)
  const method = await world.provider.methods.attach({ id: methodAt(world, id, behaves), customer: id })
  await world.provider.customers.update({ id, defaultMethod: method.id })
  return { id, method: method.id }
}

const methodsOf = async (world: PaymentsWorld, customer: string) =>
  (await collect(world.provider.methods.list({ customer }))).map(({ id }) => id)

/** People, and the cards that they left. */
export const knowing = [
  customers('create.kept', 'A customer is made once, and reads as they were made', async (world) => {
    const input = { ...anna, reference: 'crm-7', metadata: { tier: 'gold' } }
    const { id } = await world.provider.customers.create(input)
    const { name, email, phone, reference, metadata } = await world.provider.customers.get(id)
    same({ name, email, phone, reference, metadata }, input, 'The customer')
    same(world.twin.count('customers'), 1, 'Customers at the vendor')
  }),
  customers('get.same', 'A customer reads back under their id', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    same((await world.provider.customers.get(id)).id, id, 'The id')
  }),
  customers('update.changes', 'What is changed is changed, and what is not named stays', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    for (let time = 1; time <= 2; time++) await world.provider.customers.update({ id, email: 'new@example.com' })
    const { name, email, phone } = await world.provider.customers.get(id)
    same({ name, email, phone }, { ...anna, email: 'new@example.com' }, 'The customer')
    same(world.twin.count('customers'), 1, 'Customers at the vendor')
  }),
  customers('delete.gone', 'A customer who is deleted is gone, also when they are deleted twice', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    for (let time = 1; time <= 2; time++) same(await world.provider.customers.delete(id), { id, deleted: true }, 'The answer')
    same(world.twin.count('customers'), 0, 'Customers at the vendor')
    const read = await outcome(() => world.provider.customers.get(id))
    holds(read.ok ? read.value.deleted === true : read.error.code === 'not_found', 'A deleted customer reads like any other.')
  }),
  customers('list.email', 'The list can be of one address', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    await world.provider.customers.create({ name: 'Berta', email: 'berta@example.com' })
    await moments(world)
    const found = await collect(world.provider.customers.list({ email: anna.email }))
    same(
      found.map((customer) => customer.id),
      [id],
      'The customers with the address',
    )
  }),
  methods('attach.kept', 'A method that is kept is listed with its customer, once', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    const method = await world.provider.methods.attach({ id: methodAt(world, id, 'ok'), customer: id })
    same(parseHandle(method.id).provider, parseHandle(id).provider, 'Whose the method is')
    holds(method.customer === undefined || method.customer === id, `The method is of "${method.customer}".`)
    await moments(world)
    same(await methodsOf(world, id), [method.id], "The customer's methods")
  }),
  methods('detach.forgotten', 'A method that is forgotten is not listed any more', async (world) => {
    const { id } = await world.provider.customers.create(anna)
    const method = await world.provider.methods.attach({ id: methodAt(world, id, 'ok'), customer: id })
    same(await world.provider.methods.detach(method.id), { id: method.id, deleted: true }, 'The answer')
    await moments(world)
    same(await methodsOf(world, id), [], "The customer's methods")
  }),
  methods('list.own', 'The list has the methods of that customer only', async (world) => {
    const [first, second] = [await payer(world), await payer(world)]
    await moments(world)
    same([await methodsOf(world, first.id), await methodsOf(world, second.id)], [[first.method], [second.method]], 'Methods')
  }),
  customers(
    'update.default-method',
    'A customer can have a method that is charged by default',
    async (world) => {
      const { id, method } = await payer(world)
      same((await world.provider.customers.get(id)).defaultMethod, method, 'defaultMethod')
    },
    { needs: ['stored-methods'] },
  ),
]
