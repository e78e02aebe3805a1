import { type DriverCalls, type DriverContext, type FindContext, refuse } from '@do/provider'
import type { Call, Recording, telephony } from '@do/telephony'
import { callStatusOf, endStatusOf } from './call-events.ts'
import { fits, pack } from './carry.ts'
import type { Connection } from './client.ts'
import { PlivoFault } from './request.ts'
import type { SdkCallRecord, SdkLiveCall, SdkRecording } from './sdk.ts'
import { bare, e164, filterTime, instant, must, pageOf, pageSize, plain, position, price, sameNumber, withQuery } from './wire.ts'

const day = 86_400_000
const skew = 5_000

type Handles = Pick<DriverContext, 'handle'>
type Operations = NonNullable<DriverCalls<typeof telephony.operations>['calls']>
type MakeInput = Parameters<NonNullable<Operations['make']>>[0]

export function callOperations(plivo: () => Promise<Connection>, webhookUrl: string | undefined) {
  const url = (query: Readonly<Record<string, string | undefined>>) =>
    webhookUrl === undefined ? '' : fits(withQuery(webhookUrl, query))

  /** Plivo has three places for a call: ended ones in the records, live ones, and those that wait to be dialled. */
  async function get(id: string, context: Handles): Promise<Call> {
    const { api } = await plivo()
    const record = await orGone(api.calls.get(id))
    if (record !== undefined) return ofRecord(record, context)
    const live = await orGone(api.calls.getLiveCall(id))
    return ofLive(live ?? (await api.calls.getQueuedCall(id)), context)
  }

  async function end(id: string, context: Handles): Promise<Call> {
    const { api } = await plivo()
    const live = await orGone(api.calls.getLiveCall(id))
    const call = live ?? (await orGone(api.calls.getQueuedCall(id)))
    if (call === undefined) return get(id, context)
    const stopped = await orGone(live === undefined ? api.calls.cancel(id) : api.calls.hangup(id))
    // A queued call that has left the queue is dialled now.
    if (stopped === undefined && live === undefined) return end(id, context)
    // A live one that has ended by itself: its record tells how, once it is there.
    const record = stopped === undefined ? await orGone(api.calls.get(id)) : undefined
    if (record !== undefined) return ofRecord(record, context)
    return { ...ofLive(call, context), status: callStatusOf(call.callStatus) === 'in-progress' ? 'completed' : 'canceled' }
  }

  const operations = {
    async make(input, context) {
      const { to, flow, timeout = 30, record, machineDetection } = input
      const from = input.from as string
      const do_ref = context.reference
      const do_flow = await pack({ steps: flow.steps, ...(record ? { record } : {}) })
      const answerUrl = url({ do_ev: 'answer', do_ref, do_flow })
      const { api } = await plivo()
      const answer = await api.calls.create(bare(from), bare(to), answerUrl, {
        answer_method: 'POST',
        hangup_url: url({ do_ev: 'hangup', do_ref }),
        hangup_method: 'POST',
        ring_url: url({ do_ev: 'ring', do_ref }),
        ring_method: 'POST',
        ring_timeout: timeout,
        ...(machineDetection
          ? {
              machine_detection: 'true',
              machine_detection_url: url({ do_ev: 'machine', do_ref }),
              machine_detection_method: 'POST',
            }
          : {}),
      })
      // The request's id is the call's id as well: live calls and webhooks show the same one under both names.
      const id = must([answer.requestUuid].flat()[0], 'request id')
      return { id: context.handle(id), direction: 'outbound', to, from, status: 'queued', raw: plain(answer) }
    },
    get: (handle, context) => get(context.id(handle), context),
    async list({ since, until, to, from, status, limit, cursor }, context) {
      const { api } = await plivo()
      const at = position(cursor)
      const now = context.clock.now()
      // Plivo searches by the end of a call, which comes up to a day after its start, in windows of 30 days.
      const latest = at.until ?? (until === undefined ? now : Math.min(now, Date.parse(until) + day)) + skew
      const earliest = since === undefined ? latest - 29 * day : Date.parse(since)
      if (at.until === undefined && latest - earliest > 30 * day) {
        throw refuse(
          'range_too_long',
          'Plivo lists calls of at most 30 days at a time. Give "since" and "until" no further apart than 29 days.',
          {
            field: 'since',
          },
        )
      }
      const list = await api.calls.list({
        limit: pageSize(limit),
        offset: at.offset,
        end_time__gte: filterTime(earliest),
        end_time__lte: filterTime(latest),
        ...(to === undefined ? {} : { to_number: bare(to) }),
        ...(from === undefined ? {} : { from_number: bare(from) }),
      })
      const items = list
        .map((item) => ofRecord(item, context))
        .filter((call) => {
          const begun = Date.parse(call.createdAt ?? '')
          return (
            (status === undefined || call.status === status) &&
            (to === undefined || call.to === to) &&
            (from === undefined || call.from === from) &&
            !(since !== undefined && begun < Math.floor(Date.parse(since) / 1000) * 1000) &&
            !(until !== undefined && begun > Date.parse(until))
          )
        })
      return pageOf(list, { ...at, until: at.until ?? latest }, items)
    },
    async update({ id: handle, flow }, context) {
      const id = context.id(handle)
      const { api } = await plivo()
      const do_flow = await pack({ steps: flow.steps })
      const aleg_url = url({ do_ev: 'transfer', do_id: crypto.randomUUID().slice(0, 8), do_flow })
      const live = ofLive(await api.calls.getLiveCall(id), context)
      const answer = await api.calls.transfer(id, { legs: 'aleg', aleg_url, aleg_method: 'POST' })
      must(answer.message, 'message')
      return live
    },
    end: (handle, context) => end(context.id(handle), context),
    async record({ id: handle, maxSeconds = 14_400 }, context) {
      const id = context.id(handle)
      const { api } = await plivo()
      const callback = webhookUrl === undefined ? {} : { callback_url: url({ do_ev: 'record' }), callback_method: 'POST' }
      const answer = await api.calls.record(id, { time_limit: maxSeconds, ...callback })
      const recording = context.handle(must(answer.recordingId, 'recording id'))
      return {
        id: recording,
        call: handle,
        status: 'in-progress',
        ...(answer.url ? { url: answer.url } : {}),
        raw: plain(answer),
      }
    },
    async recordings({ id: handle, limit, cursor }, context) {
      const { api } = await plivo()
      const at = position(cursor)
      const list = await api.recordings.list({ call_uuid: context.id(handle), limit: pageSize(limit), offset: at.offset })
      return pageOf(
        list,
        at,
        list.map((item) => ofRecording(item, context)),
      )
    },
  } satisfies Operations

  /** Without a reference at Plivo: an unclaimed call between the same two numbers since then, live, queued or ended. */
  async function find({ to, from }: MakeInput, context: FindContext): Promise<Call | undefined> {
    const { api } = await plivo()
    const since = Math.floor((context.since - skew) / 1000) * 1000
    const fits = (call: Call) =>
      call.direction === 'outbound' &&
      sameNumber(call.to, to) &&
      sameNumber(call.from, from) &&
      // A queued call has no time yet; it was certainly not made long ago.
      (call.createdAt === undefined || Date.parse(call.createdAt) >= since)
    const places = [
      { calls: await api.calls.listLiveCalls({}), read: (id: string) => api.calls.getLiveCall(id) },
      { calls: await api.calls.listQueuedCalls(), read: (id: string) => api.calls.getQueuedCall(id) },
    ]
    for (const { calls, read } of places) {
      for (const { callUuid } of calls) {
        if (await context.claimed(context.handle(callUuid))) continue
        const live = await orGone(read(callUuid))
        if (live === undefined) continue
        const call = ofLive(live, context)
        if (fits(call)) return call
      }
    }
    const found: Call[] = []
    for (let offset = 0; ; ) {
      const list = await api.calls.list({ limit: 20, offset, end_time__gte: filterTime(since) })
      found.push(...list.map((item) => ofRecord(item, context)).filter(fits))
      offset += list.length
      if (!list.meta?.next || list.length === 0) break
    }
    for (const call of found.reverse()) if (!(await context.claimed(call.id))) return call
    return undefined
  }

  return { operations, find }
}

