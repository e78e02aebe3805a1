import type { VendorFault, Verdict } from '@do/provider'

const general = 'https://developers.telnyx.com/development/api-fundamentals/api-errors'
const messaging = 'https://developers.telnyx.com/docs/messaging/messages/error-codes'
const voice = 'https://developers.telnyx.com/api-reference/call-commands/dial'

type Row = readonly [code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

/** Refusals: Telnyx says no before it acts, so the effect is none. */
const refusals = (see: string, table: Readonly<Record<string, Row>>): Record<string, Verdict> =>
  Object.fromEntries(
    Object.entries(table).map(([vendorCode, [code, fault, message, elsewhere]]) => [
      vendorCode,
      { code, effect: 'none', fault, message, see, ...(elsewhere === undefined ? {} : { elsewhere }) } satisfies Verdict,
    ]),
  )

const checkFields = 'Telnyx refused the input as invalid. Check the named field.'
const ownSender = 'Telnyx does not let this account send from this number or name. Use one of its own.'

/** What Telnyx's codes mean. `see` is the page that says so. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...refusals(general, {
    10001: ['invalid_sender', 'caller', ownSender, true],
    10002: ['invalid_input', 'caller', 'Telnyx does not take one of the numbers. Check it.'],
    10003: ['invalid_input', 'caller', 'Telnyx does not take one of the URLs. Check it.'],
    10004: ['invalid_input', 'caller', 'Telnyx misses a field. Give it.'],
    10005: ['not_found', 'caller', 'Telnyx does not know this thing. It may have been deleted.'],
    10006: ['not_found', 'caller', 'Telnyx does not know this id.'],
    10009: ['unauthorized', 'credential', 'Telnyx refused the API key. Replace it in the configuration.'],
    10010: ['forbidden', 'credential', 'The API key may not do this. Give it the permission at Telnyx.'],
    10011: ['rate_limited', 'quota', 'Telnyx limits the rate. Wait for retryAfterMs, or raise the limit there.'],
    10012: ['conflict', 'caller', 'Telnyx has the same thing already.'],
    10015: ['invalid_input', 'caller', checkFields],
    10016: ['invalid_input', 'caller', 'Telnyx wants the number in E.164.'],
    10017: ['invalid_configuration', 'policy', 'An id of the configuration does not exist at Telnyx. Check connectionId and messagingProfileId.', true],
    10019: ['forbidden', 'policy', 'This account may not do this yet. Verify it at Telnyx.', true],
    10023: ['invalid_input', 'caller', checkFields],
    10032: ['invalid_input', 'caller', checkFields],
    10033: ['invalid_input', 'caller', checkFields],
    20100: ['no_credit', 'quota', 'The Telnyx account has no credit left. Top it up.'],
  }),
  ...refusals(messaging, {
    40001: ['invalid_recipient', 'recipient', 'The recipient cannot get messages (a landline, or no route).'],
    40012: ['invalid_recipient', 'recipient', 'The recipient is no valid number for messages.'],
    40013: ['invalid_sender', 'caller', ownSender, true],
    40100: ['sender_not_enabled', 'policy', 'The sender is not enabled for messages. Enable it at Telnyx.', true],
    40300: ['opted_out', 'recipient', 'The recipient has opted out of messages. Send nothing until they write START.'],
    40301: ['unsupported', 'policy', 'Telnyx cannot send this kind of message to this recipient.', true],
    40302: ['message_too_long', 'caller', 'The text has more than ten parts, which is the most at Telnyx. Shorten it.', true],
    40304: ['invalid_input', 'caller', 'Text and media do not fit together.'],
    40305: ['invalid_sender', 'caller', ownSender, true],
    40306: ['invalid_sender', 'caller', 'The name is not set up as a sender at Telnyx.', true],
    40308: ['unsupported', 'policy', 'This sender cannot send media.', true],
    40309: ['region_not_enabled', 'policy', "The recipient's country is not enabled. Add it to the messaging profile.", true],
    40310: ['invalid_recipient', 'recipient', 'The recipient is no valid number.'],
    40312: ['forbidden', 'credential', 'The messaging profile is disabled. Enable it at Telnyx.'],
    40314: ['forbidden', 'credential', 'Messaging is disabled on the account. Ask Telnyx.'],
    40315: ['sender_blocked', 'policy', 'Telnyx holds the sender back for poor delivery. Use another number.', true],
    40316: ['invalid_input', 'caller', 'The message is empty. Give a text, or media.'],
    40317: ['invalid_input', 'caller', 'The media are too many or too large (10 files, 1 MB).'],
    40318: ['queue_full', 'quota', "Telnyx's queue is full. Send more slowly."],
    40320: ['sender_not_ready', 'policy', 'The sender is still being set up. Wait, or use another number.', true],
    40321: ['invalid_sender', 'policy', 'The messaging profile has no usable number. Add one.', true],
    40322: ['content_blocked', 'policy', 'Telnyx does not carry this content.'],
    40329: ['sender_not_enabled', 'policy', 'The toll-free sender is not verified yet. Verify it at Telnyx.', true],
    40331: ['region_not_enabled', 'policy', 'The messaging profile allows no destination. Add countries to it.', true],
    40333: ['no_credit', 'quota', 'The spend limit of the messaging profile is reached. Raise it.'],
    'cancel:403': ['too_late', 'caller', 'Only a scheduled message can be taken back, up to a minute before it is sent.'],
  }),
  ...refusals(voice, {
    90015: ['not_found', 'caller', 'Telnyx does not know this call.'],
    90018: ['call_ended', 'caller', 'The call has ended, so nothing can be done with it.'],
    90019: ['call_ended', 'caller', 'The conference has ended.'],
    90020: ['call_not_answered', 'caller', 'Nothing can be recorded before the call carries sound.'],
    90032: ['conference_full', 'policy', 'The conference is full.'],
    90033: ['conflict', 'provider', 'Somebody opened the same conference just now. Try again.'],
    90034: ['call_not_answered', 'caller', 'The call has not been answered yet.'],
    90040: ['invalid_input', 'caller', 'Telnyx cannot load the sound file. Check its URL.'],
    'dial:from': ['invalid_sender', 'caller', ownSender, true],
    'order:refused': ['number_unavailable', 'caller', 'The number cannot be bought (any more). Search again.'],
  }),
  // The two that are no refusals: Telnyx may have acted.
  10007: { code: 'vendor_error', effect: 'unknown', fault: 'provider', message: 'Telnyx failed. Whether it acted is not known.', see: general },
  10008: { code: 'timeout', effect: 'unknown', fault: 'provider', message: 'Telnyx gave up in the middle of the request.', see: general },
}

const fields: Readonly<Record<string, string>> = { text: 'body', media_urls: 'media', send_at: 'sendAt', timeout_secs: 'timeout' }

interface ErrorBody {
  readonly code?: unknown
  readonly source?: { readonly pointer?: unknown }
}

interface ApiError {
  /** The body of the answer. A refused cancellation is one bare error; everything else is a list of them. */
  readonly error?: ErrorBody & { readonly errors?: readonly ErrorBody[] }
  readonly telnyxCode?: string
}

export function readFault(error: unknown): VendorFault {
  const { error: body, telnyxCode } = (error ?? {}) as ApiError
  const first = body?.errors?.[0] ?? body
  const pointer = /^\/(\w+)$/.exec(String(first?.source?.pointer ?? ''))?.[1]
  return {
    vendorCode: telnyxCode ?? (first?.code === undefined ? undefined : String(first.code)),
    field: pointer === undefined ? undefined : (fields[pointer] ?? pointer),
  }
}

/** The same failure under a code of our own table, where Telnyx's code alone says too little. */
export const renamed = (error: unknown, telnyxCode: string) => Object.assign(new Error('telnyx'), { error: (error as ApiError | null)?.error, telnyxCode })
