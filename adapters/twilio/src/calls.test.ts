import { twilioTwin } from '@do/fixtures/twilio'
import { ProviderError } from '@do/provider'
import { type CallFlow, callFlow, type TelephonyEvent, toResponse } from '@do/telephony'
import { beforeEach, describe, expect, it } from 'vitest'
import { type TwilioTelephonyOptions, twilioTelephony } from './index.ts'

const twin = twilioTwin()
const to = '+14155550199'
const make = (more: Partial<TwilioTelephonyOptions> = {}) =>
  twilioTelephony({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl, ...more })
const idOf = (handle: string) => handle.slice('twilio:'.length)
const fieldsOf = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body))
const heard = (handle: string) => twin.calls().find(({ id }) => id === idOf(handle))?.heard
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('It did not fail with a ProviderError.')
  return error
}

let events: TelephonyEvent[] = []
/** Answers the vendor as a user would: verify, decide on a flow, respond. */
function listen(next: (event: TelephonyEvent) => CallFlow | undefined = () => undefined, provider = make()) {
  twin.connect(async (request) => {
    let answer = new Response(null, { status: 204 })
    for (const event of await provider.receive(request)) {
      events.push(event)
      if (event.type === 'unknown') continue
      const flow = next(event)
      answer = toResponse(await provider.respond({ event, ...(flow && { flow: { steps: [...flow.steps] } }) }))
    }
    return answer
  })
}

beforeEach(() => {
  twin.reset()
  events = []
  listen()
})

describe('make', () => {
  const input = { from: twin.caller, to, flow: callFlow().say('Hello & welcome').hangup() }

  it('sends the flow inline, with callbacks that carry our reference', async () => {
    const call = await make().calls.make({ ...input, timeout: 20 })
    expect(call).toMatchObject({ direction: 'outbound', to, from: twin.caller, status: 'queued' })
    expect(twin.calls().map(({ id }) => id)).toEqual([idOf(call.id)])
    const [request] = twin.requests()
    expect(fieldsOf(request?.body)).toMatchObject({
      To: to,
      From: twin.caller,
      Timeout: '20',
      Twiml: '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello &amp; welcome</Say><Hangup/></Response>',
      StatusCallback: expect.stringMatching(/^https:\/\/hooks\.example\.com\/vendor\?do_ref=do-/),
    })
    expect(new URLSearchParams(request?.body).getAll('StatusCallbackEvent')).toEqual(['answered', 'completed'])
  })

  it('records and detects machines where asked', async () => {
    await make().calls.make({ ...input, record: true, machineDetection: true })
    expect(fieldsOf(twin.requests()[0]?.body)).toMatchObject({
      Record: 'true',
      MachineDetection: 'Enable',
      RecordingStatusCallback: expect.any(String),
    })
  })

  it('runs the flow and reports each status in order', async () => {
    const { id } = await make().calls.make(input)
    twin.clock.advance(3_000)
    await twin.answer(idOf(id))
    expect(heard(id)).toEqual([{ verb: 'say', text: 'Hello & welcome' }, { verb: 'hangup' }])
    expect(events.map((event) => event.type === 'call.status' && event.status)).toEqual(['in-progress', 'completed'])
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2)
    expect(events.at(-1)).toMatchObject({
      call: id,
      awaiting: false,
      durationSeconds: 1,
      reference: expect.stringMatching(/^do-/),
      at: '2026-01-01T00:00:03.000Z',
    })
    const call = await make().calls.get(id)
    expect(call).toMatchObject({ status: 'completed', durationSeconds: 1, price: { decimal: '0.01400', currency: 'USD' } })
    expect(call.createdAt).toBe('2026-01-01T00:00:00.000Z')
  })

  it.each(['busy', 'no-answer', 'failed'] as const)('reports a call that ends %s', async (how) => {
    const { id } = await make().calls.make(input)
    await twin.miss(idOf(id), how)
    expect(events.at(-1)).toMatchObject({ type: 'call.status', status: how })
    expect((await make().calls.get(id)).status).toBe(how)
  })

  it('needs a number to call from, and a short flow', async () => {
    expect(await failure(make().calls.make({ to, flow: input.flow }))).toMatchObject({ code: 'sender_missing', effect: 'none' })
    const flow = callFlow().say('x'.repeat(2500)).say('y'.repeat(2500))
    expect(await failure(make().calls.make({ ...input, flow }))).toMatchObject({
      code: 'flow_too_long',
      effect: 'none',
      elsewhere: true,
    })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['a reset', { kind: 'cut', when: 'after' }],
    ['a 500', { kind: 'error', status: 500, when: 'after' }],
    ['a broken answer', { kind: 'truncated' }],
    ['a hang', { kind: 'hang', when: 'after' }],
  ] as const)('finds the call after %s, and never dials again', async (_, fault) => {
    twin.faults.next(fault, { operation: 'calls.create' })
    const { id } = await make().calls.make(input)
    expect(twin.calls().map((call) => call.id)).toEqual([idOf(id)])
    expect(twin.requests().filter(({ operation }) => operation === 'calls.create')).toHaveLength(1)
  })

  it.each([
    ['429', { kind: 'rate-limit', retryAfterSeconds: 2 }, 'none'],
    ['503', { kind: 'error', status: 503, when: 'before' }, 'none'],
  ] as const)('sends one request on %s', async (_, fault, effect) => {
    twin.faults.next(fault, { operation: 'calls.create' })
    expect(await failure(make().calls.make(input))).toMatchObject({ effect })
    expect(twin.requests().filter(({ operation }) => operation === 'calls.create')).toHaveLength(1)
    expect(twin.calls()).toEqual([])
  })
})

