import type { Price } from '@do/payments'
import { collect, same } from '../assert.ts'
import { group, moments, own, type PaymentsWorld } from './world.ts'

const products = group('products', undefined, ['catalogue'])
const prices = group('prices', undefined, ['catalogue'])

type Interval = Price['interval']

/** Something that can be subscribed to. */
export async function plan(world: PaymentsWorld, amount = 3_000n, unit: 'day' | 'week' | 'month' | 'year' = 'month') {
  const product = await world.provider.products.create({ name: 'Light as a service' })
  const interval: Interval = { unit, count: 1 }
  const { id: price } = await world.provider.prices.create({ product: product.id, amount: own(world, amount), interval })
  return { product: product.id, price, amount }
}

/** What is for sale. */
export const selling = [
  products('create.kept', 'A product is made once, and reads as it was made', async (world) => {
    const input = { name: 'Lamp “Ö”', description: 'A lamp & a bulb', metadata: { shelf: '7' } }
    const { id } = await world.provider.products.create(input)
    const { name, description, active, metadata } = await world.provider.products.get(id)
    same([name, description, active, metadata], [input.name, input.description, true, input.metadata], 'The product')
    same(world.twin.count('products'), 1, 'Products at the vendor')
  }),
  products('get.same', 'A product reads back under its id', async (world) => {
    const { id } = await world.provider.products.create({ name: 'Lamp' })
    same((await world.provider.products.get(id)).id, id, 'The id')
  }),
  products('update.changes', 'What is changed is changed, and what is not named stays', async (world) => {
    const { id } = await world.provider.products.create({ name: 'Lamp', description: 'Bright' })
    await world.provider.products.update({ id, name: 'Lantern', active: false })
    const { name, description, active } = await world.provider.products.get(id)
    same([name, description, active], ['Lantern', 'Bright', false], 'name, description and active')
    same(world.twin.count('products'), 1, 'Products at the vendor')
  }),
  products('list.active', 'The list can be of those that are for sale', async (world) => {
    const { provider } = world
    const lamp = await provider.products.create({ name: 'Lamp' })
    const gone = await provider.products.create({ name: 'Candle' })
    await provider.products.update({ id: gone.id, active: false })
    await moments(world)
    const ids = async (active?: boolean) =>
      (await collect(provider.products.list(active === undefined ? {} : { active }))).map(({ id }) => id).sort()
    same([await ids(true), await ids()], [[lamp.id], [lamp.id, gone.id].sort()], 'Active and all products')
  }),
  prices('create.exact', 'A price has its amount and interval exactly', async (world) => {
    const { product, price } = await plan(world, 1_230n, 'week')
    const read = await world.provider.prices.get(price)
    same([read.product, read.amount, read.active], [product, own(world, 1_230n), true], 'product, amount and active')
    same(read.interval, { unit: 'week', count: 1 }, 'interval')
    same(world.twin.count('prices'), 1, 'Prices at the vendor')
  }),
  prices('get.once', 'A price that is paid once has no interval', async (world) => {
    const { id: product } = await world.provider.products.create({ name: 'Lamp' })
    const { id } = await world.provider.prices.create({ product, amount: own(world, 2_590n) })
    const read = await world.provider.prices.get(id)
    same([read.id, read.interval, read.amount], [id, undefined, own(world, 2_590n)], 'id, interval and amount')
  }),
  prices('update.closes', 'A price can be closed and opened again', async (world) => {
    const { price: id } = await plan(world)
    for (const active of [false, true]) {
      await world.provider.prices.update({ id, active })
      same((await world.provider.prices.get(id)).active, active, 'active')
    }
  }),
  prices('list.product', 'The list can be of one product', async (world) => {
    const [first, second] = [await plan(world), await plan(world, 4_200n)]
    await moments(world)
    const ids = async (product: string) => (await collect(world.provider.prices.list({ product }))).map(({ id }) => id)
    same([await ids(first.product), await ids(second.product)], [[first.price], [second.price]], 'The prices of each product')
  }),
]
