import type { DeclineReason } from '@do/payments'
import { type VendorFault, VendorRefusal, type Verdict } from '@do/provider'

const codes = 'https://docs.stripe.com/error-codes'
const declines = 'https://docs.stripe.com/declines/codes'
const idempotency = 'https://docs.stripe.com/api/idempotent_requests'
const rates = 'https://docs.stripe.com/rate-limits'

type Decline = readonly [reason: DeclineReason, vendorCodes: string, message: string]

/** Codes and decline codes with which no money was moved. */
const declined: readonly Decline[] = [
  ['insufficient_funds', 'insufficient_funds', 'There is not enough money behind the payment method.'],
  [
    'card_declined',
    'card_declined generic_decline do_not_honor do_not_try_again call_issuer no_action_taken approve_with_id try_again_later new_account_information_available revocation_of_all_authorizations revocation_of_authorization stop_payment_order testmode_decline debit_not_authorized payment_method_customer_decline payment_method_provider_decline payment_intent_payment_attempt_failed',
    'The payment was declined. Ask for another payment method.',
  ],
  ['expired_card', 'expired_card invalid_expiry_month invalid_expiry_year', 'The card has expired. Ask for another.'],
  ['incorrect_number', 'incorrect_number invalid_number invalid_account', 'The number is wrong. Ask for it again.'],
  ['incorrect_cvc', 'incorrect_cvc invalid_cvc incorrect_zip incorrect_address', 'The security code or address is wrong.'],
  [
    'authentication_required',
    'authentication_required authentication_not_handled mobile_device_authentication_required payment_intent_action_required invoice_payment_intent_requires_action subscription_payment_intent_requires_action incorrect_pin invalid_pin offline_pin_required online_or_offline_pin_required',
    'The bank wants to hear from the payer. Charge again while they are there.',
  ],
  [
    'authentication_failed',
    'payment_intent_authentication_failure setup_intent_authentication_failure',
    'The payer was not recognised by the bank. Ask for another payment method.',
  ],
  ['fraud_suspected', 'fraudulent merchant_blacklist security_violation', 'The payment was held to be fraud.'],
  ['lost_or_stolen', 'lost_card stolen_card pickup_card restricted_card', 'The card cannot be used. Ask for another.'],
  [
    'limit_exceeded',
    'card_velocity_exceeded withdrawal_count_limit_exceeded pin_try_exceeded charge_exceeds_source_limit charge_exceeds_transaction_limit charge_exceeds_weekly_limit',
    'A limit of the payment method is reached.',
  ],
  [
    'not_supported',
    'card_not_supported currency_not_supported transaction_not_allowed not_permitted service_not_allowed invalid_amount card_decline_rate_limit_exceeded',
    'The payment method does not do this kind of payment. Ask for another.',
  ],
  [
    'processing_error',
    'processing_error reenter_transaction issuer_not_available duplicate_transaction payment_method_provider_timeout payment_method_not_available',
    'The bank could not be asked. Try again later.',
  ],
  ['canceled_by_payer', 'payment_intent_payment_attempt_expired', 'The payer did not go on in time.'],
]

