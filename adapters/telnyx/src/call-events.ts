import type { DriverContext, UnknownEvent } from '@do/provider'
import type { CallStatus, TelephonyEvent } from '@do/telephony'
import { defined, instant } from './client.ts'
import { type CallState, readState, writeState } from './state.ts'
import type { TelnyxEvent } from './webhooks.ts'

/** What is read of the payloads of call events. */
export interface CallPayload {
  readonly call_control_id?: string
  readonly client_state?: string
  readonly direction?: string
  readonly from?: string
  readonly to?: string
  readonly hangup_cause?: string
  readonly status?: string
  readonly digits?: string
  readonly digit?: string
  readonly recording_id?: string
  readonly call_leg_id?: string
  readonly recording_started_at?: string
  readonly recording_ended_at?: string
  readonly recording_urls?: { readonly mp3?: string | null; readonly wav?: string | null }
}

/** https://developers.telnyx.com/api-reference/callbacks/call-hangup */
export const hangupCauses: Readonly<Record<string, CallStatus>> = {
  normal_clearing: 'completed',
  time_limit: 'completed',
  originator_cancel: 'canceled',
  user_busy: 'busy',
  call_rejected: 'busy',
  timeout: 'no-answer',
  no_answer: 'no-answer',
  not_found: 'failed',
  unspecified: 'failed',
}

/** How a step ends without the flow going on: the call is gone, or another command took the step's place. */
const over = new Set(['call_hangup', 'cancelled', 'cancelled_amd'])

export function callEvents(
  event: TelnyxEvent,
  context: Pick<DriverContext, 'handle'>,
): readonly (TelephonyEvent | UnknownEvent)[] {
  const { handle } = context
  const payload = event.payload as CallPayload
  const state = readState(payload.client_state)
  const id = payload.call_control_id ?? (state.leg === 1 ? undefined : state.c)
  const unknown = [{ type: 'unknown' as const, eventId: event.id, raw: event }]
  if (id === undefined) return unknown
  const from = payload.from ?? state.f
  const to = payload.to ?? state.t
  const facts = { eventId: event.id, call: handle(id), from, to, at: instant(event.occurred_at), reference: state.r, raw: event }
  /** `awaiting` with what `respond` needs to go on. */
  const going = (on: boolean, more: CallState = {}) =>
    on ? { awaiting: true, continuation: writeState({ ...state, c: id, t: to, f: from, ...more }) } : { awaiting: false }
  const ours = state.leg !== 1
  const step = (waitingFor: readonly CallState['w'][]) =>
    defined({
      type: 'call.step' as const,
      ...facts,
      ...going(ours && waitingFor.includes(state.w) && !over.has(payload.status ?? '')),
    })

  switch (event.event_type) {
    case 'call.initiated':
      return payload.direction === 'incoming'
        ? [defined({ type: 'call.incoming' as const, ...facts, ...going(true, { i: 1 }) })]
        : [defined({ type: 'call.status' as const, ...facts, awaiting: false, status: 'ringing' as const })]
    case 'call.answered':
      return [
        defined({
          type: 'call.status' as const,
          ...facts,
          ...going(ours && (state.s?.length ?? 0) > 0 && state.w === undefined),
          status: 'in-progress' as const,
        }),
      ]
    case 'call.hangup': {
      const status = hangupCauses[payload.hangup_cause ?? ''] ?? 'completed'
      const ended = defined({ type: 'call.status' as const, ...facts, awaiting: false, status })
      if (ours || state.c === undefined) return [ended]
      // The leg that a `dial` made has ended: the call that dialled goes on.
      const { leg: _, ...parent } = state
      return [
        ended,
        defined({
          type: 'call.step' as const,
          eventId: `${event.id}:step`,
          call: handle(state.c),
          from: state.f,
          to: state.t,
          at: facts.at,
          reference: state.r,
          awaiting: true,
          continuation: writeState(parent),
          raw: event,
        }),
      ]
    }
    case 'call.speak.ended':
      return [step(['say', 'pause'])]
    case 'call.playback.ended':
      return [step(['play'])]
    case 'conference.participant.left':
      return [step(['conference'])]
    case 'call.dtmf.received':
      if (!ours || state.w !== 'record' || state.k === undefined || state.k !== payload.digit) return unknown
      return [defined({ type: 'call.step' as const, ...facts, ...going(true, { x: 1 }) })]
    case 'call.gather.ended': {
      const digits = payload.digits ?? ''
      const hungUp = payload.status === 'call_hangup'
      const reason = hungUp
        ? 'hangup'
        : digits === '' || payload.status === 'timeout'
          ? 'timeout'
          : digits.length === state.n
            ? 'digits'
            : 'finish-key'
      return [
        defined({
          type: 'call.gathered' as const,
          ...facts,
          ...going(ours && !over.has(payload.status ?? '')),
          digits,
          reason: reason as 'digits',
        }),
      ]
    }
    case 'call.recording.saved': {
      const { recording_urls: urls, recording_started_at: start, recording_ended_at: end } = payload
      const seconds = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 1000
      return [
        defined({
          type: 'call.recorded' as const,
          ...facts,
          ...going(ours && state.w === 'record'),
          // Telnyx describes this event without the recording's id, but sends it.
          recording: handle(payload.recording_id ?? `${payload.call_leg_id}@${start}`),
          url: urls?.mp3 ?? urls?.wav ?? undefined,
          durationSeconds: Number.isNaN(seconds) ? undefined : seconds,
        }),
      ]
    }
    default:
      return unknown
  }
}
