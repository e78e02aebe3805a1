import type { Fault, VendorFault, Verdict } from '@do/provider'
import type { DeliveryFailure } from '@do/sms'
import { PlivoFault } from './request.ts'

const docs = 'https://www.plivo.com/docs/'
const geo = `${docs}voice/concepts/geo-permissions`

/** Our code for the words, the words, what they mean; where they are about one field, which; and the page, if not of the API. */
type Row = readonly [
  vendorCode: string,
  words: RegExp,
  code: string,
  fault: Fault,
  message: string,
  field?: string,
  page?: string,
]

/**
 * Plivo has no codes for refusals, only words, so the rows name them. Its support says of 4xx that nothing was carried out:
 * https://support.plivo.com/hc/en-us/articles/360041449212
 */
const rows: readonly Row[] = [
  [
    'insufficient_credit',
    /insufficient (credit|fund|balance)|not enough credit/,
    'no_credit',
    'quota',
    'The account has no credit. Top it up.',
  ],
  [
    'geo_permission',
    /geo.?permission|country.*(barred|disabled|not enabled)/,
    'region_not_enabled',
    'policy',
    'This country is not enabled. Allow it under Geo Permissions.',
    'to',
    geo,
  ],
  [
    'outbound_disabled',
    /(outbound|capability).*disabled/,
    'outbound_disabled',
    'policy',
    'Plivo has not enabled this service. Ask its support.',
  ],
  [
    'trial_restricted',
    /trial|sandbox|unverified|not.*verified/,
    'trial_account',
    'policy',
    'A trial account reaches verified numbers only. Upgrade it.',
    'to',
  ],
  [
    'compliance_required',
    /compliance/,
    'regulatory',
    'policy',
    'The number needs papers first.',
    undefined,
    `${docs}numbers/compliance`,
  ],
  [
    'sender_unregistered',
    /10dlc|campaign|unregistered/,
    'sender_unregistered',
    'policy',
    'Link the sender to a 10DLC campaign.',
    'from',
  ],
  [
    'rate_limited',
    /concurren|\bcps\b|too many requests|rate limit/,
    'rate_limited',
    'quota',
    'Plivo limits the rate. Wait, or ask for a higher limit.',
  ],
  [
    'opted_out',
    /opt(ed)?[ -]?out|blocked by stop/,
    'opted_out',
    'recipient',
    'The recipient has opted out. Send nothing until they write START.',
    'to',
  ],
  [
    'same_numbers',
    /identical|cannot be (the )?same/,
    'invalid_recipient',
    'caller',
    'Sender and recipient are the same number.',
    'to',
  ],
  [
    'message_too_long',
    /too long|exceed.*(character|length)/,
    'body_too_long',
    'caller',
    'The text is too long: 1,600 characters, or 737 in Unicode.',
    'body',
  ],
  ['invalid_media', /media/, 'invalid_media', 'caller', 'Plivo cannot use the media. Check address, type and size.', 'media'],
  ['invalid_application', /app_id|app_name/, 'invalid_input', 'caller', 'Plivo refused the application that holds the URLs.'],
  ['invalid_url', /url\b/, 'invalid_input', 'caller', 'Plivo refused a URL. It must be public, http or https.'],
  [
    'invalid_destination',
    /\b(dst|to|destination)\b.*(invalid|not valid|not a valid|format)|invalid.*\b(dst|destination)/,
    'invalid_recipient',
    'recipient',
    'The recipient is no valid phone number.',
    'to',
  ],
  [
    'invalid_source',
    /\b(src|from|source|sender|caller)\b.*(invalid|not valid|format|belong|own)|invalid.*\b(src|source)/,
    'invalid_sender',
    'caller',
    'Plivo does not take this sender. Use a number of the account.',
    'from',
  ],
  [
    'number_unavailable',
    /not available|unavailable|already (rented|bought|owned)/,
    'number_unavailable',
    'caller',
    'The number is not for sale any more. Search again.',
    'id',
  ],
  // The SDK reads every 403 of a send or a call as a missing geo permission; too many calls at once give one as well.
  [
    'http:403',
    /(?!)/,
    'not_permitted',
    'policy',
    'The account may not do this: geo permissions, or too many calls at once.',
    undefined,
    geo,
  ],
  ['http:409', /(?!)/, 'conflict', 'caller', 'Plivo has such a thing already.'],
]

/** Codes of messages that were taken on and then not delivered. */
export const failures: Readonly<Record<string, DeliveryFailure>> = {
  10: 'blocked',
  20: 'unreachable',
  30: 'filtered',
  40: 'blocked',
  50: 'invalid_recipient',
  60: 'filtered',
  70: 'unreachable',
  80: 'unreachable',
  90: 'unreachable',
  100: 'blocked',
  110: 'blocked',
  200: 'opted_out',
  201: 'blocked',
  300: 'unknown',
  420: 'expired',
  900: 'no_credit',
  910: 'blocked',
  1000: 'unknown',
}

const recipientFailures: ReadonlySet<string> = new Set(['invalid_recipient', 'unreachable', 'opted_out'])

export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    rows.map(([vendorCode, , code, fault, message, , see = `${docs}messaging/api/response`]) => {
      const verdict: Verdict = { code, effect: 'none', fault, message, see, elsewhere: fault === 'policy' }
      return [vendorCode, verdict]
    }),
  ),
  ...Object.fromEntries(
    Object.entries(failures).map(([vendorCode, code]) => {
      const fault = recipientFailures.has(code) ? 'recipient' : code === 'no_credit' ? 'quota' : 'policy'
      const message = `Plivo took the message on, but did not deliver it: ${code}.`
      const verdict: Verdict = { code, effect: 'done', fault, message, see: `${docs}messaging/troubleshooting/error-codes` }
      return [vendorCode, verdict]
    }),
  ),
}

export function fault(error: unknown): VendorFault {
  // 401 and 404 are clear without words; words of a 5xx prove nothing.
  if (!(error instanceof PlivoFault) || error.status < 400 || error.status >= 500 || error.status === 401 || error.status === 404)
    return {}
  const said = error.vendorMessage.toLowerCase()
  const row = rows.find(([, words]) => words.test(said))
  return row === undefined ? {} : { vendorCode: row[0], field: row[5] }
}
