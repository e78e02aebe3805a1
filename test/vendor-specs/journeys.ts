import type { SmsTwin, TelephonyTwin, TwinFault } from '@do/conformance'
import { OutcomeUnknownError, ProviderError, parseHandle } from '@do/provider'
import type { Sms } from '@do/sms'
import { type CallFlow, callFlow, type Telephony, type TelephonyEvent, toResponse } from '@do/telephony'
import { expect } from 'vitest'
import { type Checked, checked } from './checked.ts'
import type { VendorSpec } from './checker.ts'

export type AnyTwin = SmsTwin & TelephonyTwin

/** Where an adapter finds its vendor in these tests. */
export interface Place {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly clock: AnyTwin['clock']
  readonly webhookUrl?: string
}

export interface Vendor {
  readonly spec: VendorSpec
  readonly twin: AnyTwin
  readonly sms: (place: Place) => Sms
  readonly telephony: (place: Place) => Telephony
}

export const someone = '+14155550199'
const picture = 'https://files.example.com/picture.jpg'
const idOf = (handle: string) => parseHandle(handle).id

export interface Scene extends Vendor {
  readonly watch: Checked
  readonly place: Place
}

/** A reset twin with the checker between it and whoever calls it. */
export function scene(vendor: Vendor): Scene {
  vendor.twin.reset()
  const { twin } = vendor
  const watch = checked(twin.fetch, vendor.spec)
  return {
    ...vendor,
    watch,
    place: {
      baseUrl: twin.baseUrl,
      fetch: watch.fetch,
      clock: twin.clock,
      webhookUrl: twin.webhookUrl ?? 'https://hooks.example.com/vendor',
    },
  }
}

/** Every operation of `@do/sms`, and each webhook. */
export async function smsJourney({ twin, sms: make, watch, place }: Scene): Promise<void> {
  const sms = make(place)
  const types: string[] = []
  twin.connect(
    watch.receiver(async (request) => {
      types.push(...(await sms.receive(request)).map(({ type }) => type))
      return new Response(null, { status: 204 })
    }),
  )
  const from = twin.sender
  const sent = await sms.send({ from, to: someone, body: 'Hello' })
  await sms.send({ from, to: someone, body: 'Grüße ✓ '.repeat(30) })
  if (sms.supports('mms')) await sms.send({ from, to: someone, body: '', media: [picture] })
  if (sms.supports('alphanumeric-sender')) await sms.send({ from: 'Acme', to: '+491701234567', body: 'Hallo' })
  const instant = (ms: number) => new Date(twin.clock.now() + ms).toISOString()
  if (sms.supports('schedule')) {
    const later = await sms.send({ from, to: someone, body: 'Later', sendAt: instant(7_200_000) })
    await sms.get(later.id)
    if (sms.supports('cancel')) expect((await sms.cancel(later.id)).status).toBe('canceled')
  }
  for (let i = 0; i < 45; i++) await sms.send({ from, to: '+14155550188', body: `Page ${i}` })
  await sms.get(sent.id)
  await twin.deliver(idOf(sent.id), 'sent')
  await twin.deliver(idOf(sent.id), 'delivered')
  const lost = await sms.send({ from, to: '+14155550177', body: 'Lost' })
  await twin.deliver(idOf(lost.id), 'undelivered')
  await sms.get(lost.id)
  const broken = await sms.send({ from, to: '+14155550176', body: 'Broken' })
  await twin.deliver(idOf(broken.id), 'failed')
  const inbound = await twin.inbound({ from: someone, body: 'Hi', media: [picture] })
  await twin.inbound({ from: someone, body: 'Plain' })
  await twin.unknownEvent()
  twin.clock.advance(60_000)
  await sms.get(`${sms.name}:${inbound}`)
  await drain(sms.list())
  await drain(sms.list({ since: instant(-3_600_000), until: instant(60_000), to: someone, from, limit: 20 }))
  expect(await sms.list({ to: '+14155550188' }).page()).toBeTruthy()
  await twin.inbound({ from: someone, body: 'STOP' })
  // Some vendors say so at once, others only in the message's own record.
  await sms.send({ from, to: someone, body: 'Hello' }).catch(unlessRefused)
  await refused(sms.get(nobody(sent.id)))
  expect(types).toEqual(expect.arrayContaining(['message.status', 'message.received', 'unknown']))
}

