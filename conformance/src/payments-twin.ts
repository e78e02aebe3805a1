import type { Twin } from './twin.ts'

/**
 * Payment methods by how they behave. The values are the vendor's own ids or tokens, usable as often as one likes; an
 * adapter takes them as handles (`acme:pm_ok`). A vendor that lacks a behaviour leaves it out, and declares so.
 */
export interface TestMethods {
  /** Pays at once. */
  readonly ok: string
  readonly declined: string
  readonly insufficientFunds: string
  /** Asks for 3-D Secure first; `authenticate` says how that ends. */
  readonly challenge?: string
  /** Sends the payer to a bank or wallet page; `authenticate` says how that ends. */
  readonly redirect?: string
  /** Takes days: `settle` says how that ends. */
  readonly asynchronous?: string
  /** Pays, and its refunds fail days later. */
  readonly refundFails?: string
  /** Can be kept with a customer and charged again, then declines every charge. */
  readonly laterDeclined?: string
}

/** A payment as the vendor's books have it: an effect in the world. Amounts in ISO 4217 minor units. */
export interface TwinPayment {
  readonly id: string
  readonly amount: bigint
  readonly currency: string
  /** What was taken from the payer, and what went back. */
  readonly captured: bigint
  readonly refunded: bigint
  /** What is reserved at the payer's bank and not taken yet. */
  readonly authorized: bigint
  /** Epoch milliseconds. */
  readonly at: number
  readonly status: string
}

export interface TwinMovement {
  readonly id: string
  readonly amount: bigint
  readonly currency: string
  readonly status: string
}

/** A vendor that moves money. Everything it does later it does by its clock: `advance` runs it and sends the webhooks. */
export interface PaymentsTwin extends Twin {
  /** Currencies the account takes: the first is its own. With exponents 0, 2 and 3 where the vendor has such. */
  readonly currencies: readonly string[]
  readonly methods: TestMethods
  /** Every payment the vendor knows of, in order, declined ones too. `captured` and `authorized` are what counts. */
  payments(): readonly TwinPayment[]
  refunds(): readonly (TwinMovement & { readonly payment: string })[]
  transfers(): readonly (TwinMovement & { readonly account: string; readonly reversed: bigint })[]
  payouts(): readonly TwinMovement[]
  /** How many there are, deleted ones not counted. */
  count(what: 'customers' | 'accounts' | 'products' | 'prices' | 'subscriptions' | 'invoices' | 'checkouts' | 'disputes'): number
  /** The balance by currency, as the vendor's own books have it: the sum of `net` of all its balance transactions. */
  balance(account?: string): ReadonlyMap<string, { readonly available: bigint; readonly pending: bigint }>
  /** The payer does what `action` asks. Answers what the vendor's page brings back: give it to `confirm` as `result`. */
  authenticate(payment: string, how: 'succeed' | 'fail' | 'abandon'): Promise<Readonly<Record<string, string>>>
  /** An asynchronous payment ends. */
  settle(payment: string, how: 'succeed' | 'fail'): Promise<void>
  /** The payer pays on the checkout page, or leaves. Answers the id of the payment. */
  visit(checkout: string, how: 'pay' | 'leave'): Promise<string | undefined>
  /**
   * Time passes. What the vendor only took on (a capture, a refund) is done within a minute; authorisations expire,
   * subscriptions renew and are dunned, payouts arrive; within a fortnight funds become available and refunds of
   * `refundFails` fail. `advance(0)` does what is due already, for a twin whose clock somebody else moved.
   */
  advance(milliseconds: number): Promise<void>
  /** The payer complains at the bank. Answers the id of the dispute. */
  dispute(payment: string, how?: 'inquiry' | 'chargeback'): Promise<string>
  decideDispute(dispute: string, how: 'won' | 'lost'): Promise<void>
  /** What the bank says of a payout; `failed` also after `paid`. */
  bank(payout: string, says: 'paid' | 'failed'): Promise<void>
  /** The vendor pays out by its own schedule. Answers the id, or undefined where nothing was available. */
  payoutBySchedule(): Promise<string | undefined>
  /** The seller fills in the onboarding page, or the vendor asks for more, or closes the account, or the seller leaves. */
  onboard(account: string, how: 'complete' | 'require' | 'overdue' | 'reject' | 'deauthorize'): Promise<void>
  /** The same account without the adapter: somebody refunds on the vendor's own web page. Answers the id of the refund. */
  refundOutside(payment: string, amount?: bigint): Promise<string>
  /** A webhook of a kind that no adapter knows, correctly signed. */
  unknownEvent(): Promise<void>
  /**
   * From now on webhooks are kept (`false`: sent at once, which is the default; before the answer of the request that
   * caused them). What was kept stays kept until `releaseWebhooks`.
   */
  holdWebhooks(hold: boolean): void
  /** Sends what was kept, in the order that `pick` gives (indexes may repeat or be missing). Default: as they happened. */
  releaseWebhooks(pick?: (count: number) => readonly number[]): Promise<void>
}