/** Undefined where Plivo does not know the thing (any more). */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof PlivoFault && error.status === 404) return undefined
    throw error
  }
}

function ofRecord(record: SdkCallRecord, { handle }: Handles): Call {
  const [createdAt, answeredAt, endedAt] = [record.initiationTime, record.answerTime, record.endTime].map(instant)
  const seconds = Number(record.callDuration ?? Number.NaN)
  return {
    id: handle(must(record.callUuid, 'call id')),
    direction: record.callDirection === 'inbound' ? 'inbound' : 'outbound',
    to: e164(must(record.toNumber, 'called number')),
    from: e164(record.fromNumber ?? ''),
    status: endStatusOf(answeredAt !== undefined, String(record.hangupCauseCode ?? '')),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(answeredAt === undefined ? {} : { answeredAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(Number.isNaN(seconds) ? {} : { durationSeconds: seconds }),
    ...price(record.totalAmount),
    raw: plain(record),
  }
}

function ofLive(call: SdkLiveCall, { handle }: Handles): Call {
  const createdAt = instant(call.sessionStart)
  return {
    id: handle(must(call.callUuid, 'call id')),
    direction: call.direction === 'inbound' ? 'inbound' : 'outbound',
    to: e164(must(call.to, 'called number')),
    from: e164(call.from ?? ''),
    status: callStatusOf(call.callStatus),
    ...(createdAt === undefined ? {} : { createdAt }),
    raw: plain(call),
  }
}

function ofRecording(recording: SdkRecording, { handle }: Handles): Recording {
  const createdAt = instant(recording.addTime)
  const ms = Number(recording.recordingDurationMs ?? Number.NaN)
  return {
    id: handle(must(recording.recordingId, 'recording id')),
    ...(recording.callUuid ? { call: handle(recording.callUuid) } : {}),
    // Plivo lists a recording when it is there.
    status: 'completed',
    ...(Number.isNaN(ms) ? {} : { durationSeconds: ms / 1000 }),
    ...(recording.recordingUrl ? { url: recording.recordingUrl } : {}),
    ...(createdAt === undefined ? {} : { createdAt }),
    raw: plain(recording),
  }
}
