import { type VendorFault, VendorRefusal, type Verdict } from '@do/provider'
import { lookupTooLarge } from './client.ts'

const codes = 'https://developer.squareup.com/reference/square/enums/ErrorCode'
const declines = 'https://developer.squareup.com/docs/payments-api/error-codes'

/** Refusals, which all mean that nothing happened: the vendor's codes, page, our code, fault, what to do, and whether others may. */
type Row = readonly [codes: string, see: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

const invalid =
  'BAD_REQUEST MISSING_REQUIRED_PARAMETER INCORRECT_TYPE INVALID_TIME INVALID_TIME_RANGE INVALID_VALUE INVALID_CURSOR INVALID_DATE ' +
  'CONFLICTING_PARAMETERS EXPECTED_STRING EXPECTED_INTEGER EXPECTED_OBJECT EXPECTED_ARRAY VALUE_TOO_SHORT VALUE_TOO_LONG VALUE_TOO_LOW ' +
  'VALUE_TOO_HIGH VALUE_EMPTY VALUE_REGEX_MISMATCH ARRAY_EMPTY INVALID_ENUM_VALUE INVALID_EMAIL_ADDRESS INVALID_PHONE_NUMBER ' +
  'TOO_MANY_MAP_ENTRIES MAP_KEY_LENGTH_TOO_LONG NO_FIELDS_SET UNEXPECTED_VALUE INVALID_PAUSE_LENGTH INVALID_FEES'

const rows: readonly Row[] = [
  [invalid, codes, 'invalid_input', 'caller', 'Square refused the input as invalid. Check the named field.'],
  [
    'CUSTOMER_MISSING_NAME CUSTOMER_MISSING_EMAIL',
    codes,
    'invalid_input',
    'caller',
    'The customer needs a name and an e-mail address.',
  ],
  [
    'NOT_FOUND CUSTOMER_NOT_FOUND GONE',
    codes,
    'not_found',
    'caller',
    'Square does not know this thing. It may have been deleted.',
  ],
  ['UNAUTHORIZED', codes, 'unauthorized', 'credential', 'Square refused the access token. Replace it in the configuration.'],
  [
    'ACCESS_TOKEN_EXPIRED ACCESS_TOKEN_REVOKED',
    codes,
    'unauthorized',
    'credential',
    'The access token has ended. Have the seller authorise again.',
  ],
  [
    'FORBIDDEN INSUFFICIENT_SCOPES',
    codes,
    'forbidden',
    'credential',
    'The access token may not do this. Give it the permission at Square.',
  ],
  ['CLIENT_DISABLED APPLICATION_DISABLED', codes, 'forbidden', 'credential', 'The application is disabled. Ask Square.'],
  [
    'CARD_PROCESSING_NOT_ENABLED',
    codes,
    'not_enabled',
    'policy',
    'The location cannot process cards yet. Activate it at Square.',
    true,
  ],
  [
    'INVALID_LOCATION LOCATION_MISMATCH',
    codes,
    'invalid_configuration',
    'policy',
    'locationId is not one of this seller. Correct it.',
    true,
  ],
  [
    'UNSUPPORTED_COUNTRY UNSUPPORTED_CURRENCY CURRENCY_MISMATCH',
    codes,
    'currency_not_supported',
    'policy',
    'The location takes another currency.',
    true,
  ],
  ['SANDBOX_NOT_SUPPORTED API_VERSION_INCOMPATIBLE', codes, 'unsupported', 'policy', 'Square does not do this here.', true],
  ['RATE_LIMITED', codes, 'rate_limited', 'quota', 'Square limits the rate. Wait for retryAfterMs.'],
  ['VERSION_MISMATCH', codes, 'changed_meanwhile', 'provider', 'Somebody changed the thing at the same time. Try again.'],
  ['AMOUNT_TOO_HIGH PAYMENT_LIMIT_EXCEEDED', declines, 'amount_too_large', 'policy', 'Square does not take this amount.', true],
  [
    'DELAYED_TRANSACTION_EXPIRED DELAYED_TRANSACTION_CANCELED DELAYED_TRANSACTION_FAILED',
    codes,
    'not_capturable',
    'caller',
    'The authorisation is over.',
  ],
  ['DELAYED_TRANSACTION_CAPTURED', codes, 'already_captured', 'caller', 'The payment has been captured already.'],
  ['SOURCE_USED CARD_TOKEN_USED', declines, 'method_used', 'caller', 'The payment token has been used. Ask the payer again.'],
  [
    'SOURCE_EXPIRED CARD_TOKEN_EXPIRED',
    declines,
    'method_expired',
    'caller',
    'The payment token has expired. Ask the payer again.',
  ],
  [
    'CARD_MISMATCH INVALID_CARD INVALID_ENCRYPTED_CARD',
    declines,
    'invalid_method',
    'caller',
    'This is no card that can be charged here.',
  ],
  // Declines: the code is the interface's word for the reason.
  [
    'GENERIC_DECLINE CARD_DECLINED CARD_DECLINED_CALL_ISSUER ADDRESS_VERIFICATION_FAILURE VERIFY_AVS_FAILURE INVALID_POSTAL_CODE',
    declines,
    'card_declined',
    'declined',
    "The payer's bank declined.",
  ],
  [
    'INSUFFICIENT_FUNDS GIFT_CARD_AVAILABLE_AMOUNT',
    declines,
    'insufficient_funds',
    'declined',
    'The account does not have enough money.',
  ],
  ['CVV_FAILURE VERIFY_CVV_FAILURE', declines, 'incorrect_cvc', 'declined', "The card's security code is wrong."],
  [
    'CARD_EXPIRED EXPIRATION_FAILURE INVALID_EXPIRATION INVALID_EXPIRATION_DATE INVALID_EXPIRATION_YEAR BAD_EXPIRATION',
    declines,
    'expired_card',
    'declined',
    'The card has expired, or its date is wrong.',
  ],
  ['PAN_FAILURE INVALID_CARD_DATA INVALID_ACCOUNT', declines, 'incorrect_number', 'declined', 'The card number is wrong.'],
  [
    'CARD_DECLINED_VERIFICATION_REQUIRED',
    declines,
    'authentication_required',
    'declined',
    'The payer has to be verified first: see the README.',
  ],
  ['TRANSACTION_LIMIT RESERVATION_DECLINED', declines, 'limit_exceeded', 'declined', "The amount is above the payer's limit."],
  [
    'CARD_NOT_SUPPORTED UNSUPPORTED_CARD_BRAND UNSUPPORTED_SOURCE_TYPE UNSUPPORTED_ENTRY_METHOD CARD_PRESENCE_REQUIRED CARDHOLDER_INSUFFICIENT_PERMISSIONS UNSUPPORTED_INSTRUMENT_TYPE',
    declines,
    'not_supported',
    'declined',
    'This card cannot be used for this.',
  ],
  [
    'INVALID_PIN MISSING_PIN ALLOWABLE_PIN_TRIES_EXCEEDED VOICE_FAILURE',
    declines,
    'authentication_failed',
    'declined',
    'The payer could not be verified.',
  ],
  ['ACCOUNT_UNUSABLE', declines, 'lost_or_stolen', 'declined', 'The account cannot be used.'],
  ['BUYER_REFUSED_PAYMENT', declines, 'canceled_by_payer', 'declined', 'The payer refused.'],
  ['PAYMENT_AMOUNT_MISMATCH', declines, 'invalid_input', 'caller', 'The amount is not that of the order.'],
  ['REFUND_AMOUNT_INVALID', codes, 'refund_too_large', 'caller', 'More than what is left of the payment cannot be refunded.'],
  ['REFUND_ALREADY_PENDING', codes, 'refund_pending', 'caller', 'Another refund of this payment is under way. Wait for it.'],
  ['REFUND_ERROR_PAYMENT_NEEDS_COMPLETION', codes, 'not_refundable', 'caller', 'The payment is not captured. Cancel it instead.'],
  [
    'PAYMENT_NOT_REFUNDABLE PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE',
    codes,
    'not_refundable',
    'caller',
    'The payment cannot be refunded (any more).',
  ],
  ['REFUND_DECLINED', codes, 'refund_declined', 'declined', 'The bank declined the refund.'],
  [
    'INSUFFICIENT_PERMISSIONS INSUFFICIENT_PERMISSIONS_FOR_REFUND',
    codes,
    'no_balance',
    'quota',
    'The seller may not, or has no money for it.',
  ],
  // Our own, for what Square says by the state of a thing.
  ['capture:too-much', codes, 'capture_too_large', 'caller', 'More than was authorised cannot be captured.'],
  ['refund:nothing-left', codes, 'refund_too_large', 'caller', 'Nothing is left to be refunded.'],
  ['other-currency', codes, 'currency_mismatch', 'caller', 'The payment is in another currency.'],
  ['checkout:complete', codes, 'already_paid', 'caller', 'The page has been paid. Refund the payment instead.'],
  ['card:other-customer', codes, 'invalid_method', 'caller', 'This card is kept with another customer.'],
  ['price:once', codes, 'invalid_input', 'caller', 'One cannot subscribe to a price that is paid once.'],
  ['invoice:closed', codes, 'invoice_closed', 'caller', 'The invoice is not open.'],
  ['invoice:no-card', codes, 'method_missing', 'caller', 'The customer has no card on file that could be charged at once.'],
]

/** What Square's codes mean. `see` is the page that says so. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    rows.flatMap(([vendorCodes, see, code, fault, message, elsewhere = false]) =>
      vendorCodes
        .split(' ')
        .map((vendorCode) => [vendorCode, { code, effect: 'none', fault, message, elsewhere, see } satisfies Verdict]),
    ),
  ),
  // Not refusals: Square may have acted, or did under this key before.
  [lookupTooLarge]: {
    code: 'lookup_too_large',
    effect: 'unknown',
    fault: 'provider',
    message: 'More has been made at that time than can be looked through. Repeat with the same idempotency key.',
    see: 'https://developer.squareup.com/docs/build-basics/common-api-patterns/pagination',
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: 'idempotency_key_reused',
    effect: 'unknown',
    fault: 'caller',
    message: 'Square knows this key from another request, which may have succeeded.',
    see: 'https://developer.squareup.com/docs/working-with-apis/idempotency',
  },
  TEMPORARY_ERROR: {
    code: 'vendor_error',
    effect: 'unknown',
    fault: 'provider',
    message: 'Square failed for a moment. Repeat with the same idempotency key.',
    see: codes,
  },
}

/** The interface's word for why a payment failed. */
export const declineOf = (code: string | undefined): string => {
  const verdict = code === undefined ? undefined : errors[code]
  return verdict?.fault === 'declined' ? verdict.code : 'unknown'
}

/** Square's code for a payment that failed, as far as it is known. */
export const declineCode = (code: string | undefined): string =>
  code !== undefined && errors[code]?.fault === 'declined' ? code : 'GENERIC_DECLINE'

const fields: Readonly<Record<string, string>> = {
  amount_money: 'amount',
  app_fee_money: 'split.fee',
  source_id: 'method',
  customer_id: 'customer',
  payment_id: 'payment',
  reference_id: 'reference',
  email_address: 'email',
  phone_number: 'phone',
  given_name: 'name',
  card_id: 'method',
  plan_variation_id: 'price',
}

interface ApiError {
  /** The answer as it came. Of a declined payment it has the payment, too. */
  readonly body?: {
    readonly errors?: readonly { readonly code?: unknown; readonly field?: unknown }[]
    readonly payment?: { readonly id?: unknown }
  }
}

/** The same refusal, where something was read after it: the kernel looks at the last answer. */
export function again(error: unknown): unknown {
  const { vendorCode } = readFault(error)
  return vendorCode === undefined ? error : new VendorRefusal(vendorCode)
}

export function readFault(error: unknown): VendorFault {
  const { body } = (error ?? {}) as ApiError
  const { code, field } = body?.errors?.[0] ?? {}
  const name = typeof field === 'string' ? field.split('.')[0] : undefined
  const id = body?.payment?.id
  return {
    vendorCode: code === undefined ? undefined : String(code),
    field: name === undefined ? undefined : (fields[name] ?? name),
    thing: typeof id === 'string' ? id : undefined,
  }
}
