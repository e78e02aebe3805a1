import type { Descriptor } from '@do/provider'

const docs = 'https://www.plivo.com/docs'

export const smsDescriptor: Descriptor = {
  vendor: 'plivo',
  docs: `${docs}/messaging/api/message`,
  capabilities: {
    mms: true,
    schedule: 'Plivo sends at once; it has no scheduled messages',
    cancel: 'Plivo takes no message back',
    'alphanumeric-sender': true,
    'list-body': 'Plivo does not give texts back',
    price: true,
  },
  limits: { bodyLength: 1600, unicodeBodyLength: 737, media: 10, pageSize: 20, historyDays: 90 },
  operations: { send: { class: 'referenced', find: 'recipient', settleMs: 10_000 } },
}

/** A function, so that who sends messages only does not bundle it. */
export const telephonyDescriptor = (): Descriptor => ({
  vendor: 'plivo',
  docs: `${docs}/voice/api`,
  capabilities: {
    'flow.say': true,
    'flow.play': true,
    'flow.gather': true,
    'flow.dial': true,
    'flow.conference': true,
    'flow.record': true,
    'flow.pause': true,
    'flow.redirect': true,
    'flow.reject': true,
    'flow.hangup': true,
    'machine-detection': true,
    'list-calls': true,
    'toll-free': true,
    price: true,
  },
  limits: { pageSize: 20, callbackUrlLength: 2000, listedDays: 30, historyDays: 90 },
  operations: {
    // The purchase, then the application with the URLs, then both on the number.
    'numbers.buy': { class: 'referenced', find: 'content', settleMs: 10_000, requests: 3 },
    'numbers.configure': { class: 'convergent' },
    'numbers.release': { class: 'convergent' },
    'calls.make': { class: 'referenced', find: 'recipient', settleMs: 10_000 },
    'calls.update': { class: 'opaque' },
    'calls.end': { class: 'convergent' },
    'calls.record': { class: 'opaque' },
    respond: { class: 'convergent' },
  },
})
