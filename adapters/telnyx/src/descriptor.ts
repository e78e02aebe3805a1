import type { Descriptor } from '@do/provider'
import type { TelnyxSmsOptions } from './sms.ts'

const docs = 'https://developers.telnyx.com/api-reference'

export const smsDescriptor = ({ messagingProfileId, webhookUrl }: TelnyxSmsOptions): Descriptor => ({
  vendor: 'telnyx',
  docs,
  capabilities: {
    mms: true,
    schedule: true,
    cancel: true,
    'alphanumeric-sender':
      messagingProfileId === undefined
        ? 'Telnyx needs a messaging profile to send from a name: configure messagingProfileId'
        : true,
    'list-body': 'Telnyx lists messages as detail records, which have no text; get has it',
    price: true,
  },
  // Ten parts at most: https://developers.telnyx.com/docs/messaging/messages/message-encoding
  limits: { bodyLength: 1530, parts: 10, media: 10, pageSize: 50, webhookToleranceSeconds: 300 },
  operations: {
    // Telnyx describes no idempotency key for messages. Our reference travels in the message's own webhook URL, which its
    // detail record shows; without a webhook URL the text is compared. Telnyx does not say how late a record may be listed.
    send: { class: 'referenced', find: webhookUrl === undefined ? 'content' : 'reference', settleMs: 20_000 },
    cancel: { class: 'convergent' },
  },
})

export const telephonyDescriptor: Descriptor = {
  vendor: 'telnyx',
  docs,
  capabilities: {
    'flow.say': true,
    'flow.play': true,
    'flow.gather': true,
    'flow.dial': true,
    'flow.conference': true,
    'flow.record': true,
    'flow.pause': true,
    'flow.redirect': 'Telnyx Call Control takes commands, not instructions from a URL',
    'flow.reject': true,
    'flow.hangup': true,
    'machine-detection': true,
    'list-calls': 'Telnyx lists only calls that are under way, and without their numbers',
    'toll-free': true,
    price: 'Telnyx does not say what a call cost when the call is read',
  },
  limits: { sayLength: 3000, ringSecondsLeast: 5, pageSize: 250, webhookToleranceSeconds: 300 },
  operations: {
    'numbers.buy': { class: 'referenced', find: 'reference', settleMs: 10_000 },
    'numbers.configure': { class: 'convergent' },
    'numbers.release': { class: 'convergent' },
    // A repeated command is ignored for 60 seconds, too short to be relied on where a person would be rung twice: it is looked for.
    // https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks
    'calls.make': { class: 'referenced', find: 'reference', settleMs: 10_000 },
    'calls.update': { class: 'opaque' },
    'calls.end': { class: 'convergent' },
    'calls.record': { class: 'opaque' },
    // Every command carries an id made of the event's, so a webhook that is handled twice is answered once.
    respond: { class: 'keyed', keyWindowMs: 60_000 },
  },
}
