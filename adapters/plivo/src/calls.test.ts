import { plivoTwin } from '@do/fixtures/plivo'
import { type CallFlow, callFlow, type TelephonyEvent, toResponse } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { plivoTelephony } from './index.ts'

const to = '+14155550123'
type Known = Exclude<TelephonyEvent, { type: 'unknown' }>

function open(
  next: (event: Known) => CallFlow | undefined = () => undefined,
  options: Partial<Parameters<typeof plivoTelephony>[0]> = {},
) {
  const twin = plivoTwin()
  const telephony = plivoTelephony({
    ...twin.credentials,
    fetch: twin.fetch,
    clock: twin.clock,
    webhookUrl: twin.webhookUrl,
    ...options,
  })
  const events: TelephonyEvent[] = []
  twin.connect(async (request) => {
    const [event] = await telephony.receive(request)
    events.push(event as TelephonyEvent)
    const flow = event?.type === 'unknown' ? undefined : next(event as Known)
    return toResponse(await telephony.respond({ event: event as TelephonyEvent, ...(flow === undefined ? {} : { flow }) }))
  })
  const make = (flow: CallFlow, more: object = {}) => telephony.calls.make({ to, from: twin.caller, flow, ...more })
  const answered = async (flow: CallFlow, more: object = {}) => {
    const call = await make(flow, more)
    twin.clock.advance(1_000)
    await twin.answer(twin.calls()[0]?.id as string)
    return call
  }
  const heard = () => twin.calls()[0]?.heard
  const posts = () => twin.requests().filter(({ method }) => method !== 'GET')
  return { twin, telephony, events, make, answered, heard, posts }
}

describe('making a call', () => {
  it('sends one request that carries the flow in the URL that Plivo will ask', async () => {
    const { twin, make, posts } = open()
    const call = await make(callFlow().say('Hello'), { timeout: 25 })
    expect(call).toMatchObject({
      id: `plivo:${twin.calls()[0]?.id}`,
      to,
      from: twin.caller,
      status: 'queued',
      direction: 'outbound',
    })
    expect(posts()).toHaveLength(1)
    const sent = JSON.parse(posts()[0]?.body as string) as Record<string, string>
    expect(sent).toMatchObject({ from: '14155550100', to: '14155550123', answer_method: 'POST', ring_timeout: 25 })
    const answer = new URL(sent.answer_url as string)
    expect([...answer.searchParams.keys()]).toEqual(['do_ev', 'do_ref', 'do_flow'])
    expect(new URL(sent.hangup_url as string).searchParams.get('do_ref')).toBe(answer.searchParams.get('do_ref'))
  })

  it('lets the person hear the flow without any word of the application', async () => {
    const flow = callFlow().say('One').play('https://example.com/a.mp3').pause(2).dial('+442079460958').say('Bye').hangup()
    const { answered, heard, twin } = open()
    await answered(flow)
    expect(heard()).toEqual([
      { verb: 'say', text: 'One' },
      { verb: 'play', url: 'https://example.com/a.mp3' },
      { verb: 'pause', seconds: 2 },
      { verb: 'dial', to: '+442079460958' },
      { verb: 'say', text: 'Bye' },
      { verb: 'hangup' },
    ])
    expect(twin.problems()).toEqual([])
  })

  it('asks for machine detection and is told', async () => {
    const { make, posts } = open()
    await make(callFlow().say('x'), { machineDetection: true })
    expect(JSON.parse(posts()[0]?.body as string)).toMatchObject({
      machine_detection: 'true',
      machine_detection_url: expect.stringContaining('do_ev=machine'),
    })
  })

  it.each([
    ['without a webhook URL', callFlow().say('x'), { webhookUrl: undefined }, 'webhook_url_missing'],
    ['with a flow too long for a URL', incompressible(), {}, 'flow_too_long'],
    ['in a language that Plivo does not speak', callFlow().say('x', { language: 'vi-VN' }), {}, 'unsupported_option'],
  ])('is refused before anything is sent: %s', async (_name, flow, options, code) => {
    const { make, twin } = open(undefined, options)
    await expect(make(flow)).rejects.toMatchObject({ code, effect: 'none' })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['503', { kind: 'error', status: 503, when: 'after' }],
    ['500', { kind: 'error', status: 500, when: 'after' }],
    ['a cut', { kind: 'cut', when: 'after' }],
    ['a sign-in page', { kind: 'foreign-page', when: 'after' }],
  ] as const)('dials once, whatever the SDK would do after %s, and finds the call', async (_name, fault) => {
    const { make, posts, twin } = open()
    twin.faults.next(fault, { operation: 'calls.create' })
    const call = await make(callFlow().say('x'))
    expect(posts()).toHaveLength(1)
    expect(twin.calls()).toHaveLength(1)
    expect(call.id).toBe(`plivo:${twin.calls()[0]?.id}`)
  })

  it('finds a call that has ended meanwhile, and not one of somebody else', async () => {
    const { make, twin, telephony } = open()
    await make(callFlow().say('mine'))
    await telephony.calls.make({ to: '+14155550145', from: twin.caller, flow: callFlow().say('other') })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'calls.create' })
    twin.faults.next({ kind: 'error', status: 503, when: 'before' }, { operation: 'calls.list' })
    const error = await make(callFlow().say('again')).catch((reason: unknown) => reason)
    if (error instanceof Error) throw error
    expect(error).toMatchObject({ id: `plivo:${twin.calls()[2]?.id}`, to })
    expect(twin.calls()).toHaveLength(3)
  })
})

