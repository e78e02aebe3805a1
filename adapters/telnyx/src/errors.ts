import type { VendorFault, Verdict } from '@do/provider'

const general = 'https://developers.telnyx.com/development/api-fundamentals/api-errors'
const messaging = 'https://developers.telnyx.com/docs/messaging/messages/error-codes'
const voice = 'https://developers.telnyx.com/api-reference/call-commands/dial'

type Row = readonly [vendorCodes: string, see: string, code: string, fault: Verdict['fault'], message: string, elsewhere?: true]

const conference = 'https://developers.telnyx.com/api-reference/conference-commands/create-conference'
const sender = 'Telnyx does not let this account send from this number or name. Use one of its own.'
const notReady = 'Telnyx does not let this sender send yet. Enable or verify it there, or use another.'

/** Refusals: Telnyx says no before it acts, so the effect is none. */
const refusals: readonly Row[] = [
  [
    '10002 10003 10004 10015 10016 10023 10032 10033 90040',
    general,
    'invalid_input',
    'caller',
    'Telnyx refused the input as invalid. Check the named field.',
  ],
  ['10005 10006 90015', general, 'not_found', 'caller', 'Telnyx does not know this thing. It may have been deleted.'],
  ['10009', general, 'unauthorized', 'credential', 'Telnyx refused the API key. Replace it in the configuration.'],
  ['10010', general, 'forbidden', 'credential', 'The API key may not do this. Give it the permission at Telnyx.'],
  [
    '40312 40314',
    messaging,
    'forbidden',
    'credential',
    'Messaging is disabled for the account or its profile. Enable it at Telnyx.',
  ],
  ['10011', general, 'rate_limited', 'quota', 'Telnyx limits the rate. Wait for retryAfterMs, or raise the limit there.'],
  ['40318', messaging, 'queue_full', 'quota', "Telnyx's queue is full. Send more slowly."],
  ['20100', general, 'no_credit', 'quota', 'The Telnyx account has no credit left. Top it up.'],
  ['40333', messaging, 'no_credit', 'quota', 'The spend limit of the messaging profile is reached. Raise it.'],
  [
    '10017',
    general,
    'invalid_configuration',
    'policy',
    'connectionId or messagingProfileId does not exist at Telnyx. Correct it.',
    true,
  ],
  ['10012', general, 'conflict', 'caller', 'Telnyx has the same thing already.'],
  ['10001 40013 40305 40306 40321', messaging, 'invalid_sender', 'caller', sender, true],
  ['dial:from', voice, 'invalid_sender', 'caller', sender, true],
  ['40100 40151 40320 40329', messaging, 'sender_not_ready', 'policy', notReady, true],
  ['40315', messaging, 'sender_blocked', 'policy', 'Telnyx holds the sender back for poor delivery. Use another number.', true],
  ['40001 40012 40310', messaging, 'invalid_recipient', 'recipient', 'The recipient is no number that can get messages.'],
  ['40300', messaging, 'opted_out', 'recipient', 'The recipient has opted out of messages. Send nothing until they write START.'],
  ['40301 40308 40319', messaging, 'unsupported', 'policy', 'Telnyx cannot send this kind of message between these two.', true],
  [
    '40309 40331',
    messaging,
    'region_not_enabled',
    'policy',
    "The recipient's country is not enabled. Add it to the messaging profile.",
    true,
  ],
  ['40322', messaging, 'content_blocked', 'policy', 'Telnyx does not carry this content.'],
  ['40302', messaging, 'message_too_long', 'caller', 'Telnyx sends at most ten parts. Shorten the text.', true],
  [
    '40304 40316 40317',
    messaging,
    'invalid_input',
    'caller',
    'The message is empty, or its media are too many or too large (10 files, 1 MB).',
  ],
  [
    'cancel:403',
    messaging,
    'too_late',
    'caller',
    'Only a scheduled message can be taken back, up to a minute before it is sent.',
  ],
  ['order:refused', general, 'number_unavailable', 'caller', 'The number cannot be bought (any more). Search again.'],
  ['90018', voice, 'call_ended', 'caller', 'The call has ended, so nothing can be done with it.'],
  ['90020 90034', voice, 'call_not_answered', 'caller', 'The call has not been answered yet.'],
  [
    '90019 90032 90033 90058',
    conference,
    'conference_changed',
    'provider',
    'The conference is full, has just ended, or was just opened by somebody else. Try again.',
  ],
]

/** What Telnyx's codes mean. `see` is the page that says so. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(
    refusals.flatMap(([vendorCodes, see, code, fault, message, elsewhere = false]) =>
      vendorCodes
        .split(' ')
        .map((vendorCode) => [vendorCode, { code, effect: 'none', fault, message, elsewhere, see } satisfies Verdict]),
    ),
  ),
  // The ones that are no refusals: Telnyx may have acted.
  10007: {
    code: 'vendor_error',
    effect: 'unknown',
    fault: 'provider',
    message: 'Telnyx failed. Whether it acted is not known.',
    see: general,
  },
  10008: {
    code: 'timeout',
    effect: 'unknown',
    fault: 'provider',
    message: 'Telnyx gave up in the middle of the request.',
    see: general,
  },
  10036: {
    code: 'in_progress',
    effect: 'unknown',
    fault: 'provider',
    message: 'Telnyx is still at the same request.',
    see: general,
  },
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
export const renamed = (error: unknown, telnyxCode: string) =>
  Object.assign(new Error('telnyx'), { error: (error as ApiError | null)?.error, telnyxCode })