describe('gather', () => {
  const flow = callFlow().gather({ digits: 2, prompt: 'Two digits' }).say('After')
  const start = async () => {
    const { id } = await make().calls.make({ from: twin.caller, to, flow })
    await twin.answer(idOf(id))
    return id
  }

  it('asks the webhook with the digits and does what it answers', async () => {
    listen((event) => (event.type === 'call.gathered' ? callFlow().say(`You pressed ${event.digits}`) : undefined))
    const id = await start()
    await twin.press(idOf(id), '42')
    expect(events.find(({ type }) => type === 'call.gathered')).toMatchObject({
      call: id,
      digits: '42',
      reason: 'digits',
      awaiting: true,
    })
    expect(heard(id)).toEqual([
      { verb: 'gather', prompt: 'Two digits', digits: 2 },
      { verb: 'say', text: 'You pressed 42' },
    ])
    expect(twin.problems(idOf(id))).toEqual([])
  })

  it('goes on with the rest of the flow when the answer names no other', async () => {
    const id = await start()
    await twin.press(idOf(id), '42')
    expect(heard(id)?.at(-1)).toEqual({ verb: 'say', text: 'After' })
  })

  it.each([
    ['1#', '1', 'finish-key'],
    ['', '', 'timeout'],
    ['7', '7', 'digits'],
  ])('pressing "%s" gives "%s" by %s', async (keys, digits, reason) => {
    const id = await start()
    await twin.press(idOf(id), keys)
    expect(events.find(({ type }) => type === 'call.gathered')).toMatchObject({ digits, reason })
  })

  it('has its own event id each time round, and the same when told twice', async () => {
    let rounds = 0
    listen((event) => (event.type === 'call.gathered' && rounds++ < 2 ? flow : undefined))
    const id = await start()
    await twin.press(idOf(id), '11')
    await twin.press(idOf(id), '11')
    twin.nextWebhook('duplicate')
    await twin.press(idOf(id), '11')
    const ids = events.filter(({ type }) => type === 'call.gathered').map(({ eventId }) => eventId)
    expect(ids).toHaveLength(4)
    expect(new Set(ids).size).toBe(3)
    expect(ids[3]).toBe(ids[2])
  })

  it('works through several in one flow', async () => {
    const steps = callFlow().gather({ digits: 1 }).say('one').gather({ digits: 1 }).say('two')
    const { id } = await make().calls.make({ from: twin.caller, to, flow: steps })
    await twin.answer(idOf(id))
    await twin.press(idOf(id), '1')
    await twin.press(idOf(id), '2')
    expect(heard(id)?.map(({ verb }) => verb)).toEqual(['gather', 'say', 'gather', 'say'])
    expect(twin.calls()[0]?.ended).toBe(true)
  })
})

describe('other steps', () => {
  it('are heard as they were written', async () => {
    const flow = callFlow().play('https://a.example/x.mp3').pause(2).dial('+14155550155').conference('room')
    const { id } = await make().calls.make({ from: twin.caller, to, flow })
    await twin.answer(idOf(id))
    expect(heard(id)).toEqual([
      { verb: 'play', url: 'https://a.example/x.mp3' },
      { verb: 'pause', seconds: 2 },
      { verb: 'dial', to: '+14155550155' },
      { verb: 'conference', name: 'room' },
    ])
    await twin.hangup(idOf(id))
    expect((await make().calls.get(id)).status).toBe('completed')
  })

  it('a recording is reported, and the flow goes on', async () => {
    const { id } = await make().calls.make({ from: twin.caller, to, flow: callFlow().record({ maxSeconds: 60 }).say('Thanks') })
    await twin.answer(idOf(id))
    twin.clock.advance(7_000)
    await twin.finishRecording(idOf(id))
    expect(heard(id)).toEqual([{ verb: 'record' }, { verb: 'say', text: 'Thanks' }])
    const recorded = events.filter(({ type }) => type === 'call.recorded')
    expect(recorded).toMatchObject([
      { call: id, awaiting: false, durationSeconds: 7, url: expect.stringContaining('/Recordings/RE') },
    ])
    const listed = await Array.fromAsync(make().calls.recordings({ id }))
    expect(listed).toMatchObject([{ call: id, status: 'completed', durationSeconds: 7 }])
    expect(listed[0]?.id).toBe((recorded[0] as { recording: string }).recording)
    expect(listed[0]?.url).toBe((recorded[0] as { url: string }).url)
  })

  it('a redirect asks the other URL', async () => {
    listen((event) => (event.type === 'call.step' ? callFlow().say('There') : undefined))
    const { id } = await make().calls.make({ from: twin.caller, to, flow: callFlow().redirect(twin.webhookUrl) })
    await twin.answer(idOf(id))
    expect(heard(id)).toEqual([
      { verb: 'redirect', url: twin.webhookUrl },
      { verb: 'say', text: 'There' },
    ])
  })
})

