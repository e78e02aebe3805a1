import { collect, NotApplicable, outcome, same } from '../assert.ts'
import { payer } from './customers.ts'
import { among, atVendor, charged, denied, group, methodAt, moments, own, type PaymentsWorld } from './world.ts'

const invoices = group('invoices', undefined, ['customers', 'stored-methods', 'invoices'])

async function invoiced(world: PaymentsWorld) {
  const { id: customer, method } = await payer(world)
  const lines = [
    { name: 'Lamp', amount: own(world, 1_230n), quantity: 3 },
    { name: 'Bulb', amount: own(world, 450n) },
  ]
  const invoice = await world.provider.invoices.create({ customer, lines, dueDays: 14, metadata: { order: '42' } })
  return { ...invoice, method }
}

async function issued(world: PaymentsWorld) {
  const { id, ...rest } = await invoiced(world)
  return { ...rest, ...(await world.provider.invoices.finalize(id)) }
}

/** Asked for, then paid, or not. */
export const invoicing = [
  invoices('create.total', 'An invoice asks for the sum of its lines, and takes nothing by itself', async (world) => {
    const { id, customer } = await invoiced(world)
    const invoice = await world.provider.invoices.get(id)
    same(
      [invoice.total, invoice.due, invoice.paid, invoice.customer],
      [own(world, 4_140n), own(world, 4_140n), own(world, 0n), customer],
      'total, due, paid and customer',
    )
    among(invoice.status, ['draft', 'open'], 'The status')
    same([world.twin.count('invoices'), charged(world)], [1, []], 'Invoices and charges at the vendor')
  }),
  invoices('get.same', 'An invoice reads back with its metadata', async (world) => {
    const { id } = await invoiced(world)
    const invoice = await world.provider.invoices.get(id)
    same([invoice.id, invoice.metadata], [id, { order: '42' }], 'id and metadata')
  }),
  invoices('finalize.open', 'An invoice that is issued is open, also when it is issued twice', async (world) => {
    const { id } = await issued(world)
    await world.provider.invoices.finalize(id)
    same((await world.provider.invoices.get(id)).status, 'open', 'Status')
    same(charged(world), [], 'Charges')
  }),
  invoices('pay.paid', "Collecting an invoice charges the customer's method, once", async (world) => {
    const { id, method } = await issued(world)
    await world.provider.invoices.pay({ id, method })
    await moments(world)
    const invoice = await world.provider.invoices.get(id)
    same([invoice.status, invoice.due, invoice.paid], ['paid', own(world, 0n), own(world, 4_140n)], 'status, due and paid')
    same([charged(world).length, atVendor(world).captured], [1, 4_140n], 'Charges, and taken')
  }),
  invoices('pay.declined', 'An invoice whose charge is declined stays open', async (world) => {
    const { id, customer } = await issued(world)
    if (world.twin.methods.laterDeclined === undefined) throw new NotApplicable('The vendor has no such test method.')
    const method = await world.provider.methods.attach({ id: methodAt(world, id, 'laterDeclined'), customer })
    const paid = await outcome(() => world.provider.invoices.pay({ id, method: method.id }))
    // Some vendors only take the wish to collect on, and tell by the invoice how it ended.
    if (paid.ok) among(paid.value.status, ['open', 'uncollectible'], 'The status in the answer')
    else same([paid.error.fault, paid.error.effect], ['declined', 'none'], 'Fault and effect')
    await moments(world)
    same([(await world.provider.invoices.get(id)).status, charged(world)], ['open', []], 'Status and charges')
  }),
  invoices('void.closed', 'An invoice that is void asks for nothing, and cannot be paid', async (world) => {
    const { id, method } = await issued(world)
    for (let time = 1; time <= 2; time++) await world.provider.invoices.void(id)
    same((await world.provider.invoices.get(id)).status, 'void', 'Status')
    await denied(() => world.provider.invoices.pay({ id, method }), 'Collecting a void invoice')
    same(charged(world), [], 'Charges')
  }),
  invoices('list.customer', 'The list can be of one customer', async (world) => {
    const [first, second] = [await issued(world), await issued(world)]
    await moments(world)
    const ids = async (customer: string) => (await collect(world.provider.invoices.list({ customer }))).map(({ id }) => id)
    same([await ids(first.customer), await ids(second.customer)], [[first.id], [second.id]], 'The invoices of each')
  }),
]
