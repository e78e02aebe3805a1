import { type DriverCalls, type FindContext, refuse } from '@do/provider'
import type { Call, CallFlow, CallStatus, Recording, telephony } from '@do/telephony'
import type { Telnyx } from 'telnyx'
import { hangupCauses } from './call-events.ts'
import { answered, defined, everyRow, instant, proven, rows } from './client.ts'
import { readFault, renamed } from './errors.ts'
import { nextCommand } from './flow.ts'
import { send } from './respond.ts'
import { readState, writeState } from './state.ts'
import type { TelnyxTelephonyOptions } from './telephony.ts'

type Calls = DriverCalls<(typeof telephony)['operations']['calls']>

interface CallData {
  readonly call_control_id: string
  readonly call_leg_id?: string
  readonly client_state?: string
  readonly is_alive?: boolean
  readonly start_time?: string
  readonly end_time?: string
  readonly call_duration?: number
}

interface CallEvent {
  readonly name?: string
  readonly event_timestamp?: string
  readonly call_leg_id?: string
  /** The raw event is somewhere in here; Telnyx does not describe where. */
  readonly metadata?: unknown
}

interface RecordingData {
  readonly id?: string
  readonly call_control_id?: string
  readonly status?: string
  readonly duration_millis?: number
  readonly download_urls?: { readonly mp3?: string; readonly wav?: string }
  readonly recording_started_at?: string
}

export interface MakeInput {
  readonly to: string
  readonly from?: string | undefined
  readonly flow: CallFlow
  readonly timeout?: number | undefined
  readonly record?: boolean | undefined
  readonly machineDetection?: boolean | undefined
}

/** The first text under this name, however deep. */
function deep(value: unknown, name: string, depth = 5): string | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined
  const own = (value as Record<string, unknown>)[name]
  if (typeof own === 'string') return own
  for (const inner of Object.values(value)) {
    const hit = deep(inner, name, depth - 1)
    if (hit !== undefined) return hit
  }
  return undefined
}

/** Telnyx shows a call without its numbers and without how it ended: our own state and its event log say the rest. */
function callOf(data: CallData, id: string, events: readonly CallEvent[]): Call {
  const state = readState(data.client_state)
  const event = (name: string) => events.find((candidate) => candidate.name === name)
  const begun = event('call.initiated')
  const connected = event('call.answered')
  const inbound = state.i === 1 || deep(begun?.metadata, 'direction') === 'incoming'
  const ended = instant(data.end_time)
  const cause = deep(event('call.hangup')?.metadata, 'hangup_cause')
  const talked = connected !== undefined || state.w !== undefined || (data.call_duration ?? 0) > 0
  const end: CallStatus = (cause === undefined ? undefined : hangupCauses[cause]) ?? (talked ? 'completed' : 'failed')
  const now: CallStatus = talked ? 'in-progress' : data.is_alive === true || begun !== undefined ? 'ringing' : 'queued'
  return defined({
    id,
    direction: inbound ? ('inbound' as const) : ('outbound' as const),
    to: state.t ?? deep(begun?.metadata, 'to') ?? '',
    from: state.f ?? deep(begun?.metadata, 'from') ?? '',
    status: ended === undefined ? now : end,
    createdAt: instant(data.start_time),
    answeredAt: instant(connected?.event_timestamp),
    endedAt: ended,
    durationSeconds: ended === undefined ? undefined : data.call_duration,
    raw: data,
  })
}

