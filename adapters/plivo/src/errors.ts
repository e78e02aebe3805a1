import type { VendorFault, Verdict } from '@do/provider'
import { PlivoFault } from './request.ts'

const api = 'https://www.plivo.com/docs/messaging/api/response'
const geo = 'https://www.plivo.com/docs/voice/concepts/geo-permissions'

/** Plivo has no codes for refusals, only words: each row is what they contain, and the code that we give it. */
const rows: readonly (readonly [words: RegExp, code: string, field: string | undefined, verdict: Verdict])[] = [
  [
    /insufficient (credit|fund|balance)|not enough (credit|balance)/i,
    'insufficient_credit',
    undefined,
    { code: 'no_credit', effect: 'none', fault: 'quota', message: 'The Plivo account has no credit. Top it up.', see: `${api}` },
  ],
  [
    /geo.?permission|country.*(barred|disabled|not enabled)/i,
    'geo_permission',
    'to',
    policy('destination_not_enabled', 'This Plivo account may not reach that country. Allow it under Geo Permissions.', geo),
  ],
  [
    /(outbound|capability).*disabled/i,
    'outbound_disabled',
    undefined,
    policy('outbound_disabled', 'Plivo has not enabled this service on the account. Ask its support.', geo),
  ],
  [
    /trial|sandbox|not.*verified|unverified/i,
    'trial_restricted',
    'to',
    policy('trial_restricted', 'A trial account reaches verified numbers only. Upgrade it, or verify the number.', api),
  ],
  [
    /compliance/i,
    'compliance_required',
    undefined,
    policy('compliance_required', 'Plivo wants compliance documents for this number first.', 'https://www.plivo.com/docs/numbers/compliance'),
  ],
  [
    /10dlc|campaign|unregistered/i,
    'sender_unregistered',
    'from',
    policy('sender_unregistered', 'The sender is not registered for this traffic. Link it to a 10DLC campaign.', 'https://www.plivo.com/docs/messaging/concepts/10dlc'),
  ],
  [
    /concurren|cps|too many requests|rate limit/i,
    'rate_limited',
    undefined,
    { code: 'rate_limited', effect: 'none', fault: 'quota', message: 'Plivo limits the rate. Wait, or ask for a higher limit.', see: api },
  ],
  [
    /opt(ed)?[ -]?out|blocked by stop/i,
    'opted_out',
    'to',
    { code: 'opted_out', effect: 'none', fault: 'recipient', message: 'The recipient has opted out. Send nothing until they write START.' },
  ],
  [/identical|cannot be (the )?same/i, 'same_numbers', 'to', caller('invalid_input', 'Sender and recipient are the same number.')],
  [/too long|exceed.*(character|length)/i, 'message_too_long', 'body', caller('body_too_long', 'The text is too long for Plivo: 1,600 characters, or 737 in Unicode.')],
  [/media/i, 'invalid_media', 'media', caller('invalid_media', 'Plivo cannot use the media. Check address, type and size (5 MB together).')],
  [/app_id|app_name/i, 'invalid_application', undefined, caller('invalid_input', 'Plivo refused the application that holds the URLs.')],
  [/_?url\b/i, 'invalid_url', undefined, caller('invalid_url', 'Plivo refused a URL. It must be public, http or https.')],
  [
    /\b(dst|to|destination)\b.*(not valid|invalid|not a valid|format)|invalid.*\b(dst|destination)/i,
    'invalid_destination',
    'to',
    { code: 'invalid_recipient', effect: 'none', fault: 'recipient', message: 'Plivo says that the recipient is not a valid number.', see: api },
  ],
  [
    /\b(src|from|source|sender|caller)\b.*(not valid|invalid|not a valid|format|belong|own)|invalid.*\b(src|source)/i,
    'invalid_source',
    'from',
    caller('invalid_sender', 'Plivo does not take this sender. Use a number of the account.'),
  ],
  [/not available|unavailable|already (rented|bought|owned)/i, 'number_unavailable', 'id', caller('number_unavailable', 'The number is no longer for sale. Search again.')],
]

function policy(code: string, message: string, see: string): Verdict {
  return { code, effect: 'none', fault: 'policy', message, see, elsewhere: true }
}

function caller(code: string, message: string): Verdict {
  return { code, effect: 'none', fault: 'caller', message, see: api }
}

/**
 * By our code for Plivo's words, then by status. Plivo documents that a request it answers with 4xx was not executed:
 * https://support.plivo.com/hc/en-us/articles/360041449212
 */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(rows.map(([, code, , verdict]) => [code, verdict])),
  // The SDK reads every 403 of a send or a call as a missing geo permission; the limit of calls at once is another.
  'http:403': policy('not_permitted', 'Plivo does not allow this on the account: geo permissions, or too many calls at once.', geo),
  'http:409': { code: 'conflict', effect: 'none', fault: 'caller', message: 'Plivo has such a thing already.', see: api },
}

export function fault(error: unknown): VendorFault {
  if (!(error instanceof PlivoFault) || error.status < 400 || error.status >= 500) return {}
  // 401 and 404 are clear without words, and 404 of a call is not about its number.
  if (error.status === 401 || error.status === 404) return {}
  const row = rows.find(([words]) => words.test(error.vendorMessage))
  return row === undefined ? {} : { vendorCode: row[1], field: row[2] }
}