function incompressible(): CallFlow {
  const words = Array.from({ length: 200 }, (_, i) => Math.sin(i).toString(36).slice(2))
  return { steps: [{ verb: 'say', text: words.join(' ') }] }
}

describe('a conversation', () => {
  it('asks, hears the keys and goes on', async () => {
    const { answered, heard, twin, events } = open((event) =>
      event.type === 'call.gathered' ? callFlow().say(`You pressed ${event.digits}`) : undefined,
    )
    const call = await answered(callFlow().say('Hi').gather({ digits: 3, prompt: 'Press' }))
    await twin.press(twin.calls()[0]?.id as string, '42#')
    expect(heard()).toEqual([
      { verb: 'say', text: 'Hi' },
      { verb: 'gather', prompt: 'Press', digits: 3 },
      { verb: 'say', text: 'You pressed 42' },
    ])
    expect(events).toMatchObject([
      { type: 'call.status', status: 'ringing', awaiting: false },
      { type: 'call.status', status: 'in-progress', awaiting: true, call: call.id, reference: expect.stringMatching(/^do-/) },
      { type: 'call.gathered', digits: '42', reason: 'digits', awaiting: true, call: call.id },
      { type: 'call.status', status: 'completed', awaiting: false, durationSeconds: 0 },
    ])
    expect(new Set(events.map((event) => ('reference' in event ? event.reference : undefined))).size).toBe(1)
  })

  it('goes on with the rest of the flow when the application has nothing new', async () => {
    const { answered, heard, twin } = open()
    await answered(callFlow().gather({ digits: 1 }).say('After the key').gather({ digits: 1 }).say('After silence'))
    const id = twin.calls()[0]?.id as string
    await twin.press(id, '1')
    await twin.press(id, '')
    expect(heard()?.map((step) => ('text' in step ? step.text : step.verb))).toEqual([
      'gather',
      'After the key',
      'gather',
      'After silence',
    ])
  })

  it('tells silence and a lone finish key apart', async () => {
    const { answered, twin, events } = open((event) =>
      event.type === 'call.gathered' ? callFlow().gather({ digits: 1 }) : undefined,
    )
    await answered(callFlow().gather({ digits: 1 }))
    const id = twin.calls()[0]?.id as string
    for (const keys of ['', '#', '5', '5']) await twin.press(id, keys)
    const gathered = events.filter(({ type }) => type === 'call.gathered')
    expect(gathered).toMatchObject([
      { digits: '', reason: 'timeout' },
      { digits: '', reason: 'finish-key' },
      { digits: '5', reason: 'digits' },
      { digits: '5', reason: 'digits' },
    ])
    expect(new Set(gathered.map(({ eventId }) => eventId)).size).toBe(4)
  })

  it('records, and reports the recording', async () => {
    const { answered, heard, twin, events, telephony } = open()
    const call = await answered(callFlow().say('After the beep').record({ maxSeconds: 30 }).say('Thanks'))
    await twin.finishRecording(twin.calls()[0]?.id as string)
    expect(heard()?.map(({ verb }) => verb)).toEqual(['say', 'record', 'say'])
    const recording = `plivo:${twin.calls()[0]?.recordings[0]}`
    const url = expect.stringMatching(/^https:\/\/media\.plivo\.com\/.*\.mp3$/)
    expect(events.filter(({ type }) => type === 'call.recorded')).toMatchObject([
      { recording, call: call.id, durationSeconds: 7, url },
    ])
    expect((await telephony.calls.recordings({ id: call.id }).page()).items).toMatchObject([
      { id: recording, call: call.id, status: 'completed', durationSeconds: 7, createdAt: '2026-01-01T00:00:08.000Z', url },
    ])
  })

  it('records a whole call', async () => {
    const { answered, twin, events, heard } = open()
    await answered(callFlow().gather({ digits: 1 }), { record: true })
    await twin.hangup(twin.calls()[0]?.id as string)
    expect(heard()?.map(({ verb }) => verb)).toEqual(['gather'])
    expect(events.map(({ type }) => type)).toContain('call.recorded')
  })

  it('answers an incoming call, or refuses it', async () => {
    const flows: Record<string, CallFlow> = {
      '+14155550177': callFlow().say('Welcome'),
      '+14155550178': callFlow().reject('busy'),
    }
    const { twin, events } = open((event) => (event.type === 'call.incoming' ? flows[event.from as string] : undefined))
    for (const from of Object.keys(flows)) await twin.incoming({ from })
    expect(events.filter(({ type }) => type === 'call.incoming')).toMatchObject([
      { from: '+14155550177', to: twin.caller, awaiting: true },
      { from: '+14155550178', to: twin.caller, awaiting: true },
    ])
    expect(twin.calls()).toMatchObject([
      { heard: [{ verb: 'say', text: 'Welcome' }], status: 'completed' },
      { heard: [{ verb: 'reject', reason: 'busy' }], status: 'busy' },
    ])
  })

  it('has nothing to say where Plivo does not wait', async () => {
    const { telephony, twin, events, make } = open()
    await make(callFlow().say('x'))
    await twin.miss(twin.calls()[0]?.id as string, 'busy')
    const event = events.at(-1) as TelephonyEvent
    expect(await telephony.respond({ event })).toEqual({ status: 200, headers: {}, body: '' })
    await expect(telephony.respond({ event, flow: callFlow().say('x') })).rejects.toMatchObject({
      code: 'not_awaiting',
      effect: 'none',
    })
  })

  it('passes on what it does not know', async () => {
    const { twin, events } = open()
    await twin.unknownEvent()
    expect(events).toMatchObject([{ type: 'unknown', raw: { EventName: 'MPCInitialized' } }])
  })
})

