import { amountIn, type Thing, time, wire } from './book.ts'
import { filtered, page, type Route } from './routes.ts'

const shownProduct = ({ id, name, description, active, metadata, createdAt, client_ref }: Thing) => ({
  ...{ id, name, description, active, metadata, client_ref, created_at: time(createdAt) },
})
const shownPrice = ({ id, product, amount, currency, interval, active, client_ref }: Thing) => ({
  ...{ id, product, amount: wire(amount, currency), interval, active, client_ref },
})
const given = (facts: object) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))

export const catalogueRoutes: readonly Route[] = [
  [
    'POST',
    '/products',
    'products.create',
    ({ book, body: { name, description, metadata, client_ref } }) =>
      shownProduct(book.make('products', 'prod', { name, description, metadata, client_ref, active: true })),
  ],
  [
    'GET',
    '/products',
    'products.list',
    (ask) => {
      const active = ask.query.get('active')
      const all = ask.book.things.products.filter((product) => active === null || String(product.active) === active)
      return page(ask, filtered(ask, all, ['client_ref']), shownProduct)
    },
  ],
  ['GET', '/products/:id', 'products.get', ({ book, id }) => shownProduct(book.find('products', id))],
  [
    'PATCH',
    '/products/:id',
    'products.update',
    ({ book, id, body: { name, description, active, metadata } }) =>
      shownProduct(Object.assign(book.find('products', id), given({ name, description, active, metadata }))),
  ],
  [
    'POST',
    '/prices',
    'prices.create',
    ({ book, body: { product, amount, interval, client_ref } }) => {
      book.find('products', product, 'product')
      const { value, currency } = amountIn(amount)
      return shownPrice(book.make('prices', 'price', { product, amount: value, currency, interval, client_ref, active: true }))
    },
  ],
  [
    'GET',
    '/prices',
    'prices.list',
    (ask) => page(ask, filtered(ask, ask.book.things.prices, ['product', 'client_ref']), shownPrice),
  ],
  ['GET', '/prices/:id', 'prices.get', ({ book, id }) => shownPrice(book.find('prices', id))],
  [
    'PATCH',
    '/prices/:id',
    'prices.update',
    ({ book, id, body: { active } }) => shownPrice(Object.assign(book.find('prices', id), given({ active }))),
  ],
]
