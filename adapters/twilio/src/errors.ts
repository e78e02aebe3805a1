import type { Fault, VendorFault, Verdict } from '@do/provider'

type Row = readonly [codes: string, code: string, fault: Fault, message: string, more?: Partial<Verdict>]

const elsewhere = { elsewhere: true }

/**
 * What Twilio's codes mean, grouped. All of these are refusals before Twilio acts (`effect: none`), except its own failures:
 * the page of 20500 says that a POST may have been carried out, so nobody may repeat it blindly. Other codes of a 400 say
 * no more than that the input is invalid, which the kernel reads out of the status.
 * https://www.twilio.com/docs/api/errors
 */
const rows: readonly Row[] = [
  ['20003 20006 20008 20403', 'unauthorized', 'credential', 'Twilio refused the credential. Replace the Auth Token or API key.'],
  ['10001 20005 20010', 'account_inactive', 'credential', 'The account is suspended or closed. Settle it in the Console.'],
  ['10002 21404 21608 21219', 'trial_account', 'policy', 'A trial account may not do this. Upgrade it.', elsewhere],
  ['20404', 'not_found', 'caller', 'Twilio does not know this thing. It may have been deleted.'],
  ['20429 14107', 'rate_limited', 'quota', 'Twilio limits the rate. Wait for retryAfterMs.'],
  ['10004 21611', 'rate_limited', 'quota', 'The queue of the sender is full. Go slower, or use more numbers.'],
  ['20500 20503 20504 21730', 'vendor_error', 'provider', 'Twilio failed. Whether it acted is not known.', { effect: 'unknown' }],
  ['21211 21217 21604', 'invalid_recipient', 'recipient', 'The recipient is no valid phone number.'],
  ['21614 21635', 'invalid_recipient', 'recipient', 'The recipient cannot receive SMS: it is no mobile number.'],
  ['21610', 'opted_out', 'recipient', 'The recipient has opted out. Send nothing until they write START.'],
  ['21214', 'unreachable', 'recipient', 'The recipient cannot be reached. Check the number.'],
  ['21216 21202', 'blocked', 'policy', 'Twilio blocks calls to this number.', elsewhere],
  [
    '21215 21408 21203',
    'region_not_enabled',
    'policy',
    'This country is not enabled. Enable it under Geo permissions.',
    elsewhere,
  ],
  ['21612', 'no_route', 'policy', 'No route from this sender to this recipient. Use another sender.', elsewhere],
  ['21618', 'filtered', 'policy', 'Carriers filter this content. Change the text.'],
  ['21212 21213 21603 21657', 'invalid_sender', 'caller', 'The sender is missing or malformed. Give a number in E.164.'],
  ['21210 21601 21606 21607 21659 21660 21661', 'sender_not_owned', 'caller', 'The account may not use this sender.', elsewhere],
  ['21266', 'invalid_recipient', 'caller', 'Sender and recipient are the same number.'],
  ['21621 21622', 'mms_not_enabled', 'policy', 'This sender or account cannot send MMS.', elsewhere],
  ['21602 21617 21619 21620 21623', 'invalid_input', 'caller', 'The text or the media is not acceptable.'],
  [
    '21701 21702 21703 21704 21705 21711 35118',
    'invalid_messaging_service',
    'caller',
    'Check the senders of the Messaging Service.',
    elsewhere,
  ],
  ['35111 35114 35115 35117', 'invalid_send_time', 'caller', 'Twilio schedules from 5 minutes to 35 days ahead. Change sendAt.'],
  ['35125', 'schedule_limit', 'quota', 'The account may not schedule more messages.'],
  ['30409', 'not_cancelable', 'caller', 'The message has already left. It cannot be taken back.'],
  ['21220', 'call_not_live', 'caller', 'The call is not live (any more).'],
  ['21205 21502 21609', 'invalid_input', 'caller', 'Twilio does not accept a URL. Check webhookUrl and the flow.'],
  ['21481', 'invalid_cursor', 'caller', 'Twilio does not know this page any more. List from the start.'],
  ['21422 21452', 'number_unavailable', 'caller', 'The number is not for sale any more. Search again.'],
  ['21421 21458', 'invalid_number', 'caller', 'Twilio does not sell this number. Take one from a search.'],
  [
    '21613 21615 21631 21649 21650 21651',
    'regulatory',
    'policy',
    'The number needs papers. Set addressSid or bundleSid.',
    elsewhere,
  ],
]

export const errors: Readonly<Record<string, Verdict>> = Object.fromEntries(
  rows.flatMap(([codes, code, fault, message, more]) =>
    codes.split(' ').map((vendorCode) => {
      const see = `https://www.twilio.com/docs/api/errors/${vendorCode}`
      return [vendorCode, { code, effect: 'none', fault, message, see, ...more } satisfies Verdict]
    }),
  ),
)

const fields: Readonly<Record<string, string>> = {
  invalid_recipient: 'to',
  opted_out: 'to',
  unreachable: 'to',
  invalid_sender: 'from',
  sender_not_owned: 'from',
  invalid_send_time: 'sendAt',
}

/** The code in the SDK's RestException. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'number' ? String(code) : undefined
}

export function fault(error: unknown): VendorFault {
  const vendorCode = codeOf(error)
  const code = errors[vendorCode ?? '']?.code
  return { vendorCode, field: fields[code ?? ''] }
}
