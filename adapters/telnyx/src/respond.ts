import type { CallFlow, TelephonyEvent } from '@do/telephony'
import type { Telnyx } from 'telnyx'
import { proven, rows } from './client.ts'
import { readFault } from './errors.ts'
import { type Command, nextCommand } from './flow.ts'
import { type CallState, readState, writeState } from './state.ts'

/** Sends one command to a call. */
export async function send(telnyx: Telnyx, call: string, { action, body }: Command): Promise<void> {
  if (action === 'open') return enter(telnyx, call, body)
  const answer = (await telnyx.post(`/calls/${encodeURIComponent(call)}/actions/${action}`, { body })) as {
    data?: { result?: string }
  } | null
  proven(answer?.data, 'result')
}

/** A conference is opened by its first caller and joined by the others. */
async function enter(telnyx: Telnyx, call: string, { name, ...ids }: Command['body']): Promise<void> {
  const filter = { name, status: 'in_progress' }
  const { items } = await rows<{ id?: string; name?: string; status?: string }>(telnyx, '/conferences', { filter })
  const open = items.find((item) => item.name === name && item.status !== 'completed')
  if (open?.id === undefined) {
    const { data } = await telnyx.conferences.create({ call_control_id: call, name: name as string, ...ids })
    proven(data, 'id')
  } else {
    const { data } = await telnyx.conferences.actions.join(open.id, { call_control_id: call, ...ids })
    proven(data, 'result')
  }
}

/** What an event calls for: the command of the next step, or none. */
export function reply(event: TelephonyEvent, flow: CallFlow | undefined): Command | undefined {
  if (event.type === 'unknown') return undefined
  const state = readState(event.continuation)
  const ids = (more: CallState) => ({
    client_state: writeState({ ...state, x: undefined, k: undefined, ...more }),
    command_id: event.eventId,
  })
  if (event.type === 'call.incoming') {
    const first = flow?.steps[0]
    if (flow === undefined || first === undefined) return undefined
    // Neither of them wants the call to be answered first.
    if (first.verb === 'reject' || first.verb === 'hangup') return nextCommand({ ...state, s: flow.steps }, event.eventId)
    return { action: 'answer', body: ids({ s: flow.steps }) }
  }
  if (flow === undefined && !event.awaiting) return undefined
  if (flow === undefined && state.x === 1) return { action: 'record_stop', body: ids({}) }
  return nextCommand(
    { c: undefined, t: event.to, f: event.from, r: event.reference, ...state, s: flow?.steps ?? state.s },
    event.eventId,
  )
}

/** A call that has ended meanwhile needs no answer any more. */
export async function respond(telnyx: Telnyx, call: string, command: Command): Promise<void> {
  try {
    await send(telnyx, call, command)
  } catch (error) {
    if (readFault(error).vendorCode !== '90018') throw error
  }
}
