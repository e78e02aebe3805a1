import type { payments } from '@do/payments'
import type { Driver } from '@do/provider'
import type { Stripe } from 'stripe'

export type StripeDriver = Driver<typeof payments, Stripe>
export type Operations = Required<StripeDriver['operations']>
export type Finders = NonNullable<StripeDriver['find']>
