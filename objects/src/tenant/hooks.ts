import { notFound, type RequestContext } from '@do/core/full'
import { subjectOf } from '@do/payments'
import { consentIn, laterStatus, type SmsEvent, segments } from '@do/sms'
import { type CallFlow, callFlow, laterCallStatus, type TelephonyEvent, toResponse } from '@do/telephony'
import { learn, type MoneyEvent } from '../money/learn.ts'
import { plain } from '../money/wire.ts'
import { type InterfaceName, isInterface, readConfig } from './config.ts'
import { optOuts, type TenantEvent } from './live.ts'
import type { CallRecord, EventRecord, MessageRecord, Stored } from './records.ts'
import { choose, scriptAt } from './script.ts'
import type { Tenant } from './tenant.ts'
import { withStatus } from './undertaking.ts'

type CallEvent = Exclude<TelephonyEvent, { type: 'unknown' }>

/** Where vendors report. The signature on the raw bytes is what lets them in. */
export function hookRoutes(tenant: Tenant): void {
  for (const method of ['POST', 'GET']) {
    // An account may have several endpoints (Stripe: its own and its sellers' events), told apart by what follows.
    for (const path of ['/hooks/:interface/:instance', '/hooks/:interface/:instance/*'])
      tenant.route(method, path, (context) => receive(tenant, context))
  }
}

async function receive(tenant: Tenant, { request, params }: RequestContext): Promise<Response> {
  const name = params.interface
  if (!isInterface(name)) throw notFound('This webhook')
  const live = await tenant.live()
  const events = await live.receive(name, request)
  let answer: EventRecord['answer']
  for (const event of events) {
    const instance = handleOf(event)?.split(':', 1)[0] ?? (params.instance as string)
    answer = (await take(tenant, name, instance, event)) ?? answer
  }
  return answer === undefined ? new Response(null, { status: 204 }) : toResponse(answer)
}

/** Takes in an event once; a repeated delivery changes nothing and gets the same answer. */
async function take(tenant: Tenant, name: InterfaceName, instance: string, event: TenantEvent): Promise<EventRecord['answer']> {
  const id = `${instance}/${name}/${event.eventId}`
  const seen = tenant.events.get(id)
  if (seen === undefined) {
    const { raw: _, ...kept } = event as TenantEvent & { raw?: unknown }
    const about = handleOf(event)
    tenant.transaction(() => {
      tenant.events.insert(
        {
          provider: instance,
          interface: name,
          type: event.type,
          ...(about === undefined ? {} : { about }),
          receivedAt: tenant.now(),
          event: plain(kept),
        },
        { id },
      )
      apply(tenant, event)
    })
    if (event.type === 'message.received') await keepConsent(tenant, instance, event)
  }
  if (!('awaiting' in event) || !event.awaiting) return undefined
  if (seen?.answer !== undefined) return seen.answer
  const flow = nextFlow(tenant, event)
  const answer = await (await tenant.live()).telephony.respond({
    event,
    ...(flow === undefined ? {} : { flow: { steps: [...flow.steps] } }),
  })
  tenant.events.update(id, { answer })
  return answer
}

function apply(tenant: Tenant, event: TenantEvent): void {
  if (event.type === 'message.status') applyMessageStatus(tenant, event)
  else if (event.type === 'message.received') receiveMessage(tenant, event)
  else if (event.type === 'unknown') tenant.note('runtime', 'event.unknown')
  else if (event.type.startsWith('call.')) applyCallEvent(tenant, event as CallEvent)
  // What has become of money is read from the vendor, not believed from a webhook that may be old: a job, so that it is not lost.
  else learn(tenant, event as MoneyEvent)
}

/** A report may overtake the answer of the request that caused it: it waits among the events, and counts once that is known. */
export function applyEarlyEvents(tenant: Tenant, handle: string): void {
  const early = tenant.events.list({ where: { about: handle }, orderBy: '$createdAt', limit: 100 })
  for (const { event } of early.items) apply(tenant, event as TenantEvent)
}

function applyMessageStatus(tenant: Tenant, event: Extract<SmsEvent, { type: 'message.status' }>): void {
  const known = tenant.messages.list({ where: { handle: event.message }, limit: 1 }).items[0]
  if (known === undefined || known.status === 'pending' || known.status === 'unknown') return
  const status = laterStatus(known.status, event.status)
  if (status === known.status) return
  const change = { ...withStatus(tenant, known, status), ...(event.failure === undefined ? {} : { failure: event.failure }) }
  tenant.messages.update(known.$id, change as Partial<MessageRecord>)
}

