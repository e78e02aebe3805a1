import type { Account, Payment, Payout, Refund, Resolved, Transfer } from '@do/payments'
import type { Tenant } from '../tenant/tenant.ts'
import type { Deed } from '../tenant/undertaking.ts'
import { dropStrays, movementFacts, paymentFacts, sellerFacts } from './keep.ts'
import { lookAt } from './learn.ts'
import { booksFor } from './ledger.ts'
import type { MovementRecord, PaymentRecord, SellerRecord } from './records.ts'

/** In the transaction that writes the record, so that there is never one without the other. */
const enter = (tenant: Tenant, thing: Resolved) => void booksFor(tenant, thing.value.id).record(thing)

/** A payment that is wanted once. */
export const paymentDeed: Deed<PaymentRecord, Payment> = {
  operation: 'payments.payments.create',
  books: ({ payments }) => payments,
  perform: (live, record, options) => live.payments.payments.create(record.asked as never, options),
  done: (_, payment) => paymentFacts(payment),
  after: (tenant, record, value) => {
    dropStrays(tenant.payments, record)
    enter(tenant, { type: 'payment', value })
  },
}

export const refundDeed: Deed<MovementRecord, Refund> = {
  operation: 'payments.refunds.create',
  books: ({ movements }) => movements,
  perform: (live, record, options) => live.payments.refunds.create(record.asked as never, options),
  done: (_, refund) => movementFacts(refund),
  after: (tenant, record, value) => {
    dropStrays(tenant.movements, record)
    enter(tenant, { type: 'refund', value })
    lookAt(tenant, 'payment', value.payment)
  },
}

export const transferDeed: Deed<MovementRecord, Transfer> = {
  operation: 'payments.transfers.create',
  books: ({ movements }) => movements,
  perform: (live, record, options) => live.payments.transfers.create(record.asked as never, options),
  done: (_, transfer) => movementFacts(transfer),
  after: (tenant, record, value) => {
    dropStrays(tenant.movements, record)
    enter(tenant, { type: 'transfer', value })
  },
}

export const payoutDeed: Deed<MovementRecord, Payout> = {
  operation: 'payments.payouts.create',
  books: ({ movements }) => movements,
  perform: (live, record, options) => live.payments.payouts.create(record.asked as never, options),
  done: (_, payout) => movementFacts(payout),
  after: (tenant, record, value) => {
    dropStrays(tenant.movements, record)
    enter(tenant, { type: 'payout', value })
  },
}

export const sellerDeed: Deed<SellerRecord, Account> = {
  operation: 'payments.accounts.create',
  books: ({ sellers }) => sellers,
  perform: (live, record, options) => live.payments.accounts.create(record.asked as never, options),
  done: (_, account) => sellerFacts(account),
}
