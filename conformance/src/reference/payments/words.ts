import type { Verdict } from '@do/provider'
import { fault as readFault } from '../errors.ts'

const declined = (code: string, message: string): Verdict => ({ code, effect: 'none', fault: 'declined', message })
const refused = (code: string, message: string): Verdict => ({ code, effect: 'none', fault: 'caller', message })

/** The vendor's codes. A real adapter links each row to the vendor's page (`see`). */
export const errors: Readonly<Record<string, Verdict>> = {
  card_refused: declined('card_declined', 'The bank declined the card. Ask for another one.'),
  no_money: declined('insufficient_funds', 'The card has not enough money. Ask for another one.'),
  authentication_refused: declined('authentication_failed', 'The payer was not recognised. Let them try again.'),
  bank_refused: declined('processing_error', 'The bank did not carry it out. Let the payer try again.'),
  bad_currency: refused('currency_not_supported', 'The vendor does not take this currency here.'),
  bad_amount: refused('invalid_amount', 'The vendor does not take this amount.'),
  bad_reference: refused('not_found', 'The vendor does not know the thing that the field names.'),
  too_much: refused('amount_too_large', 'There is less left than that.'),
  not_authorized: refused('not_capturable', 'Nothing is authorised that could be captured.'),
  not_captured: refused('not_refundable', 'Nothing was taken that could be given back.'),
  not_cancelable: refused('not_cancelable', 'It is too late to cancel it.'),
  not_divided: refused('not_divided', 'The payment has no part of a seller.'),
  balance_too_low: refused('balance_too_low', 'The available balance is less than that. Wait until more is available.'),
  account_closed: refused('account_closed', 'The connected account takes no money any more.'),
  no_method: refused('method_missing', 'The customer has no payment method. Attach one.'),
  not_payable: refused('not_payable', 'The invoice is not open.'),
  already_paid: refused('already_paid', 'It has been paid.'),
  not_recurring: refused('not_recurring', 'The price has no interval.'),
  subscription_ended: refused('subscription_ended', 'The subscription has ended. Start a new one.'),
  dispute_closed: refused('dispute_closed', 'The dispute takes nothing more.'),
}

export const fault = readFault
