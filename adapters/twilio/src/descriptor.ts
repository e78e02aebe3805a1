import type { Descriptor, OperationSemantics } from '@do/provider'

/** Twilio has no idempotency key: what a lost answer made is looked for, and "not found" counts after this long. */
const settleMs = 15_000
const convergent: OperationSemantics = { class: 'convergent' }
const opaque: OperationSemantics = { class: 'opaque' }

export function smsDescriptor(scheduling: boolean): Descriptor {
  const scheduled = scheduling || 'Twilio schedules only through a Messaging Service: set messagingServiceSid'
  return {
    vendor: 'twilio',
    docs: 'https://www.twilio.com/docs/messaging/api/message-resource',
    capabilities: {
      mms: true,
      schedule: scheduled,
      cancel: scheduled,
      'alphanumeric-sender': true,
      'list-body': true,
      price: true,
    },
    limits: { bodyLength: 1600, media: 10, pageSize: 1000 },
    operations: { send: { class: 'referenced', find: 'content', settleMs }, cancel: convergent },
  }
}

const verbs = ['say', 'play', 'gather', 'dial', 'conference', 'record', 'pause', 'redirect', 'reject', 'hangup']

/** A function, so that who sends messages only does not bundle it. */
export const telephonyDescriptor = (): Descriptor => ({
  vendor: 'twilio',
  docs: 'https://www.twilio.com/docs/voice/api/call-resource',
  capabilities: {
    ...Object.fromEntries(verbs.map((verb) => [`flow.${verb}`, true])),
    'machine-detection': true,
    'list-calls': true,
    'toll-free': true,
    price: true,
  },
  limits: { flowLength: 4000, pageSize: 1000 },
  operations: {
    'numbers.buy': { class: 'referenced', find: 'content', settleMs },
    'numbers.configure': convergent,
    'numbers.release': convergent,
    'calls.make': { class: 'referenced', find: 'recipient', settleMs },
    'calls.update': opaque,
    'calls.end': convergent,
    'calls.record': opaque,
    respond: opaque,
  },
})
