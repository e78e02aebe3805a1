import { amountIn, type Book, Refusal, type Thing, time, wire } from './book.ts'
import { approve, kindOf, newPayment, methods as testMethods } from './charges.ts'
import { filtered, page, type Route } from './routes.ts'
import { subscribe } from './subscriptions.ts'

const shownCustomer = ({ id, name, email, phone, reference, default_method, metadata, createdAt, client_ref }: Thing) => ({
  ...{ id, name, email, phone, reference, default_method, metadata, client_ref, created_at: time(createdAt) },
})
const shownMethod = ({ id, customer, kind }: Thing) => ({ id, customer, type: kind === testMethods.redirect ? 'bank' : 'card' })
const customerFacts = ({ name, email, phone, reference, default_method, metadata }: Record<string, any>) =>
  Object.fromEntries(
    Object.entries({ name, email, phone, reference, default_method, metadata }).filter(([, value]) => value !== undefined),
  )

export function shownCheckout(checkout: Thing): object {
  const { id, status, total, currency, payment, subscription, reference, metadata, expiresAt, createdAt, client_ref } = checkout
  return {
    ...{ id, status, amount: wire(total, currency), payment, subscription, reference, metadata, client_ref },
    ...(status === 'open' ? { url: `https://pay.memory.example/${id}` } : {}),
    ...{ expires_at: time(expiresAt), created_at: time(createdAt) },
  }
}

const tellCheckout = (book: Book, checkout: Thing) => book.tell('checkout.changed', shownCheckout(checkout))

function close(book: Book, checkout: Thing): void {
  if (checkout.status !== 'open') return
  checkout.status = 'expired'
  tellCheckout(book, checkout)
}

/** The payer pays on the vendor's page. */
export function payOnPage(book: Book, checkout: Thing): string | undefined {
  if (checkout.status !== 'open') throw new Error(`The page "${checkout.id}" is ${checkout.status}.`)
  const { total, currency, customer, mode, reference, metadata } = checkout
  checkout.status = 'complete'
  if (mode === 'subscription') {
    const payer = customer ?? book.make('customers', 'cus', { name: 'A visitor' }).id
    const method = book.make('methods', 'pm', { customer: payer, kind: testMethods.ok }).id
    checkout.subscription = subscribe(book, { customer: payer, price: checkout.price, quantity: checkout.quantity, method }).id
  }
  const payment = newPayment(book, { amount: wire(total, currency), customer, reference, metadata })
  payment.method = testMethods.ok
  payment.kind = testMethods.ok
  approve(book, payment)
  checkout.payment = payment.id
  tellCheckout(book, checkout)
  return payment.id
}

export const peopleRoutes: readonly Route[] = [
  [
    'POST',
    '/customers',
    'customers.create',
    ({ book, body }) => shownCustomer(book.make('customers', 'cus', { ...customerFacts(body), client_ref: body.client_ref })),
  ],
  [
    'GET',
    '/customers',
    'customers.list',
    (ask) => page(ask, filtered(ask, ask.book.things.customers, ['email', 'client_ref']), shownCustomer),
  ],
  ['GET', '/customers/:id', 'customers.get', ({ book, id }) => shownCustomer(book.find('customers', id))],
  [
    'PATCH',
    '/customers/:id',
    'customers.update',
    ({ book, id, body }) => {
      if (body.default_method !== undefined) book.find('methods', body.default_method, 'default_method')
      return shownCustomer(Object.assign(book.find('customers', id), customerFacts(body)))
    },
  ],
  [
    'DELETE',
    '/customers/:id',
    'customers.delete',
    ({ book, id }) => {
      const customer = book.find('customers', id)
      book.things.customers = book.things.customers.filter((other) => other !== customer)
      book.things.methods = book.things.methods.filter((method) => method.customer !== id)
      return { id, deleted: true }
    },
  ],
  [
    'POST',
    '/customers/:id/methods',
    'methods.attach',
    ({ book, id, body }) => {
      book.find('customers', id)
      const kept = book.things.methods.find((method) => method.customer === id && [method.id, method.kind].includes(body.method))
      return shownMethod(kept ?? book.make('methods', 'pm', { customer: id, kind: kindOf(book, body.method) }))
    },
  ],
  [
    'GET',
    '/customers/:id/methods',
    'methods.list',
    (ask) => {
      ask.book.find('customers', ask.id)
      const own = ask.book.things.methods.filter(({ customer }) => customer === ask.id)
      return page(ask, own, shownMethod)
    },
  ],
  [
    'DELETE',
    '/methods/:id',
    'methods.detach',
    ({ book, id }) => {
      const method = book.find('methods', id)
      book.things.methods = book.things.methods.filter((other) => other !== method)
      return { id, deleted: true }
    },
  ],
  [
    'POST',
    '/checkouts',
    'checkout.create',
    ({ book, body }) => {
      const { lines, mode, customer, reference, metadata, client_ref, expires_at } = body
      if (customer !== undefined) book.find('customers', customer, 'customer')
      let total = 0n
      let currency = ''
      for (const [index, line] of (lines as Record<string, any>[]).entries()) {
        const price = line.price === undefined ? undefined : book.find('prices', line.price, `lines.${index}.price`)
        const amount =
          price === undefined ? amountIn(line.amount, 'lines') : { value: price.amount as bigint, currency: price.currency }
        if (currency !== '' && currency !== amount.currency) throw new Refusal(422, 'bad_currency', 'lines')
        currency = amount.currency
        total += amount.value * BigInt(line.quantity)
      }
      const [{ price, quantity }] = lines
      const expiresAt = expires_at === undefined ? book.clock.now() + 86_400_000 : Date.parse(expires_at)
      const facts = {
        status: 'open',
        total,
        currency,
        mode,
        customer,
        reference,
        metadata,
        client_ref,
        expiresAt,
        price,
        quantity,
      }
      const checkout = book.make('checkouts', 'co', facts)
      book.later(expiresAt - book.clock.now(), () => close(book, checkout))
      return shownCheckout(checkout)
    },
  ],
  [
    'GET',
    '/checkouts',
    'checkout.list',
    (ask) => page(ask, filtered(ask, ask.book.things.checkouts, ['client_ref']), shownCheckout),
  ],
  ['GET', '/checkouts/:id', 'checkout.get', ({ book, id }) => shownCheckout(book.find('checkouts', id))],
  [
    'POST',
    '/checkouts/:id/expire',
    'checkout.expire',
    ({ book, id }) => {
      const checkout = book.find('checkouts', id)
      if (checkout.status === 'complete') throw new Refusal(409, 'already_paid')
      close(book, checkout)
      return shownCheckout(checkout)
    },
  ],
]
