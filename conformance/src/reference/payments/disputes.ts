import { type Book, day, Refusal, type Thing, time, wire } from './book.ts'
import { filtered, page, type Route } from './routes.ts'

const fees: Readonly<Record<string, bigint>> = { EUR: 1_500n, JPY: 2_000n, KWD: 5_000n, ISK: 200_000n }

export function shownDispute(dispute: Thing): object {
  const { id, payment, amount, currency, status, reason, respondBy, createdAt } = dispute
  return {
    ...{ id, payment, amount: wire(amount, currency), status, reason },
    ...{ respond_by: time(respondBy), created_at: time(createdAt) },
  }
}

function become(book: Book, dispute: Thing, status: string): void {
  dispute.status = status
  book.tell('dispute.changed', shownDispute(dispute))
}

/** The payer complains: an inquiry moves no money, a chargeback takes it at once. */
export function complain(book: Book, id: string, how: 'inquiry' | 'chargeback'): string {
  const payment = book.find('payments', id)
  const { currency } = payment
  const amount: bigint = payment.captured
  const facts = { payment: id, amount, currency, reason: 'not_received', respondBy: book.clock.now() + 14 * day, how }
  const dispute = book.make('disputes', 'dp', { status: 'new', ...facts })
  if (how === 'chargeback')
    book.post({ type: 'dispute', amount: -amount, fee: fees[currency] ?? 0n, currency, source: dispute.id, payment: id })
  become(book, dispute, how === 'inquiry' ? 'inquiry' : 'needs_response')
  return dispute.id
}

export function decide(book: Book, id: string, how: 'won' | 'lost'): void {
  const dispute = book.find('disputes', id)
  const { amount, currency, payment } = dispute
  if (how === 'won' && dispute.how === 'chargeback')
    book.post({ type: 'dispute_reversal', amount, fee: 0n, currency, source: id, payment })
  become(book, dispute, how)
}

const open = (dispute: Thing) => ['inquiry', 'needs_response'].includes(dispute.status)

export const disputeRoutes: readonly Route[] = [
  ['GET', '/disputes', 'disputes.list', (ask) => page(ask, filtered(ask, ask.book.things.disputes, ['payment']), shownDispute)],
  ['GET', '/disputes/:id', 'disputes.get', ({ book, id }) => shownDispute(book.find('disputes', id))],
  [
    'POST',
    '/disputes/:id/evidence',
    'disputes.submit',
    ({ book, id, body }) => {
      const dispute = book.find('disputes', id)
      if (!open(dispute)) throw new Refusal(409, 'dispute_closed')
      dispute.evidence = body.evidence
      if (body.submit) become(book, dispute, 'under_review')
      return shownDispute(dispute)
    },
  ],
  [
    'POST',
    '/disputes/:id/accept',
    'disputes.accept',
    ({ book, id }) => {
      const dispute = book.find('disputes', id)
      if (dispute.status === 'accepted') return shownDispute(dispute)
      if (!open(dispute)) throw new Refusal(409, 'dispute_closed')
      become(book, dispute, 'accepted')
      return shownDispute(dispute)
    },
  ],
]