export function callOperations(client: () => Promise<Telnyx>, { connectionId, webhookUrl }: TelnyxTelephonyOptions) {
  const read = async (telnyx: Telnyx, id: string, handle: (id: string) => string): Promise<Call> => {
    const { data } = await telnyx.calls.retrieveStatus(id)
    const call = proven(data as CallData | undefined, 'call_control_id')
    const { items } = await rows<CallEvent>(telnyx, '/call_events', { filter: { leg_id: call.call_leg_id } })
    return callOf(call, handle(id), items)
  }

  const made = (data: CallData, input: MakeInput, handle: (id: string) => string): Call =>
    defined({
      id: handle(data.call_control_id),
      direction: 'outbound' as const,
      to: input.to,
      from: input.from ?? '',
      status: 'queued' as const,
      createdAt: instant(data.start_time),
      raw: data,
    })

  const operations = {
    make: async (input, { key, reference, handle }) => {
      const telnyx = await client()
      const { to, from = '', flow, timeout, record, machineDetection } = input
      try {
        const { data } = await telnyx.calls.dial(
          defined({
            connection_id: connectionId,
            to,
            from,
            command_id: key,
            client_state: writeState({ r: reference, t: to, f: from, s: flow.steps }),
            timeout_secs: timeout,
            webhook_url: webhookUrl,
            ...(record === true
              ? ({ record: 'record-from-answer', record_format: 'mp3', record_channels: 'single' } as const)
              : {}),
            answering_machine_detection: machineDetection === true ? ('detect' as const) : undefined,
          }),
        )
        return made(proven(data as CallData | undefined, 'call_control_id'), input, handle)
      } catch (error) {
        throw answered(error, 403) && readFault(error).field === 'from' ? renamed(error, 'dial:from') : error
      }
    },
    get: async (input, { id, handle }) => read(await client(), id(input), handle),
    update: async (input, { id, handle }) => {
      const telnyx = await client()
      const call = id(input.id)
      const before = await read(telnyx, call, handle)
      const state = readState((before.raw as CallData).client_state)
      if (state.w === 'gather') await telnyx.calls.actions.stopGather(call, {})
      const facts = {
        ...state,
        c: call,
        t: before.to,
        f: before.from,
        i: before.direction === 'inbound' ? (1 as const) : undefined,
      }
      const { action, body } = nextCommand({ ...facts, s: input.flow.steps }, crypto.randomUUID())
      const stops = action === 'speak' || action === 'playback_start'
      await send(telnyx, call, { action, body: stops ? { ...body, stop: 'all' } : body })
      return before
    },
    end: async (input, { id, handle }) => {
      const telnyx = await client()
      try {
        await telnyx.calls.actions.hangup(id(input), {})
      } catch (error) {
        if (readFault(error).vendorCode !== '90018') throw error
      }
      return read(telnyx, id(input), handle)
    },
    record: async (input, { id, handle }) => {
      const call = id(input.id)
      const body = defined({
        format: 'mp3' as const,
        channels: 'single' as const,
        max_length: input.maxSeconds,
        command_id: crypto.randomUUID(),
      })
      const answer = await (await client()).calls.actions.startRecording(call, body)
      proven(answer.data, 'result')
      // Telnyx names a recording only once it is saved.
      return { id: handle(`in-progress@${call}`), call: handle(call), status: 'in-progress' as const, raw: answer.data }
    },
    recordings: async ({ id: call, limit, cursor }, { id, handle }) => {
      const number = Number(cursor ?? 1)
      const filter = { call_control_id: id(call) }
      const page = await rows<RecordingData>(await client(), '/recordings', { filter }, number, Math.min(limit ?? 250, 250))
      const items = page.items.map((item) => recordingOf(item, call, handle))
      return page.more ? { items, cursor: String(number + 1) } : { items }
    },
  } satisfies Calls

  /** Looks among the calls under way, then in the event log, which also has those that have ended. */
  const find = async (input: MakeInput, context: FindContext): Promise<Call | undefined> => {
    const telnyx = await client()
    const ours = (state: unknown) => readState(state).r === context.reference
    for await (const call of everyRow<CallData>(telnyx, `/connections/${connectionId}/active_calls`, {})) {
      if (ours(call.client_state)) return made(proven(call, 'call_control_id'), input, context.handle)
    }
    const filter = {
      type: 'webhook',
      name: 'call.initiated',
      to: input.to,
      occurred_at: { gte: new Date(context.since - 5_000).toISOString() },
    }
    for await (const event of everyRow<CallEvent>(telnyx, '/call_events', { filter })) {
      const callId = deep(event.metadata, 'call_control_id')
      if (callId !== undefined && ours(deep(event.metadata, 'client_state'))) return read(telnyx, callId, context.handle)
    }
    return undefined
  }

  return { operations, find }
}

export function checkCalls(operation: string, input: MakeInput): void {
  if (operation !== 'calls.make' || input.from !== undefined) return
  throw refuse('sender_required', 'Telnyx needs a number to call from: give "from", or configure senders.', {
    field: 'from',
    elsewhere: true,
  })
}

function recordingOf(item: RecordingData, call: string, handle: (id: string) => string): Recording {
  const { id } = proven(item, 'id')
  return defined({
    id: handle(id as string),
    call,
    // Telnyx lists a recording only once it is complete.
    status: 'completed' as const,
    durationSeconds: item.duration_millis === undefined ? undefined : item.duration_millis / 1000,
    url: item.download_urls?.mp3 ?? item.download_urls?.wav,
    createdAt: instant(item.recording_started_at),
    raw: item,
  })
}
