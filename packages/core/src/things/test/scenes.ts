import { failing, type Scene, type Stage } from '../../collection/test/room.ts'
import { defineNouns } from '../../nouns/registry.ts'
import { createRelationships } from '../../relationships/relationships.ts'
import type { Schema } from '../../storage/schema.ts'
import { compact, toJsonLd } from '../forms.ts'
import { createThings } from '../things.ts'
import type { NewThing } from '../types.ts'

const named: Schema<unknown> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { name?: unknown }).name === 'string' ? { value } : { issues: [{ message: 'missing', path: ['name'] }] },
  },
}

const shop = defineNouns(
  { Customer: { schema: named, indexes: ['city'], unique: ['email'] }, Order: { indexes: ['total'] }, Product: {} },
  { place: { onRemove: { from: 'cascade' } }, like: { onRemove: { to: 'restrict' } } },
)

function roomOf(stage: Stage) {
  const relationships = createRelationships(stage.kernel, { verbs: shop, rules: shop.rules() })
  return { relationships, things: createThings(stage.kernel, shop, { relationships }) }
}

const ada = (): NewThing => ({
  $type: 'Customer',
  $id: 'ada',
  name: 'Ada',
  city: 'London',
  favourite: { $type: 'Product', $id: 'pen', price: 3 },
  orders: [
    {
      $type: 'Order',
      $id: 'o1',
      total: 7,
      lines: [{ count: 2, product: { $ref: 'https://do.example/shop/acme/products/pen' } }],
    },
    { $type: 'Order', $id: 'o2', total: 9, buyer: { $ref: 'https://do.example/shop/acme/customers/ada' } },
  ],
  elsewhere: { $ref: 'https://other.example/things/1' },
  lost: { $ref: 'https://do.example/shop/acme/products/lost' },
})