describe('incoming calls', () => {
  it('are announced and get the flow that is answered', async () => {
    listen((event) => (event.type === 'call.incoming' ? callFlow().say('Good day').gather({ digits: 1 }) : undefined))
    const id = await twin.incoming({ from: to })
    expect(events[0]).toMatchObject({
      type: 'call.incoming',
      call: `twilio:${id}`,
      from: to,
      to: twin.caller,
      awaiting: true,
      eventId: `${id}.incoming`,
    })
    expect(twin.calls()[0]).toMatchObject({ status: 'in-progress', direction: 'inbound' })
    await twin.press(id, '5')
    expect(events).toMatchObject([
      { type: 'call.incoming' },
      { type: 'call.gathered', digits: '5' },
      { type: 'call.status', status: 'completed' },
    ])
  })

  it('can be rejected without being answered', async () => {
    listen((event) => (event.type === 'call.incoming' ? callFlow().reject('busy') : undefined))
    await twin.incoming({ from: to })
    expect(twin.calls()[0]).toMatchObject({ status: 'busy', heard: [{ verb: 'reject', reason: 'busy' }] })
  })

  it('end politely when there is nothing to say', async () => {
    const id = await twin.incoming({ from: to })
    expect(twin.problems(id)).toEqual([])
    expect(twin.calls()[0]).toMatchObject({ ended: true, heard: [] })
  })
})

describe('a live call', () => {
  const waiting = callFlow().gather({ digits: 1 })
  const live = async (flow: CallFlow = waiting) => {
    const { id } = await make().calls.make({ from: twin.caller, to, flow: { steps: [...flow.steps] } })
    await twin.answer(idOf(id))
    return id
  }

  it('gets a new flow', async () => {
    const id = await live()
    await make().calls.update({ id, flow: callFlow().say('Changed').hangup() })
    expect(heard(id)?.slice(1)).toEqual([{ verb: 'say', text: 'Changed' }, { verb: 'hangup' }])
  })

  it('ends once, and ending it again is no error', async () => {
    const id = await live()
    const telephony = make()
    expect((await telephony.calls.end(id)).status).toBe('completed')
    expect((await telephony.calls.end(id)).status).toBe('completed')
    expect(await failure(telephony.calls.update({ id, flow: waiting }))).toMatchObject({
      code: 'call_not_live',
      vendorCode: '21220',
      effect: 'none',
    })
  })

  it('is canceled while it rings', async () => {
    const { id } = await make().calls.make({ from: twin.caller, to, flow: waiting })
    expect((await make().calls.end(id)).status).toBe('canceled')
  })

  it('is recorded on demand', async () => {
    const id = await live()
    const recording = await make().calls.record({ id })
    expect(recording).toMatchObject({ call: id, status: 'in-progress' })
    expect(await failure(make().calls.record({ id, maxSeconds: 10 }))).toMatchObject({ code: 'unsupported', field: 'maxSeconds' })
    await twin.finishRecording(idOf(recording.id))
    expect(events.at(-1)).toMatchObject({ type: 'call.recorded', recording: recording.id, call: id })
  })

  it('stays as it is when a webhook is forged', async () => {
    const id = await live()
    twin.connect(async (request) =>
      make()
        .receive(request)
        .then(
          () => new Response(null),
          () => new Response(null, { status: 403 }),
        ),
    )
    twin.nextWebhook('forged')
    await twin.press(idOf(id), '1')
    expect(twin.problems(idOf(id))).toEqual(['11200: 403 from the application'])
  })
})

describe('list', () => {
  it('reads all pages, newest first, with filters', async () => {
    const telephony = make()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.unshift((await telephony.calls.make({ from: twin.caller, to, flow: callFlow().say('x') })).id)
      twin.clock.advance(2_000)
    }
    await twin.answer(idOf(ids[0] as string))
    const listed = await Array.fromAsync(telephony.calls.list({ to, limit: 2 }))
    expect(listed.map(({ id }) => id)).toEqual(ids)
    expect(twin.requests().filter(({ operation }) => operation === 'calls.list')).toHaveLength(3)
    expect(await Array.fromAsync(telephony.calls.list({ status: 'completed' }))).toMatchObject([{ id: ids[0] }])
    expect(await Array.fromAsync(telephony.calls.list({ since: new Date(twin.clock.now()).toISOString() }))).toEqual([])
  })
})

describe('respond', () => {
  it('answers a report that wants nothing with nothing', async () => {
    const event = {
      type: 'call.status',
      eventId: 'e',
      call: `twilio:CA${'0'.repeat(32)}`,
      awaiting: false,
      status: 'ringing',
    } as const
    expect(await make().respond({ event })).toEqual({ status: 204, headers: {}, body: '' })
    expect(twin.requests()).toEqual([])
  })
})
