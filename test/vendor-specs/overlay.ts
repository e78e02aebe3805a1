import type { Overlay, ShapeOverlay } from './correction.ts'
import type { Schema } from './description.ts'

const rfc2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/

/** Absolute, or a path of the same host; a URL that is not set is ''. */
const twilioUri = (text: string) => text === '' || (URL.canParse(text, 'https://api.twilio.com') && !/[\s<>"{}|\\^`]/.test(text))

const twilioError = {
  type: 'object',
  required: ['code', 'message', 'more_info', 'status'],
  properties: {
    code: { type: 'integer' },
    message: { type: 'string' },
    more_info: { type: 'string', pattern: '^https://www\\.twilio\\.com/docs/errors/\\d+$' },
    status: { type: 'integer' },
  },
}

export const twilioOverlay: Overlay = {
  formats: {
    uri: {
      as: twilioUri,
      reason:
        'Pages and resources name themselves and each other by relative URIs, and a URL that is not set is an empty string.',
    },
    'date-time-rfc-2822': { as: rfc2822, reason: "Twilio's own name for the dates of API version 2010-04-01." },
    currency: { as: /^[A-Za-z]{3}$/, reason: 'ISO 4217, in either case: messages have "USD", prices "usd".' },
    'iso-country-code': { as: /^[A-Z]{2}$/, reason: 'ISO 3166-1 alpha-2.' },
    'http-method': { as: /^(GET|POST)$/, reason: 'Nothing else calls a webhook.' },
    'phone-number': { reason: 'Used for everything that sends: numbers, short codes, names, client identities.' },
    endpoint: { reason: 'A number, a SIP address or a client identity.' },
    twiml: { reason: 'A document of its own language.' },
    'uri-map': { reason: 'Names a map of URIs; the corrections below say so in schema.' },
    'phone-number-capabilities': { reason: 'Names an object that the schema describes itself.' },
    'ice-server': { reason: 'Names an object that the schema describes itself.' },
  },
  corrections: ['message', 'call'].map((name) => ({
    at: `#/components/schemas/api.v2010.account.${name}/properties/subresource_uris`,
    change: (schema) => ({ ...schema, additionalProperties: { type: 'string', format: 'uri' } }),
    reason: 'Described as an object without members; format "uri-map" says what they are.',
  })),
  answers: [
    {
      status: /^(4\d\d|5\d\d)$/,
      schema: twilioError,
      reason:
        'The description names successes only. Errors: https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions',
    },
  ],
}

const withStatuses =
  (...more: string[]) =>
  (schema: Record<string, unknown>) => ({ ...schema, enum: [...(schema.enum as string[]), ...more] })

const withMembers = (members: Readonly<Record<string, Schema>>) => (schema: Record<string, unknown>) => ({
  ...schema,
  properties: { ...(schema.properties as object), ...members },
})

export const telnyxOverlay: Overlay = {
  formats: {
    url: { as: (text) => URL.canParse(text), reason: 'Not a registered format; Telnyx means an absolute URL.' },
    integer: { as: /^\d+$/, reason: 'Not a registered format; Telnyx gives error codes as text of digits.' },
  },
  corrections: [
    {
      at: '#/components/schemas/OutboundMessagePayload/properties/to/items/properties/status',
      change: withStatuses('scheduled', 'cancelled'),
      reason:
        'A scheduled message has status "scheduled" until it is sent or canceled: https://developers.telnyx.com/docs/messaging/messages/schedule-message',
    },
    {
      at: '#/components/schemas/CallRecordingSaved/properties/payload',
      change: withMembers({ call_control_id: { type: 'string' }, recording_id: { type: 'string', format: 'uuid' } }),
      reason: 'The event has both, as in https://developers.telnyx.com/docs/voice/programmable-voice/storing-call-recordings',
    },
  ],
  answers: [
    {
      status: /^(401|403|404|429|5\d\d)$/,
      schema: { $ref: '#/components/schemas/messaging_Errors' },
      reason:
        'Every operation may answer these, in one shape, and few say so: https://developers.telnyx.com/development/api-fundamentals/api-errors',
    },
  ],
}

const numbers = 'https://www.plivo.com/docs/numbers/api'

export const plivoOverlay: ShapeOverlay = {
  additions: [
    {
      operation: /List$/,
      at: '/body/meta/next',
      types: ['null', 'string'],
      reason: 'The last page has no next one; other fixtures show null there.',
    },
    {
      operation: /List$/,
      at: '/body/meta/previous',
      types: ['null', 'string'],
      reason: 'All but the first page have a previous one.',
    },
    {
      operation: /^phoneNumberList$/,
      at: '/body/objects/*/mms_enabled',
      types: ['boolean'],
      reason: `An attribute newer than the fixture: ${numbers}/phone-number/the-phonenumber-object`,
    },
    {
      operation: /^phoneNumberList$/,
      at: '/body/objects/*/mms_rate',
      types: ['string'],
      reason: `An attribute newer than the fixture: ${numbers}/phone-number/the-phonenumber-object`,
    },
    {
      operation: /^phoneNumberList$/,
      at: '/body/objects/*/lata',
      types: ['null'],
      reason: `Null outside of the US and Canada: ${numbers}/phone-number/the-phonenumber-object`,
    },
    {
      operation: /^phoneNumberList$/,
      at: '/body/objects/*/rate_center',
      types: ['null'],
      reason: `Only in the US and Canada: ${numbers}/phone-number/the-phonenumber-object`,
    },
    {
      operation: /^phoneNumberCreate$/,
      at: '/body/numbers/*/fallback_number',
      types: ['string'],
      reason: 'Only where the purchase named a number to fall back to; the fixture is of such a purchase.',
    },
    { operation: /^numberGet$/, at: '/body/application', types: ['null'], reason: 'A number may have no application.' },
    {
      operation: /^numberList$/,
      at: '/body/objects/*/application',
      types: ['null'],
      reason: 'A number may have no application.',
    },
    ...['hangup_cause_name', 'hangup_cause_code', 'hangup_source'].flatMap((name) => {
      const types = [name === 'hangup_cause_code' ? 'number' : 'string'] as const
      const reason = 'Attributes newer than the fixture: https://docs.plivo.com/docs/voice/api/call/the-call-object'
      return [
        { operation: /^callGet$/, at: `/body/${name}`, types, reason },
        { operation: /^callList$/, at: `/body/objects/*/${name}`, types, reason },
      ]
    }),
    {
      operation: /^callList$/,
      at: '/body/objects/*/answer_time',
      types: ['null'],
      reason: 'Null where nobody answered, as in the fixture of one such call (callGetResponse).',
    },
    {
      operation: /^recordingList$/,
      at: '/body/objects/*/conference_name',
      types: ['null'],
      reason: 'Null for regular calls: https://plivo.com/docs/voice/api/recordings',
    },
    {
      operation: /^liveCallGet$/,
      at: '/body/session_start',
      types: [],
      reason: 'A call that is still queued has not started; the fixture is of one in progress.',
    },
  ],
  errors: [
    {
      status: /^(4\d\d|5\d\d)$/,
      example: { api_id: '', error: '' },
      reason: 'The fixtures hold successes only. Errors have an id and a text: https://www.plivo.com/docs/account/api/request',
    },
  ],
}
