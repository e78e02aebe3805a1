import { amountIn, type Book, day, type Line, Refusal, type Thing, time, wire } from './book.ts'
import { filtered, page, type Route } from './routes.ts'

export function shownPayout(payout: Thing): object {
  const { id, status, amount, currency, account, failure, reference, metadata, scheduled, arrivesAt, createdAt, client_ref } =
    payout
  return {
    ...{ id, status, amount: wire(amount, currency), account, failure, reference, metadata, client_ref },
    ...(scheduled ? { reconciled: status !== 'pending' } : {}),
    ...{ arrives_at: time(arrivesAt), created_at: time(createdAt) },
  }
}

const tell = (book: Book, payout: Thing) => book.tell('payout.changed', shownPayout(payout), payout.account)

function become(book: Book, payout: Thing, status: string): void {
  payout.status = status
  tell(book, payout)
}

function payOut(book: Book, facts: Record<string, any>): Thing {
  const speed = facts.speed === 'instant' ? 30 * 60_000 : 2 * day
  const arrivesAt = book.clock.now() + speed
  const payout = book.make('payouts', 'po', { status: 'pending', ...facts, arrivesAt })
  const { currency, account } = payout as Thing
  const amount: bigint = facts.amount
  book.post({ type: 'payout', amount: -amount, fee: 0n, currency, source: payout.id, account })
  tell(book, payout)
  book.later(speed / 2, () => {
    if (payout.status === 'pending') become(book, payout, 'in_transit')
  })
  book.later(speed, () => {
    if (payout.status === 'in_transit') become(book, payout, 'paid')
  })
  return payout
}

/** What the bank says, which may be "no" long after it was "yes". */
export function bank(book: Book, id: string, says: 'paid' | 'failed'): void {
  const payout = book.find('payouts', id)
  if (payout.status === 'failed' || payout.status === 'canceled') return
  if (says === 'failed') giveBack(book, payout, 'account_closed')
  become(book, payout, says)
}

function giveBack(book: Book, payout: Thing, failure?: string): void {
  payout.failure = failure
  const { amount, currency, account, id } = payout
  book.post({ type: 'payout_failure', amount, fee: 0n, currency, source: id, account })
}

/** Everything that is available goes out, and takes its lines along. */
export function payoutBySchedule(book: Book, currency: string): string | undefined {
  const amount = book.available(currency)
  if (amount <= 0n) return undefined
  const taken = book.lines.filter(
    (line) => line.account === undefined && line.currency === currency && line.availableAt <= book.clock.now() && !line.payout,
  )
  const payout = payOut(book, { amount, currency, scheduled: true })
  for (const line of [...taken, ...book.lines.slice(-1)]) line.payout = payout.id
  return payout.id
}

function shownLine(line: Line): object {
  const { id, type, amount, fee, currency, source, payment, payout } = line
  return {
    ...{
      id,
      type,
      source,
      payment,
      payout,
      amount: wire(amount, currency),
      fee: wire(fee, currency),
      net: wire(amount - fee, currency),
    },
    ...{ available_at: time(line.availableAt), created_at: time(line.createdAt) },
  }
}

export const payoutRoutes: readonly Route[] = [
  [
    'POST',
    '/payouts',
    'payouts.create',
    ({ book, body: { amount: given, account, speed, reference, metadata, client_ref } }) => {
      const { value: amount, currency } = amountIn(given)
      if (account !== undefined) book.find('accounts', account, 'account')
      if (amount > book.available(currency, account)) throw new Refusal(409, 'balance_too_low', 'amount')
      return shownPayout(payOut(book, { amount, currency, account, speed, reference, metadata, client_ref }))
    },
  ],
  [
    'GET',
    '/payouts',
    'payouts.list',
    (ask) => page(ask, filtered(ask, ask.book.things.payouts, ['account', 'client_ref']), shownPayout),
  ],
  ['GET', '/payouts/:id', 'payouts.get', ({ book, id }) => shownPayout(book.find('payouts', id))],
  [
    'POST',
    '/payouts/:id/cancel',
    'payouts.cancel',
    ({ book, id }) => {
      const payout = book.find('payouts', id)
      if (payout.status === 'canceled') return shownPayout(payout)
      if (payout.status !== 'pending') throw new Refusal(409, 'not_cancelable')
      giveBack(book, payout)
      become(book, payout, 'canceled')
      return shownPayout(payout)
    },
  ],
  [
    'GET',
    '/balance',
    'balance.get',
    ({ book, query }) => {
      const account = query.get('account') ?? undefined
      const sums = [...book.balance(account)]
      return {
        ...(account === undefined ? {} : { account }),
        available: sums.map(([currency, { available }]) => wire(available, currency)),
        pending: sums.map(([currency, { pending }]) => wire(pending, currency)),
      }
    },
  ],
  [
    'GET',
    '/balance/transactions',
    'balance.transactions',
    (ask) => {
      const account = ask.query.get('account') ?? undefined
      const own = ask.book.lines.filter((line) => line.account === account)
      return page(ask, filtered(ask, own, ['payout']), shownLine, true)
    },
  ],
]