export const thingScenes: Record<string, Scene> = {
  'made and found': (stage) => {
    const { things } = roomOf(stage)
    const made = things.create(ada())
    const url = things.url('customers', 'ada')
    return {
      made,
      same: JSON.stringify(things.get(url)) === JSON.stringify(made),
      order: things.get(things.url('Order', 'o2')),
      list: things.list('orders', { where: { total: { gt: 7 } } }).items.map(({ $id, $type }) => [$id, $type]),
      count: things.count('Order'),
      references: things.references(made),
      updated: things.update(url, { city: 'Paris', $type: 'Order', favourite: { $type: 'Product', price: 4 } }, { version: 1 }),
      conflict: failing(() => things.update(url, { city: 'Rome' }, { version: 1 })),
      own: things.create({ $type: 'Product', $id: 'https://elsewhere.example/p/1', price: 1 }).$id,
      made2: things.create({ $type: 'Product' }).$id,
      told: stage.told.map(({ source, operation }) => `${source} ${operation}`),
    }
  },

  refused: (stage) => {
    const { things } = roomOf(stage)
    things.create({ $type: 'Customer', $id: 'bo', name: 'Bo', email: 'bo@example.com' })
    const deep = (depth: number): unknown => JSON.parse(`${'{"$type":"Product","a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    const nothing = stage.storage.sql.exec('SELECT count(*) AS count FROM do_things').one().count
    const answers = [
      () => things.create({ $type: 'Nobody' }),
      () => things.create({ $type: 'constructor' }),
      () => things.create({ $type: 'Customer', $id: 'x' }),
      () => things.create({ $type: 'Customer', $id: 'bo', name: 'again' }),
      () => things.create({ $type: 'Customer', name: 'x', email: 'bo@example.com' }),
      () => things.create({ $type: 'Order', $id: 'o', buyer: { $type: 'Customer', $id: 'unnamed', age: 3 } }),
      () => things.create({ $type: 'Order', $id: '../customers/bo' }),
      () => things.create({ $type: 'Order', $id: 'javascript:alert(1)' }),
      () => things.create({ $type: 'Order', $id: things.url('Customer', 'bo') }),
      () => things.create(deep(100_000) as NewThing),
      () => things.create(null as never),
      () => things.update('https://do.example/nothing', {}),
      () => things.update(things.url('Customer', 'bo'), { name: 7 }),
      () => things.expand('https://do.example/nothing'),
      () => things.expand(things.url('Customer', 'bo'), { depth: 9 }),
      () => things.getMany(Array.from({ length: 1_001 }, () => 'x')),
      () => things.list('Customer', { where: { name: 'x' } }),
    ].map((run) => failing(run))
    return { answers, nothing, left: stage.storage.sql.exec('SELECT count(*) AS count FROM do_things').one().count }
  },

  expanded: (stage) => {
    const { things } = roomOf(stage)
    const made = things.create(ada())
    const one = things.expand(made)
    const two = things.expand(made.$id, { depth: 2 })
    const some = things.expand(made, { depth: 3, fields: ['orders'] })
    const refusing = failing(() => things.expand(made, { missing: 'refuse' }))
    const compacted = JSON.stringify(compact(two)) === JSON.stringify(made)
    const saved = things.save(two as unknown as NewThing)
    return {
      one,
      two,
      some,
      refusing,
      compacted,
      saved: { ...saved, same: JSON.stringify(saved.orders) === JSON.stringify(made.orders) },
      linked: toJsonLd(one, 'https://schema.org/'),
    }
  },

  'queries for many': (stage) => {
    const { things } = roomOf(stage)
    const orders = Array.from({ length: 300 }, (_, index) => ({
      $type: 'Order',
      $id: `o${index}`,
      product: { $ref: things.url('Product', `p${index % 50}`) },
      buyer: { $ref: things.url('Customer', 'ada') },
    }))
    for (let index = 0; index < 50; index++) things.create({ $type: 'Product', $id: `p${index}`, price: index })
    const made = things.create({ $type: 'Customer', $id: 'ada', name: 'Ada', orders })
    things.expand(made, { depth: 2 })
    stage.statements.length = 0
    const expanded = things.expand(made, { depth: 2 }) as unknown as { orders: { product: { price: number }; buyer: object }[] }
    const statements = stage.statements.length
    const prices = expanded.orders.reduce((sum, { product }) => sum + product.price, 0)
    return { statements, prices, cycle: expanded.orders[0]?.buyer }
  },

  'too many': (stage) => {
    const { things } = roomOf(stage)
    // Each refers twice to the next: 2^8 things in the answer of depth 8, 2^12 if nobody stopped it.
    const at = (index: number) => ({ $ref: things.url('Product', `p${index}`) })
    for (let index = 0; index < 12; index++)
      things.create({ $type: 'Product', $id: `p${index}`, list: Array.from({ length: 3 }, () => at(index + 1)) })
    return [
      failing(() => things.expand(things.url('Product', 'p0'), { depth: 8 })),
      failing(() => JSON.stringify(things.expand(things.url('Product', 'p0'), { depth: 5 })).length > 1_000),
    ]
  },

  deleted: (stage) => {
    const { things, relationships } = roomOf(stage)
    const customer = things.create({ $type: 'Customer', $id: 'ada', name: 'Ada' }).$id
    const order = things.create({ $type: 'Order', $id: 'o1' }).$id
    const other = things.create({ $type: 'Order', $id: 'o2' }).$id
    relationships.relate(customer, 'place', order)
    relationships.relate('https://elsewhere.example/fan', 'like', other)
    const restricted = failing(() => things.delete(other))
    const stillThere = things.get(other) !== undefined
    const conflict = failing(() => things.delete(customer, { version: 7 }))
    const gone = things.delete(customer)
    return {
      restricted,
      stillThere,
      conflict,
      gone,
      twice: things.delete(customer),
      left: [things.count('Customer'), things.count('Order')],
      edges: relationships.count({ to: order }),
    }
  },
}
