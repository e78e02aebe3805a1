import type { DeclineReason } from '@do/payments'

type Row = readonly [code: string, name: string, means: DeclineReason]

/** https://docs.adyen.com/development-resources/refusal-reasons */
const rows: readonly Row[] = [
  ['2', 'Refused', 'card_declined'],
  ['3', 'Referral', 'card_declined'],
  ['4', 'Acquirer Error', 'processing_error'],
  ['5', 'Blocked Card', 'lost_or_stolen'],
  ['6', 'Expired Card', 'expired_card'],
  ['7', 'Invalid Amount', 'processing_error'],
  ['8', 'Invalid Card Number', 'incorrect_number'],
  ['9', 'Issuer Unavailable', 'processing_error'],
  ['10', 'Not supported', 'not_supported'],
  ['11', '3D Not Authenticated', 'authentication_failed'],
  ['12', 'Not enough balance', 'insufficient_funds'],
  ['14', 'Acquirer Fraud', 'fraud_suspected'],
  ['15', 'Cancelled', 'canceled_by_payer'],
  ['16', 'Shopper Cancelled', 'canceled_by_payer'],
  ['17', 'Invalid Pin', 'authentication_failed'],
  ['18', 'Pin tries exceeded', 'authentication_failed'],
  ['19', 'Pin validation not possible', 'authentication_failed'],
  ['20', 'FRAUD', 'fraud_suspected'],
  ['21', 'Not Submitted', 'processing_error'],
  ['22', 'FRAUD-CANCELLED', 'fraud_suspected'],
  ['23', 'Transaction Not Permitted', 'not_supported'],
  ['24', 'CVC Declined', 'incorrect_cvc'],
  ['25', 'Restricted Card', 'not_supported'],
  ['26', 'Revocation Of Auth', 'card_declined'],
  ['27', 'Declined Non Generic', 'card_declined'],
  ['28', 'Withdrawal amount exceeded', 'limit_exceeded'],
  ['29', 'Withdrawal count exceeded', 'limit_exceeded'],
  ['31', 'Issuer Suspected Fraud', 'fraud_suspected'],
  ['32', 'AVS Declined', 'card_declined'],
  ['33', 'Card requires online pin', 'authentication_required'],
  ['34', 'No checking account available on Card', 'not_supported'],
  ['35', 'No savings account available on Card', 'not_supported'],
  ['36', 'Mobile pin required', 'authentication_required'],
  ['37', 'Contactless fallback', 'authentication_required'],
  ['38', 'Authentication required', 'authentication_required'],
  ['39', 'RReq not received from DS', 'authentication_failed'],
  ['40', 'Current AID is in Penalty Box', 'processing_error'],
  ['41', 'CVM Required Restart Payment', 'authentication_required'],
  ['42', '3DS Authentication Error', 'authentication_failed'],
  ['43', 'Online PIN required', 'authentication_required'],
  ['44', 'Try another interface', 'not_supported'],
  ['45', 'Chip downgrade mode', 'not_supported'],
  ['46', 'Transaction blocked by Adyen to prevent excessive retry fees', 'limit_exceeded'],
  // Without a reason: the result codes themselves.
  ['Refused', '', 'card_declined'],
  ['Error', '', 'processing_error'],
  ['Cancelled', '', 'canceled_by_payer'],
]

export const declines: readonly (readonly [code: string, means: DeclineReason])[] = rows.map(([code, , means]) => [code, means])

const byName = new Map(rows.map(([code, name]) => [name.toLowerCase(), code]))
const byCode = new Map(declines)

/** Answers carry the number, webhooks only the words. */
export const refusalCode = (code: unknown, reason: unknown): string | undefined =>
  typeof code === 'string' && byCode.has(code) ? code : byName.get(String(reason || '?').toLowerCase())

export const declineOf = (code: string | undefined): DeclineReason =>
  (code === undefined ? undefined : byCode.get(code)) ?? 'unknown'
