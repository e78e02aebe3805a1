import type { UnknownEvent } from '@do/provider'
import type { CallStatus, TelephonyEvent } from '@do/telephony'
import { signature } from './sms-events.ts'
import { type PlivoWebhook, part } from './webhooks.ts'
import { e164, instant } from './wire.ts'

const statuses: Readonly<Record<string, CallStatus>> = {
  queued: 'queued',
  ringing: 'ringing',
  'in-progress': 'in-progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no-answer',
  timeout: 'no-answer',
  failed: 'failed',
  cancel: 'canceled',
  canceled: 'canceled',
  cancelled: 'canceled',
}

/** A state that Plivo adds some day is one of a live call: only known words end it. */
export const callStatusOf = (state: string | null | undefined): CallStatus => statuses[state ?? ''] ?? 'in-progress'

/** https://www.plivo.com/docs/voice/troubleshooting/hangup-causes */
const causes: Readonly<Record<string, CallStatus>> = {
  1000: 'canceled',
  3000: 'no-answer',
  3010: 'busy',
  3020: 'busy',
  3100: 'busy',
  3110: 'no-answer',
  6010: 'no-answer',
}

/** Records of ended calls tell a state only by their hangup cause. */
export const endStatusOf = (answered: boolean, cause: string): CallStatus =>
  answered ? 'completed' : (causes[cause] ?? 'failed')

/** What an event is: our own mark in the URL where there is one, otherwise Plivo's own parameters (a URL set at Plivo). */
function kindOf({ params, query }: PlivoWebhook): string {
  const own = query.get('do_ev')
  if (own !== null && own !== 'call') return own
  if (params.has('HangupCause') || params.get('Event') === 'Hangup') return 'hangup'
  if (params.has('RecordingID')) return 'record'
  if (params.has('Digits')) return 'gather'
  if (params.get('Event') === 'Ring') return 'ring'
  if (params.has('Machine')) return 'machine'
  return params.get('Direction') === 'inbound' || own === 'call' || params.get('Event') === 'StartApp' ? 'answer' : ''
}

export function readCallEvents(
  webhook: PlivoWebhook,
  handle: (id: string) => string,
): readonly (TelephonyEvent | UnknownEvent)[] {
  const { params, query } = webhook
  const raw = Object.fromEntries(params)
  const call = params.get('CallUUID')
  const kind = kindOf(webhook)
  const unknown = { type: 'unknown', eventId: `${params.get('EventName') ?? 'plivo'}:${signature(params)}`, raw } as const
  if (!call || kind === '') return [unknown]
  const [from, to, reference, id, flow] = [
    params.get('From'),
    params.get('To'),
    query.get('do_ref'),
    query.get('do_id'),
    query.get('do_flow'),
  ]
  const about = {
    eventId: [call, kind, ...(id === null ? [] : [id])].join(':'),
    call: handle(call),
    ...(from ? { from: e164(from) } : {}),
    ...(to ? { to: e164(to) } : {}),
    ...(reference === null ? {} : { reference }),
    awaiting: false,
    raw,
  }
  const asking = { ...about, awaiting: true, ...(flow === null ? {} : { continuation: flow }) }
  switch (kind) {
    case 'answer':
    case 'transfer':
      return [
        params.get('Direction') === 'inbound' && kind === 'answer'
          ? { type: 'call.incoming', ...asking }
          : { type: 'call.status', ...asking, status: callStatusOf(params.get('CallStatus')) },
      ]
    case 'ring':
      return [{ type: 'call.status', ...about, status: 'ringing' }]
    case 'machine':
      return [{ type: 'call.status', ...about, status: callStatusOf(params.get('CallStatus')) }]
    case 'hangup': {
      const at = instant(params.get('EndTime'))
      const seconds = Number(params.get('Duration') || Number.NaN)
      return [
        {
          type: 'call.status',
          ...about,
          status: endOf(params),
          ...(at === undefined ? {} : { at }),
          ...(Number.isNaN(seconds) ? {} : { durationSeconds: seconds }),
        },
      ]
    }
    case 'gather': {
      const digits = params.get('Digits') ?? ''
      // Plivo keeps the finish key to itself: digits that are there may have ended either way.
      return [{ type: 'call.gathered', ...asking, digits, reason: digits === '' ? 'finish-key' : 'digits' }]
    }
    case 'timeout':
      return [{ type: 'call.gathered', ...asking, digits: '', reason: 'timeout' }]
    case 'record': {
      const recording = part(params, 'RecordingID')
      const url = params.get('RecordUrl')
      const seconds = Number(params.get('RecordingDuration') || Number.NaN)
      return [
        {
          type: 'call.recorded',
          ...about,
          eventId: `${call}:record:${recording}`,
          recording: handle(recording),
          ...(url ? { url } : {}),
          // While it is not known, Plivo says -1.
          ...(seconds >= 0 ? { durationSeconds: seconds } : {}),
        },
      ]
    }
    default:
      return [unknown]
  }
}

/** Whatever word Plivo uses, after a hangup the call has ended. */
function endOf(params: URLSearchParams): CallStatus {
  const status = callStatusOf(params.get('CallStatus'))
  if (status !== 'in-progress' && status !== 'ringing' && status !== 'queued') return status
  return endStatusOf(Boolean(params.get('AnswerTime')), params.get('HangupCauseCode') ?? '')
}
