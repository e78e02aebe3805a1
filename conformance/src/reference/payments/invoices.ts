import { amountIn, type Book, day, Refusal, type Thing, time, wire } from './book.ts'
import { attempt, newPayment } from './charges.ts'
import { filtered, page, type Route } from './routes.ts'

/** Days after a failed try to collect; after the last one the vendor gives up. */
const dunning = [3, 5, 7]

export function shownInvoice(invoice: Thing): object {
  const { id, number, customer, subscription, status, total, paid, currency, payment, attempts, metadata, client_ref } = invoice
  const due: bigint = status === 'void' ? 0n : total - paid
  return {
    ...{ id, number, customer, subscription, status, payment, attempts, metadata, client_ref, total: wire(total, currency) },
    ...{ due: wire(due, currency), paid: wire(paid, currency) },
    ...{ due_at: time(invoice.dueAt), next_attempt_at: time(invoice.nextAttemptAt), created_at: time(invoice.createdAt) },
    url: `https://pay.memory.example/${id}`,
  }
}

export const tellInvoice = (book: Book, invoice: Thing) => book.tell('invoice.changed', shownInvoice(invoice))

/** The method that a customer is charged by, unless told otherwise. */
export function methodFor(book: Book, customer: string, given?: string): string | undefined {
  if (given !== undefined) return given
  const { default_method } = book.find('customers', customer)
  return default_method ?? book.things.methods.find((method) => method.customer === customer)?.id
}

export function issue(book: Book, facts: Record<string, any>): Thing {
  const number = `M-${String(book.things.invoices.length + 1).padStart(4, '0')}`
  return book.make('invoices', 'inv', { number, status: 'open', paid: 0n, attempts: 0, ...facts })
}

/** Tries to collect; answers whether it worked. */
export function collect(book: Book, invoice: Thing, given?: string): boolean {
  const method = methodFor(book, invoice.customer, given ?? invoice.method)
  if (method === undefined) return false
  invoice.attempts += 1
  if (invoice.total === 0n) invoice.status = 'paid'
  else {
    const amount = wire(invoice.total, invoice.currency)
    const payment = newPayment(book, { amount, customer: invoice.customer, invoice: invoice.id })
    attempt(book, payment, method)
    invoice.payment = payment.id
    if (payment.status === 'captured') Object.assign(invoice, { status: 'paid', paid: invoice.total, nextAttemptAt: undefined })
  }
  tellInvoice(book, invoice)
  return invoice.status === 'paid'
}

/** Collects again and again, ever later, until it works or the vendor gives up. */
export function dun(book: Book, invoice: Thing, ended: (paid: boolean) => void, turn = 0): void {
  const wait = dunning[turn]
  if (wait === undefined) {
    Object.assign(invoice, { status: 'uncollectible', nextAttemptAt: undefined })
    tellInvoice(book, invoice)
    ended(false)
    return
  }
  invoice.nextAttemptAt = book.clock.now() + wait * day
  book.later(wait * day, () => {
    const over = invoice.status !== 'open' || collect(book, invoice)
    if (over) ended(invoice.status === 'paid')
    else dun(book, invoice, ended, turn + 1)
  })
}

export const invoiceRoutes: readonly Route[] = [
  [
    'POST',
    '/invoices',
    'invoices.create',
    ({ book, body }) => {
      const { customer, lines, due_days, metadata, client_ref } = body
      book.find('customers', customer, 'customer')
      let total = 0n
      let currency = ''
      for (const line of lines as Record<string, any>[]) {
        const amount = amountIn(line.amount, 'lines')
        if (currency !== '' && amount.currency !== currency) throw new Refusal(422, 'bad_currency', 'lines')
        currency = amount.currency
        total += amount.value * BigInt(line.quantity)
      }
      const dueAt = book.clock.now() + due_days * day
      const invoice = issue(book, {
        customer,
        status: 'draft',
        total,
        currency,
        dueAt,
        metadata,
        client_ref,
        collects: due_days === 0,
      })
      tellInvoice(book, invoice)
      return shownInvoice(invoice)
    },
  ],
  [
    'GET',
    '/invoices',
    'invoices.list',
    (ask) => page(ask, filtered(ask, ask.book.things.invoices, ['customer', 'subscription', 'client_ref']), shownInvoice),
  ],
  ['GET', '/invoices/:id', 'invoices.get', ({ book, id }) => shownInvoice(book.find('invoices', id))],
  [
    'POST',
    '/invoices/:id/finalize',
    'invoices.finalize',
    ({ book, id }) => {
      const invoice = book.find('invoices', id)
      if (invoice.status === 'draft') {
        invoice.status = 'open'
        tellInvoice(book, invoice)
        if (invoice.collects) collect(book, invoice)
      }
      return shownInvoice(invoice)
    },
  ],
  [
    'POST',
    '/invoices/:id/pay',
    'invoices.pay',
    ({ book, id, body }) => {
      const invoice = book.find('invoices', id)
      if (invoice.status !== 'open') throw new Refusal(409, 'not_payable')
      if (methodFor(book, invoice.customer, body.method) === undefined) throw new Refusal(422, 'no_method', 'method')
      if (!collect(book, invoice, body.method)) {
        const payment = book.find('payments', invoice.payment)
        throw new Refusal(402, payment.failure ?? 'card_refused', undefined, payment.id)
      }
      return shownInvoice(invoice)
    },
  ],
  [
    'POST',
    '/invoices/:id/void',
    'invoices.void',
    ({ book, id }) => {
      const invoice = book.find('invoices', id)
      if (invoice.status === 'paid') throw new Refusal(409, 'already_paid')
      if (invoice.status !== 'void') {
        invoice.status = 'void'
        tellInvoice(book, invoice)
      }
      return shownInvoice(invoice)
    },
  ],
]
