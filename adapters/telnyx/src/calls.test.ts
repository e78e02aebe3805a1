import { type CallFlow, callFlow } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { collect, failure, own, setUp, to } from './test/set-up.ts'

describe('calls', () => {
  it('dials once, and plays the flow step by step when somebody answers', async () => {
    const { twin, provider, events, wire, commands, heard, from } = setUp((event) =>
      event.type === 'call.gathered' ? callFlow().say(`You pressed ${event.digits}`).hangup() : undefined,
    )
    const flow = callFlow()
      .say('Hello')
      .pause(12)
      .play('https://example.com/a.mp3', { loop: 2 })
      .gather({ digits: 1, prompt: 'Press one' })
      .say('Not heard')
    const call = await provider.calls.make({ from, to, flow, timeout: 20 })
    expect(call).toMatchObject({ direction: 'outbound', to, from, status: 'queued' })
    expect(JSON.parse(wire('calls.create')[0]?.body ?? '')).toMatchObject({
      connection_id: twin.credentials.connectionId,
      to,
      from,
      timeout_secs: 20,
      webhook_url: twin.webhookUrl,
      command_id: expect.stringMatching(/^do-[\w-]{22,}\.telnyx$/),
    })
    await twin.answer(own(call.id))
    expect(heard(call.id)).toEqual([
      { verb: 'say', text: 'Hello' },
      { verb: 'pause', seconds: 12 },
      { verb: 'play', url: 'https://example.com/a.mp3' },
      { verb: 'play', url: 'https://example.com/a.mp3' },
      { verb: 'gather', prompt: 'Press one', digits: 1 },
    ])
    expect(await provider.calls.get(call.id)).toMatchObject({ to, from, direction: 'outbound', status: 'in-progress' })
    await twin.press(own(call.id), '1')
    expect(heard(call.id)?.slice(5)).toEqual([{ verb: 'say', text: 'You pressed 1' }, { verb: 'hangup' }])
    expect(commands()).toEqual(['speak', 'speak', 'playback_start', 'gather_using_speak', 'speak', 'hangup'])
    expect(events.filter(({ type }) => type === 'call.gathered')).toMatchObject([
      { digits: '1', reason: 'digits', call: call.id, from, to },
    ])
    const statuses = events.flatMap((event) => (event.type === 'call.status' ? [event.status] : []))
    expect(statuses).toEqual(['ringing', 'in-progress', 'completed'])
    expect(events.every((event) => event.type === 'unknown' || event.reference?.startsWith('do-'))).toBe(true)
    twin.clock.advance(5_000)
    expect(await provider.calls.get(call.id)).toMatchObject({
      status: 'completed',
      answeredAt: expect.any(String),
      endedAt: expect.any(String),
      durationSeconds: 0,
    })
  })

  it('goes on with the flow when nobody presses a key', async () => {
    const { twin, provider, events, heard, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().gather({ finishOn: '*', timeout: 3 }).say('Goodbye') })
    await twin.answer(own(call.id))
    await twin.press(own(call.id), '')
    expect(events.find(({ type }) => type === 'call.gathered')).toMatchObject({ digits: '', reason: 'timeout' })
    expect(heard(call.id)).toEqual([{ verb: 'gather' }, { verb: 'say', text: 'Goodbye' }, { verb: 'hangup' }])
  })

  it.each([
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
  ] as const)('says that a call ended as %s', async (how, status) => {
    const { twin, provider, events, commands, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().say('x') })
    await twin.miss(own(call.id), how)
    expect(events.at(-1)).toMatchObject({ type: 'call.status', status, awaiting: false })
    expect(commands()).toEqual([])
    twin.clock.advance(5_000)
    expect(await provider.calls.get(call.id)).toMatchObject({ status, to, from })
  })

  it('takes an incoming call, or refuses it without answering', async () => {
    const { twin, events, heard, commands } = setUp((event) =>
      event.type === 'call.incoming' ? callFlow().say('Welcome').dial('+14155550199') : undefined,
    )
    const id = await twin.incoming({ from: to })
    expect(heard(`telnyx:${id}`)).toEqual([
      { verb: 'say', text: 'Welcome' },
      { verb: 'dial', to: '+14155550199' },
    ])
    expect(commands()).toEqual(['answer', 'speak', 'transfer'])
    expect(events[0]).toMatchObject({ type: 'call.incoming', awaiting: true, from: to, to: twin.caller })

    const other = setUp((event) => (event.type === 'call.incoming' ? callFlow().reject('busy') : undefined))
    const rejected = await other.twin.incoming({ from: to })
    expect(other.heard(`telnyx:${rejected}`)).toEqual([{ verb: 'reject', reason: 'busy' }])
    expect(other.commands()).toEqual(['reject'])
  })

  it('connects to another number from our own, and goes on when that one does not answer', async () => {
    const { twin, provider, wire, heard, from } = setUp()
    const call = await provider.calls.make({
      from,
      to,
      flow: callFlow().dial('+14155550199', { timeout: 10, record: true }).say('Nobody there'),
    })
    await twin.answer(own(call.id))
    expect(JSON.parse(wire('calls.update')[0]?.body ?? '')).toMatchObject({
      to: '+14155550199',
      from,
      timeout_secs: 10,
      record: 'record-from-answer',
      park_after_unbridge: 'self',
    })
    await twin.dialled(own(call.id), 'busy')
    expect(heard(call.id)).toEqual([
      { verb: 'dial', to: '+14155550199' },
      { verb: 'say', text: 'Nobody there' },
      { verb: 'hangup' },
    ])
  })

  it('opens a conference for the first caller and lets the second join it', async () => {
    const { twin, provider, wire, heard, from } = setUp()
    const flow = callFlow().conference('board')
    const first = await provider.calls.make({ from, to, flow })
    const second = await provider.calls.make({ from, to: '+14155550124', flow })
    await twin.answer(own(first.id))
    await twin.answer(own(second.id))
    expect(heard(first.id)).toEqual([{ verb: 'conference', name: 'board' }])
    expect(heard(second.id)).toEqual([{ verb: 'conference', name: 'board' }])
    expect(wire('conferences.create')).toHaveLength(1)
    expect(wire('conferences.join')).toHaveLength(1)
  })

  it('records until the key, then goes on', async () => {
    const { twin, provider, events, commands, heard, from } = setUp()
    const call = await provider.calls.make({
      from,
      to,
      flow: callFlow().record({ maxSeconds: 30, finishOn: '#', beep: true }).say('Thanks'),
    })
    await twin.answer(own(call.id))
    expect(heard(call.id)).toEqual([{ verb: 'record' }])
    twin.clock.advance(4_000)
    await twin.press(own(call.id), '5#')
    expect(commands()).toEqual(['record_start', 'record_stop', 'speak', 'hangup'])
    expect(heard(call.id)).toEqual([{ verb: 'record' }, { verb: 'say', text: 'Thanks' }, { verb: 'hangup' }])
    const [listed] = await collect(provider.calls.recordings({ id: call.id }))
    expect(listed).toMatchObject({ call: call.id, status: 'completed', durationSeconds: 4, url: expect.stringContaining('.mp3') })
    expect(events.find(({ type }) => type === 'call.recorded')).toMatchObject({
      recording: listed?.id,
      durationSeconds: 4,
      url: listed?.url,
      call: call.id,
    })
  })

  it('records a live call beside its flow', async () => {
    const { twin, provider, events, heard, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().gather() })
    await twin.answer(own(call.id))
    expect(await provider.calls.record({ id: call.id, maxSeconds: 60 })).toMatchObject({ call: call.id, status: 'in-progress' })
    await twin.finishRecording(own(call.id))
    expect(events.at(-1)).toMatchObject({ type: 'call.recorded', awaiting: false, call: call.id })
    expect(heard(call.id)).toEqual([{ verb: 'gather' }, { verb: 'record' }])
    expect(await collect(provider.calls.recordings({ id: call.id }))).toHaveLength(1)
  })

  it('gives a waiting call a new flow, and hangs up as often as it is told to', async () => {
    const { twin, provider, commands, heard, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().gather({ digits: 4 }).say('Never') })
    await twin.answer(own(call.id))
    await provider.calls.update({ id: call.id, flow: callFlow().say('Change').gather({ digits: 2 }) })
    expect(commands()).toEqual(['gather', 'gather_stop', 'speak', 'gather'])
    expect(heard(call.id)).toEqual([
      { verb: 'gather', digits: 4 },
      { verb: 'say', text: 'Change' },
      { verb: 'gather', digits: 2 },
    ])
    await provider.calls.end(call.id)
    expect(twin.calls()[0]?.ended).toBe(true)
    expect(await provider.calls.end(call.id)).toMatchObject({ id: call.id, status: 'completed' })
    expect(await failure(provider.calls.update({ id: call.id, flow: callFlow().say('x') }))).toMatchObject({
      code: 'call_ended',
      effect: 'none',
    })
  })

  it.each([
    { kind: 'cut', when: 'after' },
    { kind: 'error', status: 503, when: 'after' },
    { kind: 'foreign-page', when: 'after' },
    { kind: 'truncated' },
  ] as const)('finds the call that $kind hid, without dialling again', async (fault) => {
    const { twin, provider, wire, from } = setUp()
    twin.faults.next(fault, { operation: 'calls.create' })
    const call = await provider.calls.make({ from, to, flow: callFlow().say('x') })
    expect(call.id).toBe(`telnyx:${twin.calls()[0]?.id}`)
    expect(wire('calls.create')).toHaveLength(1)
    expect(twin.calls()).toHaveLength(1)
  })

  it('finds a lost call also when it has ended at once', async () => {
    const { twin, provider, wire, from } = setUp()
    twin.connect(async () => {
      const [call] = twin.calls()
      if (call !== undefined && !call.ended) await twin.miss(call.id, 'busy')
      return new Response(null, { status: 200 })
    })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'calls.create' })
    expect(await provider.calls.make({ from, to, flow: callFlow().say('x') })).toMatchObject({ status: 'busy', to })
    expect(wire('calls.create')).toHaveLength(1)
  })

  it('answers a webhook that comes twice once', async () => {
    const { twin, provider, heard, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().say('Once').gather() })
    twin.nextWebhook('duplicate')
    await twin.answer(own(call.id))
    expect(heard(call.id)).toEqual([{ verb: 'say', text: 'Once' }, { verb: 'gather' }])
  })

  it('refuses before any request what a flow asks of Telnyx in vain', async () => {
    const { twin, provider, from } = setUp()
    const refusals: readonly CallFlow[] = [
      callFlow().redirect('https://example.com/next'),
      callFlow().say('x', { language: 'xx-XX' }),
      callFlow().conference('a', { muted: true }),
      callFlow().dial(to, { timeout: 2 }),
      callFlow().reject(),
    ]
    for (const flow of refusals) expect(await failure(provider.calls.make({ from, to, flow }))).toMatchObject({ effect: 'none' })
    expect(await failure(provider.calls.make({ to, flow: callFlow().say('x') }))).toMatchObject({ code: 'sender_required' })
    expect(await failure(collect(provider.calls.list()))).toMatchObject({ code: 'unsupported' })
    expect(twin.requests()).toEqual([])
  })

  it('asks for machine detection and passes its result on', async () => {
    const { twin, provider, events, wire, from } = setUp()
    const call = await provider.calls.make({ from, to, flow: callFlow().gather(), machineDetection: true, record: true })
    await twin.answer(own(call.id))
    expect(JSON.parse(wire('calls.create')[0]?.body ?? '')).toMatchObject({
      answering_machine_detection: 'detect',
      record: 'record-from-answer',
    })
    expect(events.find((event) => event.type === 'unknown')).toMatchObject({
      raw: { event_type: 'call.machine.detection.ended', payload: { result: 'human' } },
    })
  })

  it('names a wrong caller, an unknown call and the SDK behind it all', async () => {
    const { twin, provider } = setUp()
    expect(await failure(provider.calls.make({ from: '+12025550999', to, flow: callFlow().say('x') }))).toMatchObject({
      code: 'invalid_sender',
      field: 'from',
    })
    expect(await failure(provider.calls.get('telnyx:v3:nothing'))).toMatchObject({ code: 'not_found' })
    const client = await provider.client
    const { data } = await client.calls.dial({ connection_id: twin.credentials.connectionId, from: twin.caller, to })
    expect(twin.calls()).toMatchObject([{ id: data?.call_control_id }])
  })
})