type Refusal = readonly [vendorCodes: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

/** Stripe would take the number as one of the right currency, so it is not asked. */
export const otherCurrency = 'do:currency'

/** More has been made at that time than can be looked through. */
export const lookupTooLarge = 'do:lookup'

/** Stripe says no before it acts, so the effect is none. */
const refusals: readonly Refusal[] = [
  ['resource_missing no_account', 'not_found', 'caller', 'Stripe does not know this thing. It may have been deleted.'],
  [
    'parameter_missing parameter_invalid_empty parameter_invalid_integer parameter_invalid_string_blank parameter_invalid_string_empty parameter_unknown parameters_exclusive invalid_request_error url_invalid email_invalid postal_code_invalid country_code_invalid charge_invalid_parameter payment_intent_invalid_parameter invalid_charge_amount invalid_characters',
    'invalid_input',
    'caller',
    'Stripe refused the input as invalid. Check the named field.',
  ],
  [otherCurrency, 'currency_mismatch', 'caller', 'The amount is in another currency than what it is a part of.'],
  ['amount_too_small', 'amount_too_small', 'caller', 'The amount is below the least that Stripe charges in this currency.', true],
  ['amount_too_large', 'amount_too_large', 'caller', 'The amount is above the most that is allowed here.'],
  ['param:currency', 'unsupported_currency', 'caller', 'This Stripe account does not take this currency.', true],
  [
    'payment_intent_unexpected_state intent_invalid_state invoice_not_editable charge_already_captured charge_not_refundable status_transition_invalid',
    'invalid_state',
    'caller',
    'The thing is in a state in which this cannot be done. Read it to see.',
  ],
  ['charge_already_refunded', 'already_refunded', 'caller', 'All of the payment has been refunded already.'],
  [
    'charge_disputed refund_disputed_payment',
    'payment_disputed',
    'caller',
    'The payment is disputed. Answer the dispute instead of refunding.',
  ],
  [
    'capture_charge_authorization_expired charge_expired_for_capture',
    'authorization_expired',
    'caller',
    'The authorisation has expired. Make a new payment.',
  ],
  [
    'balance_insufficient',
    'insufficient_balance',
    'quota',
    'There is not enough money in the Stripe balance. Wait until funds are available, or top it up.',
  ],
  [
    'payment_method_unactivated payment_intent_incompatible_payment_method payment_method_currency_mismatch payment_method_unexpected_state payment_method_unsupported_type',
    'invalid_method',
    'caller',
    'This payment method cannot be used for this payment.',
    true,
  ],
  [
    'payment_method_customer_mismatch customer_max_payment_methods token_already_used',
    'invalid_method',
    'caller',
    'The payment method belongs to somebody else, is used up, or is one too many.',
  ],
  ['api_key_expired platform_api_key_expired', 'unauthorized', 'credential', 'The API key has expired. Replace it.'],
  [
    'secret_key_required account_invalid livemode_mismatch testmode_charges_only platform_account_required application_fees_not_allowed',
    'forbidden',
    'credential',
    'The API key or the account may not do this. Check both at Stripe.',
  ],
  ['account_closed account_unactivated', 'account_closed', 'policy', 'The account at Stripe is closed or not active.', true],
  [
    'payouts_not_allowed transfers_not_allowed insufficient_capabilities_for_transfer not_allowed_on_standard_account account_onboarding_required',
    'account_restricted',
    'policy',
    'The account may not do this yet. See what Stripe still wants to know of it.',
  ],
  [
    'instant_payouts_unsupported instant_payouts_limit_exceeded instant_payouts_currency_disabled instant_payouts_config_disabled payouts_limit_exceeded',
    'payout_not_possible',
    'policy',
    'Stripe does not pay out like this to this bank now. Pay out in the standard way.',
  ],
  ['country_unsupported', 'unsupported_country', 'policy', 'Stripe does not serve this country.', true],
  ['product_inactive', 'price_inactive', 'caller', 'The product or price is closed. Reopen it, or use another.'],
  ['invoice_no_customer_line_items', 'invoice_empty', 'caller', 'The invoice has nothing on it.'],
  ['resource_already_exists', 'conflict', 'caller', 'Stripe has the same thing already.'],
]

const none = { effect: 'none' } as const

/** What Stripe's codes and decline codes mean. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    refusals.flatMap(([vendorCodes, code, fault, message, elsewhere = false]) =>
      vendorCodes
        .split(' ')
        .map((vendorCode) => [vendorCode, { ...none, code, fault, message, elsewhere, see: codes } satisfies Verdict]),
    ),
  ),
  ...Object.fromEntries(
    declined.flatMap(([code, vendorCodes, message]) =>
      vendorCodes
        .split(' ')
        .map((vendorCode) => [vendorCode, { ...none, code, fault: 'declined', message, see: declines } satisfies Verdict]),
    ),
  ),
  rate_limit: { ...none, code: 'rate_limited', fault: 'quota', message: 'Stripe limits the rate. Send more slowly.', see: rates },
  lock_timeout: {
    ...none,
    code: 'busy',
    fault: 'provider',
    message: 'Stripe is busy with the same thing. Try again.',
    see: rates,
  },
  [lookupTooLarge]: {
    code: 'lookup_too_large',
    effect: 'unknown',
    fault: 'provider',
    message: 'More has been made at that time than can be looked through. Repeat with the same idempotency key.',
    see: 'https://docs.stripe.com/api/pagination',
  },
  // The ones that are no refusals: Stripe may have acted, or is still at it.
  idempotency_key_in_use: {
    code: 'in_progress',
    effect: 'unknown',
    fault: 'provider',
    message: 'Stripe is still at the same request.',
    see: idempotency,
  },
  idempotency_error: {
    code: 'key_reused',
    effect: 'unknown',
    fault: 'provider',
    message: 'Stripe has seen another request under this key, and may have acted on it.',
    see: idempotency,
  },
  // Every answer of this status is a decline; one without a known code says no more than that.
  'http:402': { ...none, code: 'unknown', fault: 'declined', message: 'The payment was declined.', see: declines },
  'http:409': {
    code: 'in_progress',
    effect: 'unknown',
    fault: 'provider',
    message: 'Stripe is still at something that stands in the way of this.',
    see: codes,
  },
}

const known = (code: string | null | undefined): string | undefined =>
  typeof code === 'string' && Object.hasOwn(errors, code) ? code : undefined

interface Failure {
  readonly code?: string | null
  readonly decline_code?: string | null
  readonly network_decline_code?: string | null
}

/** Stripe's code for why a payment failed: the decline code says more, where there is one that is known. */
export const failureCode = ({ code, decline_code }: Failure): string | undefined =>
  known(decline_code) ?? known(code) ?? decline_code ?? code ?? undefined

/** The same in the suite's own words. */
export function declineReason(failure: Failure): DeclineReason {
  const verdict = errors[failureCode(failure) ?? '']
  return verdict?.fault === 'declined' ? (verdict.code as DeclineReason) : 'unknown'
}

/** Stripe's parameters by our names, where they differ in more than their case. */
const fields: Readonly<Record<string, string>> = {
  payment_method: 'method',
  amount_to_capture: 'amount',
  application_fee_amount: 'split.fee',
  'transfer_data[destination]': 'split.account',
  default_payment_method: 'method',
  destination: 'account',
  source_transaction: 'payment',
  payment_intent: 'payment',
  unit_amount: 'amount',
  items: 'price',
  refund_application_fee: 'refundFee',
}

interface ApiError extends Failure {
  readonly rawType?: string
  readonly statusCode?: number
  readonly param?: string
  readonly payment_intent?: { readonly id?: string }
}

export function readFault(error: unknown): VendorFault {
  const { rawType, statusCode, code, decline_code, param, payment_intent } = (error ?? {}) as ApiError
  // Wrong keys and unknown paths are of the same type as wrong input, and say so only by their status.
  const unnamed = statusCode !== 400 ? undefined : param === 'currency' ? 'param:currency' : rawType
  const field = param === undefined ? undefined : (fields[param] ?? plain(param))
  return {
    vendorCode: rawType === 'card_error' ? (failureCode({ code, decline_code }) ?? 'card_declined') : (code ?? unnamed),
    field,
    thing: rawType === 'card_error' ? payment_intent?.id : undefined,
  }
}

/** `success_url` is our `successUrl`; what is nested in Stripe's way is left out. */
const plain = (param: string): string | undefined =>
  /^\w+$/.test(param) ? param.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) : undefined

interface Failed {
  readonly id: string
  readonly last_payment_error: Failure | null
}

/** A decline that Stripe tells in an answer that is no error. */
export function declineOf(payment_intent: Failed): VendorRefusal {
  const { code, decline_code } = payment_intent.last_payment_error ?? {}
  const refusal = new VendorRefusal(known(decline_code) ?? known(code) ?? 'card_declined')
  return Object.assign(refusal, { rawType: 'card_error', payment_intent })
}
