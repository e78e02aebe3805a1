import type { DriverContext, WebhookRequest } from '@do/provider'
import type { TelephonyEvent } from '@do/telephony'
import { callStatusOf } from './calls.ts'
import type { TwilioOptions } from './options.ts'
import { verify } from './webhooks.ts'

/** https://www.twilio.com/docs/usage/webhooks/voice-webhooks */
export const callEvents =
  (options: TwilioOptions) =>
  async (request: WebhookRequest, context: Pick<DriverContext, 'handle'>): Promise<readonly TelephonyEvent[]> => {
    const { fields, query, digest, raw } = await verify(request, options)
    const get = (name: string) => fields.get(name) || undefined
    const callSid = get('CallSid')
    const status = get('CallStatus')
    const recording = get('RecordingSid')
    const on = query.get('do_on')
    const unknown = async () => [{ type: 'unknown' as const, eventId: `unknown.${await digest()}`, raw }]
    if (callSid === undefined) return unknown()

    const base = {
      call: context.handle(callSid),
      from: get('From'),
      to: get('To'),
      at: instant(get('Timestamp')),
      reference: query.get('do_ref') ?? undefined,
      raw,
    }
    const waiting = { ...base, awaiting: true, continuation: query.get('do_flow') ?? undefined }
    const step = query.get('do_step')

    if (get('RecordingStatus') !== undefined && recording !== undefined) {
      if (get('RecordingStatus') !== 'completed') return unknown()
      const more = { url: get('RecordingUrl'), durationSeconds: seconds(get('RecordingDuration')) }
      const eventId = `${recording}.completed`
      return [{ type: 'call.recorded', eventId, ...base, ...more, awaiting: false, recording: context.handle(recording) }]
    }
    if (status === undefined) return unknown()
    if (get('CallbackSource') === 'call-progress-events') {
      const eventId = `${callSid}.${status}.${get('SequenceNumber') ?? ''}`
      const durationSeconds = seconds(get('CallDuration'))
      return [{ type: 'call.status', eventId, ...base, durationSeconds, awaiting: false, status: callStatusOf(status) }]
    }
    if (on === 'gather' || get('msg') === 'Gather End') {
      const digits = fields.get('Digits') ?? ''
      const reason = get('FinishedOnKey') !== undefined ? 'finish-key' : digits === '' ? 'timeout' : 'digits'
      return [{ type: 'call.gathered', eventId: `${callSid}.gather.${step ?? (await digest())}`, ...waiting, digits, reason }]
    }
    if (recording !== undefined) return [{ type: 'call.step', eventId: `${recording}.action`, ...waiting }]
    if (status === 'ringing' && get('Direction') === 'inbound') {
      return [{ type: 'call.incoming', eventId: `${callSid}.incoming`, ...waiting }]
    }
    // Twilio wants instructions for another reason: a redirect led here, or a dialled call has ended.
    return [{ type: 'call.step', eventId: `${callSid}.step.${await digest()}`, ...waiting }]
  }

const seconds = (text: string | undefined) => (text === undefined ? undefined : Number(text))

function instant(text: string | undefined): string | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
