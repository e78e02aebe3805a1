import type { DriverContext, FindContext, Page } from '@do/provider'
import type { Call, CallStatus, Recording, Telephony } from '@do/telephony'
import type { RecordingInstance } from 'twilio/lib/rest/api/v2010/account/call/recording.js'
import type { CallInstance } from 'twilio/lib/rest/api/v2010/account/call.js'
import { origin, type TwilioClient } from './client.ts'
import { codeOf } from './errors.ts'
import { tooLong, twiml } from './flow.ts'
import { callback, type TwilioOptions } from './options.ts'
import { iso, oldest, period, position, price, readPage, sid } from './read.ts'

type Client = () => Promise<TwilioClient>
type Make = Parameters<Telephony['calls']['make']>[0]
type Update = Parameters<Telephony['calls']['update']>[0]
type List = Parameters<Telephony['calls']['list']>[0]

/** Twilio could also tell when it dials and when it rings; nothing is decided then. */
const events = ['answered', 'completed']

/** https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource */
export async function make(client: Client, options: TwilioOptions, input: Make, context: DriverContext): Promise<Call> {
  const statusCallback = callback(options, { do_ref: context.reference })
  const { calls } = await client()
  const created = await calls.create({
    to: input.to,
    from: input.from as string,
    twiml: await document(options, input.flow.steps, context.reference, context.reference),
    timeout: input.timeout ?? 30,
    statusCallback,
    statusCallbackEvent: statusCallback === undefined ? undefined : events,
    record: input.record,
    recordingStatusCallback: input.record ? statusCallback : undefined,
    machineDetection: input.machineDetection ? 'Enable' : undefined,
  })
  return toCall(created, context)
}

/** The document that goes with the request itself, which may have 4,000 characters. */
async function document(options: TwilioOptions, steps: Make['flow']['steps'], seed: string, reference?: string): Promise<string> {
  const text = await twiml(steps, { options, seed, reference })
  if (text.length > 4000) throw tooLong()
  return text
}

/** Calls between the same two numbers since then: Twilio keeps nothing else that could be compared. */
export async function findMade(client: Client, { to, from }: Make, context: FindContext): Promise<Call | undefined> {
  const { calls } = await client()
  return oldest(
    context,
    (at) => calls.page({ to, from, ...at }),
    'calls',
    ({ dateCreated }) => ({ created: dateCreated, listed: dateCreated }),
    (call) => (call.direction === 'outbound-api' && call.to === to && call.from === from ? toCall(call, context) : undefined),
  )
}

export async function list(client: Client, input: NonNullable<List>, context: DriverContext): Promise<Page<Call>> {
  const { after, before, holds } = period(input)
  const { to, from, status } = input
  const filter = { to, from, status, startTimeAfter: after, startTimeBefore: before }
  const page = await (await client()).calls.page({ ...filter, ...position(input) })
  const { items, ...rest } = readPage(page, 'calls', (call) => toCall(call, context))
  return { ...rest, items: items.filter(({ createdAt }) => holds(createdAt)) }
}

export async function update(client: Client, options: TwilioOptions, input: Update, context: DriverContext): Promise<Call> {
  const text = await document(options, input.flow.steps, `${input.id}.${context.since}`)
  return toCall(await (await client()).calls(context.id(input.id)).update({ twiml: text }), context)
}

export async function end(client: Client, handle: string, context: DriverContext): Promise<Call> {
  const call = (await client()).calls(context.id(handle))
  try {
    return toCall(await call.update({ status: 'completed' }), context)
  } catch (error) {
    // It has already ended: that is what was wanted.
    if (codeOf(error) !== '21220') throw error
    return toCall(await call.fetch(), context)
  }
}

/** https://www.twilio.com/docs/voice/api/recording#start-a-new-recording-for-an-in-progress-call */
export async function record(client: Client, options: TwilioOptions, handle: string, context: DriverContext): Promise<Recording> {
  const { recordings } = (await client()).calls(context.id(handle))
  return toRecording(await recordings.create({ recordingStatusCallback: callback(options, {}) }), context)
}

export async function recordings(
  client: Client,
  input: { id: string; limit?: number | undefined; cursor?: string },
  context: DriverContext,
) {
  const page = await (await client()).calls(context.id(input.id)).recordings.page(position(input))
  return readPage(page, 'recordings', (item) => toRecording(item, context))
}

/** Those of Twilio's words that are ours, too. https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
const statuses: readonly CallStatus[] = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
]

/** `initiated` comes before the ringing; a status that is not known yet says nothing final. */
export const callStatusOf = (status: string): CallStatus => statuses.find((known) => known === status) ?? 'queued'

export function toCall(call: CallInstance, context: Pick<DriverContext, 'handle'>): Call {
  return {
    id: context.handle(sid(call.sid, 'CA')),
    direction: call.direction.startsWith('inbound') ? 'inbound' : 'outbound',
    to: call.to ?? '',
    from: call.from ?? '',
    status: callStatusOf(call.status),
    createdAt: iso(call.dateCreated),
    endedAt: iso(call.endTime),
    durationSeconds: call.duration ? Number(call.duration) : undefined,
    price: price(call.price, call.priceUnit),
    raw: call.toJSON(),
  }
}

const recordingStatuses: Readonly<Record<string, Recording['status']>> = {
  'in-progress': 'in-progress',
  paused: 'in-progress',
  completed: 'completed',
  absent: 'failed',
}

function toRecording(item: RecordingInstance, context: Pick<DriverContext, 'handle'>): Recording {
  const id = sid(item.sid, 'RE')
  return {
    id: context.handle(id),
    call: item.callSid ? context.handle(item.callSid) : undefined,
    status: recordingStatuses[item.status] ?? 'processing',
    durationSeconds: item.duration ? Number(item.duration) : undefined,
    url: `${origin}/2010-04-01/Accounts/${item.accountSid}/Recordings/${id}`,
    createdAt: iso(item.dateCreated),
    raw: item.toJSON(),
  }
}
