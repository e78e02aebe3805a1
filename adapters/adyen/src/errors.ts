import type { VendorFault, Verdict } from '@do/provider'
import { declines } from './declines.ts'
import { AdyenError } from './http.ts'

const codes = 'https://docs.adyen.com/development-resources/error-codes'
const refusalReasons = 'https://docs.adyen.com/development-resources/refusal-reasons'
const idempotency = 'https://docs.adyen.com/development-resources/api-idempotency'
const links = 'https://docs.adyen.com/unified-commerce/pay-by-link'
const disputes = 'https://docs.adyen.com/risk-management/disputes-api'
const transfers = 'https://docs.adyen.com/api-explorer/transfers/latest/post/transfers'
const redirects = 'https://docs.adyen.com/online-payments/build-your-integration'

type Row = readonly [vendorCodes: string, see: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

/** Refusals: Adyen says no before it acts, so the effect is none. */
const refusals: readonly Row[] = [
  ['000 00_401', codes, 'unauthorized', 'credential', 'Adyen refused the API key. Replace it in the configuration.'],
  ['010 00_403', codes, 'forbidden', 'credential', 'The API key may not do this. Give its user the role at Adyen.'],
  ['901', codes, 'invalid_configuration', 'credential', 'The API key has no such merchant account. Correct `merchantAccount`.'],
  ['029', codes, 'rate_limited', 'quota', 'Adyen limits the rate. Wait for retryAfterMs.'],
  [
    '100 130 133 140 141 142 143 144 145 153 154 155 156 158 171 172 173 702 703 14_002 14_006 14_013 14_030 30_008 30_010',
    codes,
    'invalid_input',
    'caller',
    'Adyen refused the input as invalid. Check the fields.',
  ],
  ['137 30_021', codes, 'invalid_amount', 'caller', 'Adyen refused the amount. Check it and its currency.', true],
  ['138 905_4 905_5', codes, 'unsupported_currency', 'policy', 'Adyen does not take this currency for this account.', true],
  ['101', codes, 'incorrect_number', 'declined', 'The card number is wrong. Ask for it again.'],
  ['103 129', codes, 'incorrect_cvc', 'declined', 'The card details are wrong or incomplete. Ask for them again.'],
  [
    '104 105 106 107 108 109 110 111 112 113 114',
    codes,
    'invalid_input',
    'caller',
    'Adyen refused the address or the name of the payer.',
  ],
  ['167', codes, 'not_found', 'caller', 'Adyen does not know this payment.'],
  [
    '177 178 179',
    codes,
    'metadata_too_large',
    'caller',
    'Adyen keeps 20 pairs of metadata, keys of 20 and values of 80 characters.',
    true,
  ],
  [
    '800 803 804',
    codes,
    'method_not_found',
    'caller',
    'Adyen does not know this stored payment method. It may have been removed.',
  ],
  [
    '905 905_1 905_2 905_3 174 175',
    codes,
    'method_not_supported',
    'policy',
    'Adyen does not take this payment method here. Enable it for the merchant account.',
    true,
  ],
  ['902 903 904 906', codes, 'invalid_configuration', 'policy', 'The merchant account is not set up for this. Ask Adyen.', true],
  ['26_002', links, 'not_found', 'caller', 'Adyen does not know this payment link.'],
  ['26_003', links, 'invalid_input', 'caller', 'A payment link lives 70 days at most.', true],
  ['26_004 26_005', links, 'too_late', 'caller', 'The payment link has been paid or is closed.'],
  ['30_001 30_002 30_031 30_112', codes, 'not_found', 'caller', 'Adyen does not know this thing of the platform.'],
  ['30_022 30_023 30_024 30_025', transfers, 'invalid_input', 'caller', 'Adyen does not take a transfer between these two.'],
  ['transfer:notEnoughBalance', transfers, 'insufficient_balance', 'quota', 'The balance account does not have that much.'],
  ['transfer:amountLimitExceeded', transfers, 'limit_exceeded', 'policy', 'The transfer is above the limit of the account.'],
  [
    'transfer:refused',
    transfers,
    'transfer_refused',
    'policy',
    'Adyen refused the transfer. Look at its capabilities and limits.',
  ],
  ['transfer:Declined', transfers, 'not_reversible', 'caller', 'Adyen did not take the transfer back: too much, or too late.'],
  [
    'account:noBank',
    transfers,
    'no_bank_account',
    'policy',
    'The seller has no bank account yet: they give it on the onboarding page.',
  ],
  [
    'dispute:refused',
    disputes,
    'too_late',
    'caller',
    'Adyen takes nothing more about this dispute: it is decided, defended or unknown.',
  ],
  [
    'dispute:documents',
    disputes,
    'unsupported',
    'policy',
    'This dispute wants documents of several kinds. Use the client, or the Customer Area.',
  ],
  [
    'result:foreign',
    redirects,
    'result_mismatch',
    'caller',
    'What the payer brought back is about another payment. Do not deliver.',
  ],
]

const declined = (code: string, means: string): [string, Verdict] => [
  code,
  {
    code: means === 'unknown' ? 'card_declined' : means,
    effect: 'none',
    fault: 'declined',
    message: 'The payment was declined. Ask for another payment method.',
    see: refusalReasons,
  },
]

/** What Adyen's codes mean. `see` is the page that says so. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    refusals.flatMap(([vendorCodes, see, code, fault, message, elsewhere = false]) =>
      vendorCodes
        .split(' ')
        .map((vendorCode) => [vendorCode, { code, effect: 'none', fault, message, elsewhere, see } satisfies Verdict]),
    ),
  ),
  ...Object.fromEntries(declines.map(([code, means]) => declined(code, means))),
  // Nothing is known of what was not seen.
  'account:lookup': {
    code: 'lookup_too_large',
    effect: 'unknown',
    fault: 'provider',
    message: 'The platform has more accounts than can be looked through. Look for the reference in the Customer Area.',
    see: 'https://docs.adyen.com/api-explorer/balanceplatform/latest/get/balancePlatforms/(id)/accountHolders',
  },
  // No refusal: the first request with this key may have acted, or is still at it.
  704: {
    code: 'in_progress',
    effect: 'unknown',
    fault: 'provider',
    message: 'Adyen has a request with this key already, under way or about something else.',
    see: idempotency,
  },
}

interface Refusal {
  readonly vendorCode?: string
  readonly pspReference?: string
}

const fields: Readonly<Record<string, string>> = { reference: 'reference', amount: 'amount', returnUrl: 'returnUrl' }

export function readFault(error: unknown): VendorFault {
  if (error instanceof AdyenError) {
    const { errorCode, pspReference, requestId, invalidFields } = error.body
    const field = invalidFields?.[0]?.name
    return {
      // The generic code of an error of Adyen's own says nothing about the credential.
      vendorCode: errorCode === undefined || (errorCode === '000' && error.status !== 401) ? undefined : String(errorCode),
      requestId: text(pspReference ?? requestId),
      field: typeof field === 'string' ? (fields[field] ?? field) : undefined,
    }
  }
  const { pspReference } = (error ?? {}) as Refusal
  return { thing: text(pspReference) }
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
