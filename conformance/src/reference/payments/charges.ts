import { amountIn, type Book, day, feeOf, Refusal, type Thing, time, wire } from './book.ts'
import { filtered, page, type Route } from './routes.ts'

/** How the vendor's test methods behave. */
export const methods = {
  ok: 'pm_ok',
  declined: 'pm_declined',
  insufficientFunds: 'pm_no_money',
  challenge: 'pm_challenge',
  redirect: 'pm_bank',
  asynchronous: 'pm_slow',
  refundFails: 'pm_refund_fails',
  laterDeclined: 'pm_later_declined',
} as const

const declines: Readonly<Record<string, string>> = {
  pm_declined: 'card_refused',
  pm_no_money: 'no_money',
  pm_later_declined: 'card_refused',
}
const authorisationLasts = 7 * day
const fundsWait = 2 * day

export function shownPayment(payment: Thing): object {
  const { currency } = payment
  return {
    id: payment.id,
    status: payment.status,
    amount: wire(payment.amount, currency),
    captured: wire(payment.captured, currency),
    refunded: wire(payment.refunded, currency),
    failure: payment.failure,
    action: payment.action,
    method: payment.method,
    customer: payment.customer,
    reference: payment.reference,
    metadata: payment.metadata,
    capture_before: time(payment.captureBefore),
    created_at: time(payment.createdAt),
    client_ref: payment.client_ref,
  }
}

export const tellPayment = (book: Book, payment: Thing) => book.tell('payment.changed', shownPayment(payment))

/** The kind of card that a kept or a test method is. */
export function kindOf(book: Book, method: unknown): string {
  if (Object.values<unknown>(methods).includes(method)) return String(method)
  return book.find('methods', method, 'method').kind
}

/** A payment, before anybody has paid. */
export function newPayment(book: Book, body: Record<string, any>): Thing {
  const { value, currency } = amountIn(body.amount)
  const { customer, capture = 'automatic', reference, metadata, client_ref, split, invoice } = body
  if (customer !== undefined) book.find('customers', customer, 'customer')
  if (split !== undefined) book.find('accounts', split.account, 'split.account')
  const fee = split?.fee === undefined ? undefined : amountIn(split.fee, 'split.fee').value
  return book.make('payments', 'pay', {
    status: 'new',
    ...{ amount: value, currency, captured: 0n, authorized: 0n, refunded: 0n, capture, customer, reference, metadata },
    ...{ client_ref, invoice, split: split === undefined ? undefined : { account: split.account, fee: fee ?? 0n } },
  })
}

/** The payer gives a method: paid, declined, to be confirmed elsewhere, or on its way. Does not throw at a decline. */
export function attempt(book: Book, payment: Thing, method: string): void {
  const kind = kindOf(book, method)
  payment.method = method
  payment.kind = kind
  payment.failure = declines[kind]
  if (payment.failure !== undefined) payment.status = 'failed'
  else if (kind === methods.challenge || kind === methods.redirect) {
    payment.status = 'waiting'
    payment.action = { url: `https://bank.example/authenticate/${payment.id}` }
  } else if (kind === methods.asynchronous) payment.status = 'processing'
  else {
    approve(book, payment)
    return
  }
  tellPayment(book, payment)
}

/** @throws Refusal where the payment was declined. */
export function mustPay(book: Book, payment: Thing, method: string): void {
  attempt(book, payment, method)
  if (payment.status === 'failed') throw new Refusal(402, payment.failure, undefined, payment.id)
}

/** The bank agrees. */
export function approve(book: Book, payment: Thing): void {
  payment.action = undefined
  payment.authorized = payment.amount
  payment.status = 'authorized'
  if (payment.capture === 'automatic') {
    take(book, payment, payment.amount, true)
    return
  }
  payment.captureBefore = book.clock.now() + authorisationLasts
  book.later(authorisationLasts, () => {
    if (payment.authorized === 0n) return
    payment.authorized = 0n
    payment.status = payment.captured > 0n ? 'captured' : 'expired'
    tellPayment(book, payment)
  })
  tellPayment(book, payment)
}