/** Every number operation of `@do/telephony`. */
export async function numbersJourney({ twin, telephony: make, place }: Scene): Promise<void> {
  const numbers = make(place).numbers
  const found = (await numbers.search({ country: 'US', areaCode: '415', features: ['voice', 'sms'], limit: 5 }).page()).items
  await drain(numbers.search({ country: 'US', contains: '55', limit: 3 }))
  await drain(numbers.search({ country: 'US', type: 'toll-free', limit: 3 }))
  await drain(numbers.search({ country: 'GB', type: 'mobile', limit: 3 }))
  const [first, second] = found
  if (first === undefined || second === undefined) throw new Error('The twin sells no numbers in 415.')
  const urls = { callUrl: 'https://hooks.example.com/calls', messageUrl: 'https://hooks.example.com/messages' }
  const bought = await numbers.buy({ id: first.id, label: 'Main line', ...urls })
  await numbers.buy({ id: second.id })
  await refused(numbers.buy({ id: first.id }))
  twin.clock.advance(60_000)
  await drain(numbers.list())
  await drain(numbers.list({ contains: bought.number.slice(-4), limit: 1 }))
  const [owned] = (await numbers.list({ contains: bought.number.slice(1) }).page()).items
  const id = owned?.id ?? bought.id
  await numbers.get(id)
  await numbers.configure({ id, label: 'Second line', callUrl: 'https://hooks.example.com/other' })
  await numbers.configure({ id, messageUrl: 'https://hooks.example.com/texts' })
  await numbers.release(id)
  await numbers.release(id)
  await refused(numbers.get(id))
}

/** Every call operation of `@do/telephony`, with webhooks and their answers. */
export async function callsJourney(at: Scene): Promise<void> {
  const { twin, place, watch } = at
  const telephony = at.telephony(place)
  const events: TelephonyEvent[] = []
  let next: (event: TelephonyEvent) => CallFlow | undefined = () => undefined
  twin.connect(
    watch.receiver(async (request) => {
      // Where a "redirect" goes stands somebody else's server, which speaks the vendor's language itself.
      if (new URL(request.url).pathname === '/redirected') return instructions()
      let answer = new Response(null, { status: 204 })
      for (const event of await telephony.receive(request)) {
        events.push(event)
        if (event.type === 'unknown') continue
        const flow = next(event)
        answer = toResponse(
          await telephony.respond({ event, ...(flow === undefined ? {} : { flow: { steps: [...flow.steps] } }) }),
        )
      }
      return answer
    }),
  )
  const from = twin.caller
  const menu = callFlow()
    .say('Welcome', { language: 'en-GB', voice: 'female' })
    .play('https://files.example.com/a.mp3')
    .gather({ digits: 1, prompt: 'Press one', timeout: 7 })
  next = (event) =>
    event.type === 'call.gathered'
      ? callFlow().say('Thank you').pause(2).record({ maxSeconds: 30, finishOn: '#', beep: true })
      : undefined
  const made = await telephony.calls.make({ from, to: someone, flow: menu, timeout: 20, machineDetection: true })
  await telephony.calls.get(made.id)
  twin.clock.advance(5_000)
  await twin.answer(idOf(made.id))
  await twin.press(idOf(made.id), '1')
  await telephony.calls.get(made.id)
  twin.clock.advance(5_000)
  await twin.finishRecording(idOf(made.id))
  twin.clock.advance(5_000)
  await drain(telephony.calls.recordings({ id: made.id }))
  await hangUp(twin, idOf(made.id))

  next = () => undefined
  const live = await telephony.calls.make({
    from,
    to: '+14155550198',
    flow: callFlow().say('One').gather({ prompt: 'Wait', finishOn: '*' }),
    record: true,
  })
  twin.clock.advance(2_000)
  await twin.answer(idOf(live.id))
  await telephony.calls.update({ id: live.id, flow: callFlow().say('Changed').gather({ digits: 3 }) })
  // Not every vendor bounds a recording; those refuse it before any request.
  await telephony.calls.record({ id: live.id, maxSeconds: 60 }).catch(unlessRefused)
  const recording = await telephony.calls.record({ id: live.id })
  expect(recording.id).toBeTruthy()
  twin.clock.advance(3_000)
  await twin.press(idOf(live.id), '')
  await telephony.calls.end(live.id).catch(unlessRefused)
  await telephony.calls.end(live.id)
  twin.clock.advance(60_000)
  await telephony.calls.get(live.id)
  await drain(telephony.calls.recordings({ id: live.id, limit: 1 }))

  for (const how of ['busy', 'no-answer', 'failed'] as const) {
    const missed = await telephony.calls.make({ from, to: '+14155550197', flow: callFlow().hangup() })
    await twin.miss(idOf(missed.id), how)
    await telephony.calls.get(missed.id)
  }
  for (const flow of flows(telephony)) {
    // Options of a step that a vendor lacks are refused before any request.
    const call = await telephony.calls.make({ from, to: '+14155550196', flow }).catch(unlessRefused)
    if (call === undefined) continue
    twin.clock.advance(2_000)
    await twin.answer(idOf(call.id))
    twin.clock.advance(2_000)
    await telephony.calls.end(call.id)
  }
  const [host, guest] = [callFlow().conference('room-3'), callFlow().conference('room-3', { muted: true })]
  for (const [to, flow] of [
    ['+14155550195', host],
    ['+14155550194', guest],
  ] as const) {
    const call = await telephony.calls.make({ from, to, flow }).catch(unlessRefused)
    twin.clock.advance(2_000)
    if (call !== undefined) await twin.answer(idOf(call.id))
  }
  for (const flow of [callFlow().say('Hello caller').gather({ digits: 4 }), callFlow().reject('busy')]) {
    next = (event) => (event.type === 'call.incoming' ? flow : undefined)
    const incoming = await twin.incoming({ from: someone })
    await telephony.calls.get(`${telephony.name}:${incoming}`)
    await hangUp(twin, incoming)
  }
  await twin.unknownEvent()
  twin.clock.advance(60_000)
  if (telephony.supports('list-calls')) {
    await drain(telephony.calls.list())
    const since = new Date(twin.clock.now() - 3_600_000).toISOString()
    await drain(telephony.calls.list({ since, to: someone, from, status: 'completed', limit: 2 }))
  }
  await refused(telephony.calls.get(nobody(made.id)))
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['call.status', 'call.gathered', 'call.recorded', 'call.incoming', 'unknown']),
  )
}

