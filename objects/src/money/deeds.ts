import { type Account, type Payment, type Payout, payments, type Refund, type Resolved, type Transfer } from '@do/payments'
import { checked } from '../tenant/checked.ts'
import type { Tenant } from '../tenant/tenant.ts'
import type { Deed } from '../tenant/undertaking.ts'
import { dropStrays, type Movement, movementFacts, paymentFacts, sellerFacts } from './keep.ts'
import { lookAt } from './learn.ts'
import { booksFor } from './ledger.ts'
import type { MovementRecord, PaymentRecord, SellerRecord } from './records.ts'

const { operations } = payments

/** In the transaction that writes the record, so that there is never one without the other. */
const enter = (tenant: Tenant, thing: Resolved) => void booksFor(tenant, thing.value.id).record(thing)

/** A payment that is wanted once. */
export const paymentDeed: Deed<PaymentRecord, Payment> = {
  operation: 'payments.payments.create',
  books: (tenant) => tenant.payments,
  perform: (live, { asked }, options) => live.payments.payments.create(checked(operations.payments.create.input, asked), options),
  done: (_, payment) => paymentFacts(payment),
  after: (tenant, record, value) => {
    dropStrays(tenant.payments, record)
    enter(tenant, { type: 'payment', value })
  },
}

/** What refunds, transfers and payouts have in common. */
function movementDeed<Output extends Movement>(
  operation: `payments.${string}.create`,
  perform: Deed<MovementRecord, Output>['perform'],
  thing: (value: Output) => Resolved,
): Deed<MovementRecord, Output> {
  return {
    operation,
    perform,
    books: ({ movements }) => movements,
    done: (_, movement) => movementFacts(movement),
    after: (tenant, record, value) => {
      dropStrays(tenant.movements, record)
      enter(tenant, thing(value))
      // A payment says how much of it has gone back.
      if ('payment' in value && value.payment !== undefined) lookAt(tenant, 'payment', value.payment)
    },
  }
}

export const refundDeed = movementDeed<Refund>(
  'payments.refunds.create',
  (live, { asked }, options) => live.payments.refunds.create(checked(operations.refunds.create.input, asked), options),
  (value) => ({ type: 'refund', value }),
)

export const transferDeed = movementDeed<Transfer>(
  'payments.transfers.create',
  (live, { asked }, options) => live.payments.transfers.create(checked(operations.transfers.create.input, asked), options),
  (value) => ({ type: 'transfer', value }),
)

export const payoutDeed = movementDeed<Payout>(
  'payments.payouts.create',
  (live, { asked }, options) => live.payments.payouts.create(checked(operations.payouts.create.input, asked), options),
  (value) => ({ type: 'payout', value }),
)

export const sellerDeed: Deed<SellerRecord, Account> = {
  operation: 'payments.accounts.create',
  books: ({ sellers }) => sellers,
  perform: (live, { asked }, options) => live.payments.accounts.create(checked(operations.accounts.create.input, asked), options),
  done: (_, account) => sellerFacts(account),
}