export function refuse(book: Book, payment: Thing, failure: string): void {
  payment.action = undefined
  payment.status = 'failed'
  payment.failure = failure
  tellPayment(book, payment)
}

/** Money moves from the payer's bank to the account, and on to the seller where the payment is divided. */
export function take(book: Book, payment: Thing, amount: bigint, final: boolean): void {
  const { id: source, currency, split } = payment
  payment.captured += amount
  payment.authorized = final ? 0n : payment.authorized - amount
  payment.status = final || payment.authorized === 0n ? 'captured' : 'partly_captured'
  const facts = { currency, source, payment: source }
  book.post({ ...facts, type: 'charge', amount, fee: feeOf(amount, currency), waits: fundsWait })
  if (split !== undefined) {
    const { account, fee }: { account: string; fee: bigint } = split
    const transfer = book.make('transfers', 'tr', {
      account,
      amount,
      currency,
      reversed: 0n,
      status: 'succeeded',
      payment: source,
    })
    book.post({ ...facts, type: 'transfer', source: transfer.id, amount: -amount, fee: 0n, waits: fundsWait })
    book.post({ ...facts, type: 'transfer', source: transfer.id, amount, fee: 0n, waits: fundsWait, account })
    if (fee > 0n) {
      book.post({ ...facts, type: 'application_fee', amount: -fee, fee: 0n, waits: fundsWait, account })
      book.post({ ...facts, type: 'application_fee', amount: fee, fee: 0n, waits: fundsWait })
    }
  }
  tellPayment(book, payment)
}

export const chargeRoutes: readonly Route[] = [
  [
    'POST',
    '/payments',
    'payments.create',
    ({ book, body }) => {
      const payment = newPayment(book, body)
      if (body.save_method && body.method !== undefined)
        payment.keeps = book.make('methods', 'pm', { customer: body.customer, kind: kindOf(book, body.method) }).id
      if (body.method !== undefined) mustPay(book, payment, body.method)
      return shownPayment(payment)
    },
  ],
  [
    'GET',
    '/payments',
    'payments.list',
    (ask) => page(ask, filtered(ask, ask.book.things.payments, ['customer', 'client_ref']), shownPayment),
  ],
  ['GET', '/payments/:id', 'payments.get', ({ book, id }) => shownPayment(book.find('payments', id))],
  [
    'POST',
    '/payments/:id/confirm',
    'payments.confirm',
    ({ book, id, body }) => {
      const payment = book.find('payments', id)
      if (body.method !== undefined && ['new', 'failed'].includes(payment.status)) mustPay(book, payment, body.method)
      else if (payment.status === 'waiting' && payment.proof !== undefined && body.result?.proof === payment.proof) {
        if (payment.proven === 'succeed') approve(book, payment)
        else refuse(book, payment, 'authentication_refused')
      }
      if (payment.status === 'failed') throw new Refusal(402, payment.failure, undefined, payment.id)
      return shownPayment(payment)
    },
  ],
  [
    'POST',
    '/payments/:id/capture',
    'payments.capture',
    ({ book, id, body }) => {
      const payment = book.find('payments', id)
      const { value, currency } =
        body.amount === undefined ? { value: payment.authorized, currency: payment.currency } : amountIn(body.amount)
      if (payment.authorized === 0n) throw new Refusal(409, 'not_authorized')
      if (currency !== payment.currency) throw new Refusal(422, 'bad_currency', 'amount')
      if (value > payment.authorized) throw new Refusal(422, 'too_much', 'amount')
      take(book, payment, value, body.final !== false)
      return shownPayment(payment)
    },
  ],
  [
    'POST',
    '/payments/:id/cancel',
    'payments.cancel',
    ({ book, id }) => {
      const payment = book.find('payments', id)
      if (payment.status === 'canceled') return shownPayment(payment)
      if (payment.captured > 0n || !['new', 'waiting', 'authorized', 'failed'].includes(payment.status))
        throw new Refusal(409, 'not_cancelable')
      Object.assign(payment, { status: 'canceled', authorized: 0n, action: undefined })
      tellPayment(book, payment)
      return shownPayment(payment)
    },
  ],
]