function receiveMessage(tenant: Tenant, event: Extract<SmsEvent, { type: 'message.received' }>): void {
  const { encoding, count } = segments(event.body)
  tenant.messages.insert({
    direction: 'inbound',
    to: event.to,
    from: event.from,
    body: event.body,
    ...(event.media === undefined ? {} : { media: event.media }),
    status: 'received',
    handle: event.message,
    provider: event.message.split(':', 1)[0] as string,
    segments: count,
    encoding,
    trail: [],
    history: [{ status: 'received', at: tenant.now() }],
  })
}

async function keepConsent(
  tenant: Tenant,
  provider: string,
  event: Extract<SmsEvent, { type: 'message.received' }>,
): Promise<void> {
  const consent = event.consent ?? consentIn(event.body)
  if (consent === undefined) return
  if (consent === 'stop') await optOuts(tenant).add(event.from, { provider, at: tenant.clock.now() })
  else await optOuts(tenant).remove(event.from)
  tenant.note(`vendor:${provider}`, consent === 'stop' ? 'recipient.opted_out' : 'recipient.opted_in')
}

function applyCallEvent(tenant: Tenant, event: CallEvent): void {
  const known = callOf(tenant, event.call)
  if (event.type === 'call.incoming') {
    if (known === undefined) tenant.calls.insert(incomingRecord(tenant, event))
    return
  }
  if (known === undefined || known.status === 'pending' || known.status === 'unknown') return
  const change = changeOf(tenant, known, event)
  if (change !== undefined) tenant.calls.update(known.$id, change)
}

function changeOf(tenant: Tenant, known: Stored<CallRecord>, event: CallEvent): Partial<CallRecord> | undefined {
  switch (event.type) {
    case 'call.status': {
      if (known.status === 'pending' || known.status === 'unknown') return undefined
      const status = laterCallStatus(known.status, event.status)
      const length = event.durationSeconds === undefined ? {} : { durationSeconds: event.durationSeconds }
      return { ...withStatus(tenant, known, status), ...length }
    }
    case 'call.gathered': {
      const choice = choose(scriptAt(known.script, known.path), event.digits)
      return { digits: [...known.digits, event.digits], ...(choice === undefined ? {} : { path: [...known.path, choice] }) }
    }
    case 'call.recorded': {
      if (known.recordings.some(({ handle }) => handle === event.recording)) return undefined
      const { recording: handle, url, durationSeconds } = event
      const recording = {
        handle,
        ...(url === undefined ? {} : { url }),
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
      }
      return { recordings: [...known.recordings, recording] }
    }
    default:
      return undefined
  }
}

function incomingRecord(tenant: Tenant, event: Extract<CallEvent, { type: 'call.incoming' }>): CallRecord {
  return {
    direction: 'inbound',
    to: event.to ?? '',
    ...(event.from === undefined ? {} : { from: event.from }),
    status: 'ringing',
    handle: event.call,
    provider: event.call.split(':', 1)[0] as string,
    // Who has said nothing about incoming calls takes none.
    script: readConfig(tenant).incoming ?? { flow: { steps: callFlow().reject().steps } },
    path: [],
    digits: [],
    recordings: [],
    trail: [],
    history: [{ status: 'ringing', at: tenant.now() }],
  }
}

/** What the vendor shall do now; nothing new means: go on with what it has. */
function nextFlow(tenant: Tenant, event: CallEvent): CallFlow | undefined {
  const record = callOf(tenant, event.call)
  if (record === undefined) return undefined
  if (event.type === 'call.incoming') return record.script.flow
  if (event.type !== 'call.gathered') return undefined
  // The digits have already moved the call along its script, unless no branch was named for them.
  const before = record.path.slice(0, -1)
  const moved = record.path.length > 0 && choose(scriptAt(record.script, before), event.digits) === record.path.at(-1)
  return moved ? scriptAt(record.script, record.path)?.flow : undefined
}

function callOf(tenant: Tenant, handle: string): Stored<CallRecord> | undefined {
  return tenant.calls.list({ where: { handle }, limit: 1 }).items[0]
}

function handleOf(event: TenantEvent): string | undefined {
  if ('message' in event) return event.message
  return 'call' in event ? event.call : subjectOf(event)?.id
}
