import { amountIn, type Book, day, Refusal, type Thing, time, wire } from './book.ts'
import { filtered, page, type Route } from './routes.ts'

export function shownAccount(account: Thing): object {
  const { id, status, requirements, reason, country, email, reference, metadata, createdAt, client_ref } = account
  const enabled = status === 'enabled'
  return {
    ...{ id, status, requirements, reason, country, email, reference, metadata, client_ref, charges: enabled, payouts: enabled },
    created_at: time(createdAt),
  }
}

/** The seller on the onboarding page, or the vendor behind its desk. */
export function onboard(book: Book, id: string, how: 'complete' | 'require' | 'overdue' | 'reject' | 'deauthorize'): void {
  const account = book.find('accounts', id)
  const needed = { code: 'identity.document', due_at: time(book.clock.now() + 14 * day) }
  switch (how) {
    case 'complete':
      Object.assign(account, { status: 'enabled', requirements: [], reason: undefined })
      break
    case 'require':
      account.requirements = [{ ...needed, state: 'currently_due' }]
      break
    case 'overdue':
      Object.assign(account, { status: 'restricted', reason: 'requirements.past_due' })
      account.requirements = [{ ...needed, state: 'past_due', due_at: time(book.clock.now()) }]
      break
    case 'reject':
      Object.assign(account, { status: 'rejected', requirements: [], reason: 'rejected.terms' })
      break
    case 'deauthorize':
      book.things.accounts = book.things.accounts.filter((other) => other !== account)
      book.tell('account.left', { id }, id)
      return
  }
  book.tell('account.changed', shownAccount(account), id)
}

export function shownTransfer(transfer: Thing): object {
  const { id, account, amount, currency, reversed, payment, reference, metadata, createdAt, client_ref } = transfer
  const status = reversed === 0n ? 'succeeded' : reversed === amount ? 'reversed' : 'partially_reversed'
  return {
    ...{ id, account, status, payment, reference, metadata, client_ref, created_at: time(createdAt) },
    ...{ amount: wire(amount, currency), reversed: wire(reversed, currency) },
  }
}

const tellTransfer = (book: Book, transfer: Thing) => book.tell('transfer.changed', shownTransfer(transfer))

export const accountRoutes: readonly Route[] = [
  [
    'POST',
    '/accounts',
    'accounts.create',
    ({ book, body: { country, email, reference, metadata, client_ref } }) => {
      const requirements = [{ code: 'identity.name', state: 'currently_due' }]
      const facts = { status: 'pending', requirements, country, email, reference, metadata, client_ref }
      return shownAccount(book.make('accounts', 'acct', facts))
    },
  ],
  [
    'GET',
    '/accounts',
    'accounts.list',
    (ask) => page(ask, filtered(ask, ask.book.things.accounts, ['client_ref']), shownAccount),
  ],
  ['GET', '/accounts/:id', 'accounts.get', ({ book, id }) => shownAccount(book.find('accounts', id))],
  [
    'POST',
    '/accounts/:id/link',
    'accounts.onboardingLink',
    ({ book, id }) => {
      book.find('accounts', id)
      const url = `https://join.memory.example/${id}/${book.random.hex(12)}`
      return { account: id, url, expires_at: time(book.clock.now() + 300_000) }
    },
  ],
  [
    'POST',
    '/transfers',
    'transfers.create',
    ({ book, body: { account, amount: given, payment, reference, metadata, client_ref } }) => {
      const { value: amount, currency } = amountIn(given)
      if (book.find('accounts', account, 'account').status === 'rejected') throw new Refusal(409, 'account_closed')
      const source = payment === undefined ? undefined : book.find('payments', payment, 'payment')
      const covered = source === undefined ? book.available(currency) : source.captured - source.refunded
      if (amount > covered) throw new Refusal(409, 'balance_too_low', 'amount')
      const facts = { account, amount, currency, reversed: 0n, payment, reference, metadata, client_ref }
      const transfer = book.make('transfers', 'tr', facts)
      const line = { type: 'transfer', currency, source: transfer.id, payment, fee: 0n }
      book.post({ ...line, amount: -amount })
      book.post({ ...line, amount, account })
      tellTransfer(book, transfer)
      return shownTransfer(transfer)
    },
  ],
  [
    'GET',
    '/transfers',
    'transfers.list',
    (ask) => page(ask, filtered(ask, ask.book.things.transfers, ['account', 'client_ref']), shownTransfer),
  ],
  ['GET', '/transfers/:id', 'transfers.get', ({ book, id }) => shownTransfer(book.find('transfers', id))],
  [
    'POST',
    '/transfers/:id/reverse',
    'transfers.reverse',
    ({ book, id, body }) => {
      const transfer = book.find('transfers', id)
      const { account, currency } = transfer
      const left: bigint = transfer.amount - transfer.reversed
      const { value: amount, currency: given } = body.amount === undefined ? { value: left, currency } : amountIn(body.amount)
      if (given !== currency) throw new Refusal(422, 'bad_currency', 'amount')
      if (amount > left || amount === 0n) throw new Refusal(422, 'too_much', 'amount')
      transfer.reversed += amount
      const line = { type: 'transfer_reversal', currency, source: id, payment: transfer.payment, fee: 0n }
      // The seller may have spent it: the balance goes below zero then.
      book.post({ ...line, amount: -amount, account })
      book.post({ ...line, amount })
      tellTransfer(book, transfer)
      return shownTransfer(transfer)
    },
  ],
]