async function hangUp(twin: AnyTwin, call: string): Promise<void> {
  if (!twin.calls().find(({ id }) => id === call)?.ended) await twin.hangup(call)
}

const instructions = () =>
  new Response('<?xml version="1.0"?><Response><Hangup/></Response>', { headers: { 'content-type': 'text/xml' } })

function flows(telephony: Telephony): readonly CallFlow[] {
  return [
    callFlow().dial('+14155550195', { timeout: 15 }),
    callFlow().conference('room-1'),
    callFlow().conference('room-2', { muted: true, endOnExit: true }),
    ...(telephony.supports('flow.redirect') ? [callFlow().redirect('https://hooks.example.com/redirected')] : []),
    callFlow().say('Twice', { loop: 2 }).hangup(),
  ]
}

/** The answers that a vendor gives when it does not do what it is asked. */
export const faults: readonly TwinFault[] = [
  { kind: 'unauthorized' },
  { kind: 'rate-limit', retryAfterSeconds: 2 },
  { kind: 'invalid' },
  { kind: 'error', status: 500, when: 'before' },
  { kind: 'error', status: 503, when: 'before' },
]

export async function faultJourney(at: Scene, fault: TwinFault): Promise<void> {
  const { twin, place } = at
  const writes: readonly (() => Promise<unknown>)[] = [
    () => at.sms(place).send({ from: twin.sender, to: someone, body: 'Hello' }),
    () => at.telephony(place).calls.make({ from: twin.caller, to: someone, flow: callFlow().hangup() }),
  ]
  const reads: typeof writes = [
    () => at.sms(place).list().page(),
    () => at.telephony(place).numbers.search({ country: 'US' }).page(),
    () => at.telephony(place).numbers.list().page(),
  ]
  // Vendors refuse input as invalid in a way of its own for each list; the twins have it for what is written.
  for (const attempt of fault.kind === 'invalid' ? writes : [...writes, ...reads]) {
    twin.faults.always(fault)
    await refused(attempt())
    twin.faults.clear()
  }
}

/** The vendor acted, and its answer was lost: what is asked to find out what became of it. */
export async function lostJourney(at: Scene): Promise<void> {
  const { twin, place } = at
  const { webhookUrl: _, ...bare } = place
  const [number, other] = (await at.telephony(place).numbers.search({ country: 'US', areaCode: '415', limit: 2 }).page()).items
  const writes: readonly (() => Promise<unknown>)[] = [
    () => at.sms(place).send({ from: twin.sender, to: someone, body: 'Hello' }),
    () => at.sms(bare).send({ from: twin.sender, to: someone, body: 'Hello again' }),
    () => at.telephony(place).calls.make({ from: twin.caller, to: someone, flow: callFlow().hangup() }),
    () => at.telephony(place).numbers.buy({ id: number?.id ?? '', label: 'Line' }),
    () => at.telephony(place).numbers.buy({ id: other?.id ?? '' }),
  ]
  for (const attempt of writes) {
    twin.faults.next({ kind: 'error', status: 503, when: 'after' })
    const error = await attempt().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    twin.faults.clear()
    if (error === undefined) continue
    if (!(error instanceof OutcomeUnknownError)) throw error
    twin.clock.advance(60_000)
    await error.resolve()
  }
}

/** An id of the same form that nothing has. */
const nobody = (handle: string) => handle.replace(/.$/, (last) => (last === '0' ? '1' : '0'))

/** Every page, as far as it goes. */
async function drain(listing: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of listing);
}

async function refused(attempt: Promise<unknown>): Promise<void> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(ProviderError.is(error), `failed with a ProviderError, not: ${String(error)}`).toBe(true)
}

function unlessRefused(error: unknown): undefined {
  if (!ProviderError.is(error) || error.effect !== 'none') throw error
}