describe('a call', () => {
  it('reads the same in all three places where Plivo keeps calls', async () => {
    const { twin, telephony, answered, make } = open()
    const queued = await make(callFlow().gather())
    expect(await telephony.calls.get(queued.id)).toMatchObject({ status: 'queued', to, from: twin.caller })
    await twin.miss(queued.id.slice(6), 'failed')
    expect(await telephony.calls.get(queued.id)).toMatchObject({
      status: 'failed',
      to,
      from: twin.caller,
      endedAt: '2026-01-01T00:00:00.000Z',
    })
    twin.reset()
    const live = await answered(callFlow().gather())
    expect(await telephony.calls.get(live.id)).toMatchObject({ status: 'in-progress', createdAt: expect.stringMatching(/Z$/) })
    twin.clock.advance(61_000)
    await twin.hangup(live.id.slice(6))
    expect(await telephony.calls.get(live.id)).toMatchObject({
      status: 'completed',
      durationSeconds: 61,
      price: { decimal: '0.01700', currency: 'USD' },
    })
    await expect(telephony.calls.get('plivo:nobody')).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
  ] as const)('that is missed as %s says so by webhook and by id', async (how, status) => {
    const { twin, telephony, make, events } = open()
    const { id } = await make(callFlow().say('x'))
    await twin.miss(id.slice(6), how)
    expect(events.at(-1)).toMatchObject({ type: 'call.status', status, call: id })
    expect((await telephony.calls.get(id)).status).toBe(status)
  })

  it('can be given a new flow, once', async () => {
    const { telephony, answered, heard, posts } = open()
    const { id } = await answered(callFlow().gather())
    expect(await telephony.calls.update({ id, flow: callFlow().say('New') })).toMatchObject({ id, status: 'in-progress' })
    expect(heard()?.at(-1)).toEqual({ verb: 'say', text: 'New' })
    expect(posts().filter(({ operation }) => operation === 'calls.update')).toHaveLength(1)
    await expect(telephony.calls.update({ id, flow: callFlow().say('Too late') })).rejects.toMatchObject({
      code: 'not_found',
      fault: 'caller',
    })
  })

  it('can be recorded while it is live', async () => {
    const { telephony, answered, posts, twin, events } = open()
    const { id } = await answered(callFlow().gather())
    const recording = await telephony.calls.record({ id, maxSeconds: 90 })
    expect(recording).toMatchObject({ id: `plivo:${twin.calls()[0]?.recordings[0]}`, call: id, status: 'in-progress' })
    expect(JSON.parse(posts().at(-1)?.body as string)).toMatchObject({ time_limit: 90, callback_method: 'POST' })
    await twin.finishRecording(id.slice(6))
    expect(events.at(-1)).toMatchObject({ type: 'call.recorded', recording: recording.id })
  })

  it('can be ended while it waits, while it rings, while it is live, and again', async () => {
    const { telephony, make, twin } = open()
    for (const [wait, answer, status] of [
      [0, false, 'canceled'],
      [1_000, false, 'canceled'],
      [1_000, true, 'completed'],
    ] as const) {
      twin.reset()
      const { id } = await make(callFlow().gather())
      twin.clock.advance(wait)
      if (answer) await twin.answer(id.slice(6))
      expect(await telephony.calls.end(id)).toMatchObject({ id, status })
      expect(twin.calls()[0]?.ended).toBe(true)
      expect(await telephony.calls.end(id)).toMatchObject({ id, status })
    }
    await expect(telephony.calls.end('plivo:nobody')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the list of calls', () => {
  async function filled() {
    const opened = open()
    for (let i = 0; i < 25; i++) {
      const { id } = await opened.telephony.calls.make({
        to: i % 5 === 0 ? '+14155550145' : to,
        from: opened.twin.caller,
        flow: callFlow().say('x'),
      })
      await opened.twin.miss(id.slice(6), i === 3 ? 'no-answer' : 'busy')
      opened.twin.clock.advance(60_000)
    }
    return {
      ...opened,
      ids: opened.twin
        .calls()
        .map(({ id }) => `plivo:${id}`)
        .reverse(),
    }
  }
  const idsOf = async (items: AsyncIterable<{ id: string }>) => {
    const ids: string[] = []
    for await (const { id } of items) ids.push(id)
    return ids
  }

  it('has every call on its pages, newest first, and can be narrowed', async () => {
    const { telephony, ids, twin } = await filled()
    expect(await idsOf(telephony.calls.list())).toEqual(ids)
    expect(await idsOf(telephony.calls.list({ to: '+14155550145', limit: 2 }))).toEqual(ids.filter((_, i) => (24 - i) % 5 === 0))
    expect(await idsOf(telephony.calls.list({ status: 'no-answer' }))).toEqual([ids[21]])
    const at = (index: number) => new Date(twin.calls()[index]?.at as number).toISOString()
    expect(await idsOf(telephony.calls.list({ since: at(20) }))).toEqual(ids.slice(0, 5))
    expect(await idsOf(telephony.calls.list({ since: at(2), until: at(4) }))).toEqual(ids.slice(20, 23))
  })

  it('says how far it may reach, before anything is sent', async () => {
    const { telephony, twin } = open()
    await expect(telephony.calls.list({ since: '2025-11-01T00:00:00.000Z' }).page()).rejects.toMatchObject({
      code: 'range_too_long',
      field: 'since',
    })
    expect(twin.requests()).toEqual([])
    await telephony.calls.list({ since: '2025-11-01T00:00:00.000Z', until: '2025-11-28T00:00:00.000Z' }).page()
  })
})
