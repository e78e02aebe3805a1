import { amountIn, type Book, day, Refusal, type Thing, time, wire } from './book.ts'
import { methods, tellPayment } from './charges.ts'
import { filtered, page, type Route } from './routes.ts'

const takesMs = 10_000
const failsAfter = 5 * day

export function shownRefund(refund: Thing): object {
  const { id, payment, status, amount, currency, metadata, createdAt, client_ref } = refund
  return { id, payment, status, amount: wire(amount, currency), metadata, created_at: time(createdAt), client_ref }
}

const tellRefund = (book: Book, refund: Thing) => book.tell('refund.changed', shownRefund(refund))

/** Gives money back to the payer, and takes the seller's part back where that is wanted. */
export function refund(book: Book, payment: Thing, given: bigint | undefined, body: Record<string, any> = {}): Thing {
  const left: bigint = payment.captured - payment.refunded
  const amount = given ?? left
  if (payment.captured === 0n) throw new Refusal(409, 'not_captured')
  if (amount > left || amount === 0n) throw new Refusal(422, 'too_much', 'amount')
  const { currency, id, split } = payment
  if ((body.reverse_transfer || body.refund_fee) && split === undefined) throw new Refusal(422, 'not_divided')
  const { metadata, client_ref } = body
  const made = book.make('refunds', 're', { payment: id, status: 'pending', amount, currency, metadata, client_ref })
  payment.refunded += amount
  const facts = { currency, payment: id, source: made.id, fee: 0n }
  book.post({ ...facts, type: 'refund', amount: -amount })
  if (body.reverse_transfer) {
    book.post({ ...facts, type: 'transfer_reversal', amount })
    book.post({ ...facts, type: 'transfer_reversal', amount: -amount, account: split.account })
    const transfer = book.things.transfers.find((candidate) => candidate.payment === id)
    if (transfer !== undefined) transfer.reversed += amount
  }
  if (body.refund_fee) {
    const part: bigint = (split.fee * amount) / payment.amount
    book.post({ ...facts, type: 'application_fee_refund', amount: -part })
    book.post({ ...facts, type: 'application_fee_refund', amount: part, account: split.account })
  }
  tellRefund(book, made)
  book.later(takesMs, () => {
    made.status = 'succeeded'
    tellRefund(book, made)
    tellPayment(book, payment)
  })
  if (payment.kind === methods.refundFails) book.later(failsAfter, () => sendBack(book, made, payment))
  return made
}

/** The payer's bank does not take it. */
function sendBack(book: Book, made: Thing, payment: Thing): void {
  made.status = 'failed'
  payment.refunded -= made.amount
  const { amount, currency } = made
  book.post({ type: 'refund_failure', amount, currency, fee: 0n, source: made.id, payment: payment.id })
  tellRefund(book, made)
  tellPayment(book, payment)
}

export const refundRoutes: readonly Route[] = [
  [
    'POST',
    '/refunds',
    'refunds.create',
    ({ book, body }) => {
      const payment = book.find('payments', body.payment, 'payment')
      const amount = body.amount === undefined ? undefined : amountIn(body.amount)
      if (amount !== undefined && amount.currency !== payment.currency) throw new Refusal(422, 'bad_currency', 'amount')
      return shownRefund(refund(book, payment, amount?.value, body))
    },
  ],
  [
    'GET',
    '/refunds',
    'refunds.list',
    (ask) => page(ask, filtered(ask, ask.book.things.refunds, ['payment', 'client_ref']), shownRefund),
  ],
  ['GET', '/refunds/:id', 'refunds.get', ({ book, id }) => shownRefund(book.find('refunds', id))],
]
