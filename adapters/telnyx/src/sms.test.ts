import { telnyxTwin } from '@do/fixtures/telnyx'
import { OutcomeUnknownError, ProviderError, testClock } from '@do/provider'
import type { SmsEvent } from '@do/sms'
import { describe, expect, it } from 'vitest'
import { type TelnyxSmsOptions, telnyxSms } from './index.ts'

const to = '+14155550123'

function setUp(options: Partial<TelnyxSmsOptions> = {}) {
  const twin = telnyxTwin({ clock: testClock() })
  const provider = telnyxSms({
    ...twin.credentials,
    fetch: twin.fetch,
    clock: twin.clock,
    webhookUrl: twin.webhookUrl,
    ...options,
  })
  const events: SmsEvent[] = []
  twin.connect(async (request) => {
    events.push(...(await provider.receive(request)))
    return new Response(null, { status: 200 })
  })
  const wire = (operation: string) => twin.requests().filter((request) => request.operation === operation)
  return { twin, provider, events, wire, from: twin.sender }
}

const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.')
  return error
}

describe('telnyxSms', () => {
  it('sends a message as Telnyx wants it', async () => {
    const { twin, provider, wire, from } = setUp()
    const message = await provider.send({ from, to, body: 'Grüße ☕' })
    expect(twin.sent()).toMatchObject([{ to, from, body: 'Grüße ☕', media: [], status: 'queued' }])
    expect(message).toMatchObject({
      id: `telnyx:${twin.sent()[0]?.id}`,
      direction: 'outbound',
      to,
      from,
      status: 'queued',
      segments: 1,
    })
    expect(message.price).toEqual({ decimal: '0.0040', currency: 'USD' })
    const [request] = wire('messages.create')
    const body = JSON.parse(request?.body ?? '{}') as Record<string, string>
    expect(Object.keys(body).sort()).toEqual(['from', 'text', 'to', 'webhook_url'])
    expect(body.webhook_url).toMatch(/^https:\/\/hooks\.example\.com\/vendor\?do_ref=do-[\w-]{22,}$/)
    expect(request?.headers.authorization).toBe(`Bearer ${twin.credentials.apiKey}`)
  })

  it('sends media as MMS, and from a name through the messaging profile', async () => {
    const { twin, provider, wire, from } = setUp()
    await provider.send({ from, to, body: '', media: ['https://example.com/a.jpg'] })
    await provider.send({ from: 'Acme', to, body: 'Hi' })
    expect(twin.sent()).toMatchObject([{ media: ['https://example.com/a.jpg'], body: '' }, { from: 'Acme' }])
    expect(JSON.parse(wire('messages.create')[0]?.body ?? '')).not.toHaveProperty('text')
    expect(JSON.parse(wire('messages.create')[1]?.body ?? '')).toMatchObject({
      messaging_profile_id: twin.credentials.messagingProfileId,
    })
  })

  it('refuses before any request what this configuration cannot do', async () => {
    const { twin, from } = setUp()
    const provider = telnyxSms({ apiKey: twin.credentials.apiKey, fetch: twin.fetch, clock: twin.clock })
    expect(await failure(provider.send({ to, body: 'x' }))).toMatchObject({
      code: 'sender_required',
      effect: 'none',
      elsewhere: true,
    })
    expect(await failure(provider.send({ from: 'Acme', to, body: 'x' }))).toMatchObject({ code: 'unsupported', elsewhere: true })
    expect(twin.requests()).toEqual([])
    await provider.send({ from, to, body: 'no webhook' })
    expect(JSON.parse(twin.requests()[0]?.body ?? '')).toEqual({ from, to, text: 'no webhook' })
  })

  it('reads a message again, with its text, price and fate', async () => {
    const { twin, provider, from } = setUp()
    const { id } = await provider.send({ from, to, body: 'Hello' })
    await twin.deliver(id.slice(7), 'undelivered')
    expect(await provider.get(id)).toMatchObject({
      id,
      body: 'Hello',
      status: 'undelivered',
      failure: 'unreachable',
      vendorCode: '40008',
    })
    expect(await failure(provider.get('telnyx:00000000-0000-4000-a000-000000000000'))).toMatchObject({
      code: 'not_found',
      status: 404,
    })
  })

  it('lists over several pages, newest first, and once each although messages come in between', async () => {
    const { twin, provider, from } = setUp()
    for (let i = 0; i < 120; i++) {
      await provider.send({ from, to, body: `n${i}` })
      twin.clock.advance(10)
    }
    twin.clock.advance(5_000)
    const ids: string[] = []
    for await (const message of provider.list({ to })) {
      ids.push(message.id)
      if (ids.length === 50) {
        await provider.send({ from, to, body: 'late' })
        twin.clock.advance(5_000)
      }
    }
    expect(ids).toEqual(
      twin
        .sent()
        .slice(0, 120)
        .map(({ id }) => `telnyx:${id}`)
        .reverse(),
    )
    const page = await provider.list({ limit: 1000 }).page()
    expect(page.items).toHaveLength(50)
    const next = await provider.list({ limit: 1000 }).page(page.cursor)
    expect(next.items).toHaveLength(50)
    expect(next.items[0]).not.toHaveProperty('body')
  })

  it('lists exactly the wanted stretch of time, although Telnyx compares days', async () => {
    const { twin, provider, from } = setUp()
    for (let i = 0; i < 3; i++) {
      await provider.send({ from, to, body: `n${i}` })
      twin.clock.advance(60_000)
    }
    const since = new Date(twin.clock.now() - 130_000).toISOString()
    const until = new Date(twin.clock.now() - 110_000).toISOString()
    const listed: string[] = []
    for await (const { id } of provider.list({ since, until })) listed.push(id)
    expect(listed).toEqual([`telnyx:${twin.sent()[1]?.id}`])
  })

  it('schedules and takes back, and says when it is too late', async () => {
    const { twin, provider, wire, from } = setUp()
    const sendAt = new Date(twin.clock.now() + 3_600_000).toISOString()
    const { id, status } = await provider.send({ from, to, body: 'Later', sendAt })
    expect(status).toBe('scheduled')
    expect(wire('messages.create')[0]?.url).toBe('https://api.telnyx.com/v2/messages/schedule')
    expect(await provider.cancel(id)).toMatchObject({ id, status: 'canceled' })
    expect(twin.sent()).toMatchObject([{ status: 'cancelled' }])
    expect(await provider.cancel(id)).toMatchObject({ status: 'canceled' })
    const sent = await provider.send({ from, to, body: 'Now' })
    expect(await failure(provider.cancel(sent.id))).toMatchObject({ code: 'too_late', effect: 'none' })
  })

  it('never asks a vendor again who said that the recipient opted out', async () => {
    const { twin, provider, events, from } = setUp()
    await twin.inbound({ from: to, body: ' Stop ' })
    expect(events).toMatchObject([{ type: 'message.received', from: to, to: from, consent: 'stop' }])
    expect(await failure(provider.send({ from, to, body: 'x' }))).toMatchObject({
      code: 'opted_out',
      fault: 'recipient',
      effect: 'none',
      elsewhere: false,
    })
    await twin.inbound({ from: to, body: 'START' })
    await provider.send({ from, to, body: 'x' })
    expect(twin.sent()).toHaveLength(1)
  })

  it('tells a wrong sender from a wrong recipient', async () => {
    const { provider, from } = setUp()
    expect(await failure(provider.send({ from: '+12025550999', to, body: 'x' }))).toMatchObject({
      code: 'invalid_sender',
      fault: 'caller',
      elsewhere: true,
    })
    expect(await failure(provider.send({ from, to: '+1415555', body: 'x' }))).toMatchObject({
      code: 'invalid_recipient',
      fault: 'recipient',
    })
  })

  it.each([
    ['an error 500', { kind: 'error', status: 500, when: 'after' }],
    ['an error 503', { kind: 'error', status: 503, when: 'before' }],
    ['a cut connection', { kind: 'cut', when: 'after' }],
    ['half an answer', { kind: 'truncated' }],
    ["somebody's sign-in page", { kind: 'foreign-page', when: 'after' }],
  ] as const)('sends one request into %s, then finds out what became of it', async (_, fault) => {
    const { twin, provider, wire, from } = setUp()
    twin.faults.next(fault, { operation: 'messages.create' })
    const acted = fault.kind === 'truncated' || fault.when === 'after'
    const result = await provider.send({ from, to, body: 'once' }, { idempotencyKey: 'k' }).then(
      (message) => message.id,
      (error: ProviderError) => error.effect,
    )
    expect(wire('messages.create')).toHaveLength(1)
    expect(twin.sent()).toHaveLength(acted ? 1 : 0)
    expect(result).toBe(acted ? `telnyx:${twin.sent()[0]?.id}` : 'none')
  })

  it('finds a lost message by its text where no webhook URL carries our reference', async () => {
    const { twin, provider, from } = setUp({ webhookUrl: undefined })
    await provider.send({ from, to, body: 'first' })
    await provider.send({ from, to, body: 'same' })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    const found = await provider.send({ from, to, body: 'same' })
    expect(twin.sent()).toHaveLength(3)
    expect(found.id).toBe(`telnyx:${twin.sent()[2]?.id}`)
  })

  it('does not call a scheduled message lost, because Telnyx lists it only once it is sent', async () => {
    const { twin, provider, wire, from } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    const sendAt = new Date(twin.clock.now() + 3_600_000).toISOString()
    await expect(provider.send({ from, to, body: 'Later', sendAt })).rejects.toBeInstanceOf(OutcomeUnknownError)
    expect(wire('messages.create')).toHaveLength(1)
  })

  it('sends one request into a limit and a refused credential', async () => {
    const { twin, provider, wire, from } = setUp()
    twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 7 }, { operation: 'messages.create' })
    expect(await failure(provider.send({ from, to, body: 'x' }))).toMatchObject({
      code: 'rate_limited',
      fault: 'quota',
      retryAfterMs: 7_000,
      effect: 'none',
    })
    twin.faults.next({ kind: 'unauthorized' }, { operation: 'messages.create' })
    const error = await failure(provider.send({ from, to, body: 'secret text' }))
    expect(error).toMatchObject({ code: 'unauthorized', fault: 'credential', effect: 'none' })
    expect(JSON.stringify(error)).not.toContain('secret text')
    expect(wire('messages.create')).toHaveLength(2)
  })

  it('reports delivery, replies with media and what it does not know', async () => {
    const { twin, provider, events, from } = setUp()
    const { id } = await provider.send({ from, to, body: 'x' })
    await twin.deliver(id.slice(7), 'sent')
    await twin.deliver(id.slice(7), 'failed')
    await twin.inbound({ from: to, body: 'Look', media: ['https://example.com/p.jpg'] })
    await twin.unknownEvent()
    expect(events).toMatchObject([
      { type: 'message.status', message: id, status: 'sent', to, from, reference: expect.stringMatching(/^do-[\w-]{22,}$/) },
      { type: 'message.status', message: id, status: 'failed', failure: 'landline', vendorCode: '40001' },
      { type: 'message.received', from: to, to: from, body: 'Look', media: ['https://example.com/p.jpg'] },
      { type: 'unknown' },
    ])
    expect(events[2]).not.toHaveProperty('consent')
    twin.nextWebhook('duplicate')
    await twin.inbound({ from: to, body: 'Twice' })
    expect(events.at(-1)?.eventId).toBe(events.at(-2)?.eventId)
  })

  it.each([
    ['forged', 'webhook_signature'],
    ['missing-signature', 'webhook_signature'],
    ['tampered', 'webhook_signature'],
    ['expired', 'webhook_expired'],
    ['future', 'webhook_expired'],
  ] as const)('refuses a %s webhook', async (fault, code) => {
    const { twin } = setUp()
    twin.nextWebhook(fault)
    expect(await failure(twin.inbound({ from: to, body: 'x' }))).toMatchObject({ code })
  })

  it('gives out the SDK itself', async () => {
    const { twin, provider, from } = setUp()
    const client = await provider.client
    const { data } = await client.messages.send({ from, to, text: 'by hand' })
    expect(twin.sent()).toMatchObject([{ id: data?.id, body: 'by hand' }])
    expect(client.maxRetries).toBe(0)
  })
})
