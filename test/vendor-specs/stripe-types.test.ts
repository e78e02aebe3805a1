import type { StripeThings } from '@do/fixtures/stripe'
import type { stripePayments } from '@do/stripe'
import { describe, expectTypeOf, it } from 'vitest'

// Stripe's published description is years old; the types of its current SDK are not. `tsc` holds what the twin keeps against
// them: every member that Stripe always sends is there, with a value that Stripe would send, and none that Stripe does not have.

type Client = Awaited<ReturnType<typeof stripePayments>['client']>
type Answer<T extends (...args: never[]) => unknown> = Wire<Omit<Awaited<ReturnType<T>>, 'lastResponse'>>

/** As it is on the wire: the SDK turns decimals into objects, and lists into iterators. */
type Wire<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends { data: (infer U)[]; has_more: boolean; url: string }
    ? { object: 'list'; data: Wire<U>[]; has_more: boolean; url: string }
    : T extends readonly (infer U)[]
      ? Wire<U>[]
      : T extends { toFixed: unknown }
        ? string
        : T extends object
          ? { [K in keyof T]: Wire<T[K]> }
          : T

/** Members that are no members of Stripe's. */
type Unknown<Ours, Theirs> = Exclude<keyof Ours, Theirs extends unknown ? keyof Theirs : never>

type Stripe = {
  account: Answer<Client['accounts']['create']>
  application_fee: Answer<Client['applicationFees']['retrieve']>
  balance_transaction: Answer<Client['balanceTransactions']['retrieve']>
  charge: Answer<Client['charges']['retrieve']>
  'checkout.session': Answer<Client['checkout']['sessions']['retrieve']>
  customer: Answer<Client['customers']['create']>
  dispute: Answer<Client['disputes']['retrieve']>
  invoice: Answer<Client['invoices']['create']>
  invoice_payment: Answer<Client['invoicePayments']['retrieve']>
  invoiceitem: Answer<Client['invoiceItems']['create']>
  payment_intent: Answer<Client['paymentIntents']['create']>
  payment_method: Answer<Client['paymentMethods']['create']>
  payout: Answer<Client['payouts']['create']>
  price: Answer<Client['prices']['create']>
  product: Answer<Client['products']['create']>
  refund: Answer<Client['refunds']['create']>
  subscription: Answer<Client['subscriptions']['create']>
  transfer: Answer<Client['transfers']['create']>
  transfer_reversal: Answer<Client['transfers']['createReversal']>
}

type Kind = keyof Stripe & keyof StripeThings
type All = { [K in Kind]: true }
/** What is wrong with a kind: `true` is nothing. */
type Complete = { [K in Kind]: StripeThings[K] extends Stripe[K] ? true : 'incomplete' }
type Closed = { [K in Kind]: [Unknown<StripeThings[K], Stripe[K]>] extends [never] ? true : Unknown<StripeThings[K], Stripe[K]> }

describe("stripe: the twin's objects against the types of the SDK", () => {
  it('has every member that Stripe always sends, and none that Stripe does not have', () => {
    expectTypeOf<Complete>().toEqualTypeOf<All>()
    expectTypeOf<Closed>().toEqualTypeOf<All>()
  })

  it('would notice', () => {
    expectTypeOf<Omit<StripeThings['charge'], 'outcome'>>().not.toExtend<Stripe['charge']>()
    expectTypeOf<Omit<StripeThings['payout'], 'status'> & { status: number }>().not.toExtend<Stripe['payout']>()
    expectTypeOf<Unknown<StripeThings['refund'] & { more: 1 }, Stripe['refund']>>().toEqualTypeOf<'more'>()
    expectTypeOf<keyof All>().toEqualTypeOf<keyof Stripe>()
  })
})
