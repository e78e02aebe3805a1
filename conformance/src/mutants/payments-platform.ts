import { listing, type ProviderError } from '@do/provider'
import type { Mutant } from './mutant.ts'
import { doesNothing, misread, mistaken, miswritten, replaced, retold, unfiltered } from './payments-tools.ts'

const nothing = () => ({ list: () => listing(async () => ({ items: [] })) })

/** Takes what the vendor refuses for done. */
const refusalIsDone = (group: string, method: string, caughtBy: readonly string[], says: object) =>
  replaced(`${group}/${method}-is-done`, `Takes a refusal of ${group}.${method} for done.`, caughtBy, group, (own, { name }) => ({
    [method]: (input: any, options: any) =>
      own[method](input, options).catch((error: ProviderError) =>
        error.code === 'balance_too_low' || error.code === 'not_cancelable'
          ? { id: `${name}:made_up`, amount: input.amount ?? { amount: 0n, currency: 'EUR' }, ...says }
          : Promise.reject(error),
      ),
  }))

/** Wrong about sellers, transfers, payouts, the vendor's ledger, disputes. */
export const platformMutants: readonly Mutant[] = [
  misread(
    'accounts/all-enabled',
    'Takes every account for enabled.',
    ['accounts.create.wants', 'accounts.get.restricted', 'accounts.get.rejected'],
    'acct',
    (thing) => {
      Object.assign(thing, { status: 'enabled', charges: true, payouts: true })
    },
  ),
  misread(
    'accounts/never-enabled',
    'Takes no account for enabled.',
    ['accounts.get.enabled', 'accounts.get.restricted'],
    'acct',
    (thing) => {
      Object.assign(thing, { status: 'pending', charges: false })
    },
  ),
  misread(
    'accounts/no-requirements',
    'Does not say what the vendor wants.',
    ['accounts.create.wants', 'accounts.get.due'],
    'acct',
    (thing) => {
      thing.requirements = []
    },
  ),
  replaced(
    'accounts/half-link',
    'Gives half of the address.',
    ['accounts.onboardingLink.page'],
    'accounts',
    ({ onboardingLink }) => ({
      onboardingLink: async (input: any, options: any) => ({ ...(await onboardingLink(input, options)), url: '/join' }),
    }),
  ),
  retold('other-account', 'Takes the event for the account.', ['accounts.get.told', 'accounts.get.left'], (event) =>
    event.connected === undefined ? event : { ...event, connected: `memory:${event.eventId}` },
  ),
  replaced('accounts/unlisted', 'Lists no account.', ['accounts.list.all'], 'accounts', nothing),
  miswritten(
    'transfers/tenfold',
    'Transfers ten times the amount.',
    ['transfers.create.moves', 'transfers.get.same'],
    'POST /transfers',
    (body) => {
      body.amount.value += '0'
    },
  ),
  refusalIsDone('transfers', 'create', ['transfers.create.too-much'], { status: 'succeeded', account: 'memory:a' }),
  miswritten(
    'transfers/reverses-all',
    'Takes everything back, whatever the amount.',
    ['transfers.reverse.part', 'transfers.reverse.rest'],
    'POST /transfers/:id/reverse',
    (body) => {
      delete body.amount
    },
  ),
  unfiltered('/transfers', 'account', 'transfers.list.account'),
  miswritten(
    'split/no-fee',
    'Keeps no fee.',
    ['payments.create.split', 'refunds.create.reverse-transfer'],
    'POST /payments',
    (body) => {
      if (body.split !== undefined) delete body.split.fee
    },
  ),
  miswritten(
    'split/never-reverses',
    "Leaves the seller's part.",
    ['refunds.create.reverse-transfer', 'refunds.create.below-zero'],
    'POST /refunds',
    (body) => {
      delete body.reverse_transfer
    },
  ),
  miswritten(
    'split/always-reverses',
    "Takes the seller's part back, always.",
    ['refunds.create.keeps-transfer'],
    'POST /refunds',
    (body) => {
      body.reverse_transfer = true
    },
  ),
  miswritten(
    'split/no-fee-back',
    'Drops what is asked of the fee.',
    ['refunds.create.no-fee', 'refunds.create.reverse-transfer'],
    'POST /refunds',
    (body) => {
      delete body.refund_fee
    },
  ),
  miswritten('payouts/tenfold', 'Pays out ten times the amount.', ['payouts.create.leaves'], 'POST /payouts', (body) => {
    body.amount.value += '0'
  }),
  refusalIsDone('payouts', 'create', ['payouts.create.too-much', 'payouts.create.pending-funds'], { status: 'pending' }),
  refusalIsDone('payouts', 'cancel', ['payouts.cancel.too-late'], { status: 'canceled' }),
  mistaken('po', 'failed', 'paid', ['payouts.create.fails-later', 'payouts.get.schedule']),
  doesNothing('payouts', 'cancel', ['payouts.cancel.pending'], { status: 'canceled' }),
  miswritten('payouts/never-instant', 'Takes its time.', ['payouts.create.instant'], 'POST /payouts', (body) => {
    delete body.speed
  }),
  miswritten(
    'payouts/of-the-platform',
    'Pays everything out of one balance.',
    ['payouts.create.of-account'],
    'POST /payouts',
    (body) => {
      delete body.account
    },
  ),
  replaced('payouts/unlisted', 'Lists no payout.', ['payouts.list.all'], 'payouts', nothing),
  replaced('balance/available-only', 'Forgets what is on its way.', ['balance.get.agrees'], 'balance', ({ get }) => ({
    get: async (...given: unknown[]) => ({ ...(await get(...given)), pending: [] }),
  })),
  unfiltered('/balance', 'account', 'balance.get.of-account'),
  replaced(
    'ledger/known-only',
    'Leaves out lines that it does not expect.',
    ['balance.transactions.sum'],
    'balance',
    ({ transactions }) => ({
      transactions: (...given: unknown[]) =>
        listing(async (cursor) => {
          const { items, ...rest } = await transactions(...given).page(cursor)
          return { ...rest, items: items.filter(({ type }: any) => type !== 'dispute_reversal') }
        }),
    }),
  ),
  misread(
    'ledger/no-fees',
    'Takes the amount for the net.',
    ['balance.transactions.sum', 'balance.transactions.net', 'balance.transactions.payout'],
    'txn',
    (thing) => {
      thing.net = thing.amount
    },
  ),
  misread('ledger/all-other', 'Does not say what a line is about.', ['balance.transactions.types'], 'txn', (thing) => {
    thing.type = 'other'
  }),
  replaced(
    'ledger/newest-first',
    'Begins with the newest line.',
    ['balance.transactions.oldest-first'],
    'balance',
    ({ transactions }) => ({
      transactions: (...given: unknown[]) =>
        listing(async (cursor) => {
          const { items, ...rest } = await transactions(...given).page(cursor)
          return { ...rest, items: [...items].reverse() }
        }),
    }),
  ),
  unfiltered('/balance/transactions', 'since', 'balance.transactions.since'),
  unfiltered('/balance/transactions', 'account', 'balance.transactions.of-account'),
  misread(
    'ledger/no-dates',
    'Does not say when money is available.',
    ['balance.transactions.available'],
    'txn',
    (thing) => delete thing.available_at,
  ),
  mistaken('dp', 'needs_response', 'under_review', ['disputes.get.opened', 'disputes.submit.kept']),
  mistaken('dp', 'inquiry', 'needs_response', ['disputes.get.inquiry']),
  mistaken('dp', 'lost', 'won', ['disputes.get.lost']),
  mistaken('dp', 'won', 'under_review', ['disputes.get.won', 'disputes.get.after-refund']),
  retold('other-dispute', 'Takes the event for the dispute.', ['disputes.get.told'], (event) =>
    event.dispute === undefined ? event : { ...event, dispute: `memory:${event.eventId}` },
  ),
  unfiltered('/disputes', 'payment', 'disputes.list.payment'),
  doesNothing('disputes', 'submit', ['disputes.submit.under-review', 'disputes.submit.once'], { status: 'under_review' }),
  miswritten(
    'disputes/hands-in',
    'Hands in what shall only be kept.',
    ['disputes.submit.kept'],
    'POST /disputes/:id/evidence',
    (body) => {
      body.submit = true
    },
  ),
  doesNothing('disputes', 'accept', ['disputes.accept.lost'], { status: 'accepted' }),
]
