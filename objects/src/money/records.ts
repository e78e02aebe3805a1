import type {
  AccountStatus,
  DeclineReason,
  DisputeStatus,
  PaymentAction,
  PaymentStatus,
  PayoutStatus,
  RefundStatus,
  Requirement,
  TransferStatus,
} from '@do/payments'
import type { WireMoney } from '@do/provider'
import type { Standing, Undertaking } from '../tenant/records.ts'

/** A payment of this tenant. Amounts are decimal texts of minor units. */
export interface PaymentRecord extends Undertaking {
  readonly amount: WireMoney
  readonly status: PaymentStatus | Standing
  readonly captured?: string
  readonly refunded?: string
  /** What the payer has to do next. */
  readonly action?: PaymentAction
  readonly failure?: DeclineReason
  /** The merchant's own number for it. */
  readonly reference?: string
  /** The connected account that it is for. */
  readonly seller?: string
}

/** Money that goes the other way, or on: a refund, a transfer, a payout. */
export interface MovementRecord extends Undertaking {
  readonly kind: 'refund' | 'transfer' | 'payout'
  readonly amount?: WireMoney
  readonly status: RefundStatus | TransferStatus | PayoutStatus | Standing
  /** Handle of the payment that a refund is of. */
  readonly payment?: string
  /** Handle of the connected account. */
  readonly seller?: string
}

export interface DisputeRecord {
  readonly handle: string
  readonly payment: string
  readonly amount: WireMoney
  readonly status: DisputeStatus
  readonly reason?: string
  readonly respondBy?: string
}

/** A connected account, and how far its onboarding has come. */
export interface SellerRecord extends Undertaking {
  readonly status: AccountStatus | Standing | 'failed'
  readonly chargesEnabled: boolean
  readonly payoutsEnabled: boolean
  readonly requirements: readonly Requirement[]
  readonly disabledReason?: string
  readonly country: string
}
