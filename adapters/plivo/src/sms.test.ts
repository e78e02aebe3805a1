import { plivoTwin } from '@do/fixtures/plivo'
import { OutcomeUnknownError } from '@do/provider'
import type { SmsEvent } from '@do/sms'
import { describe, expect, it } from 'vitest'
import { plivoSms } from './index.ts'

const to = '+14155550123'

function open(options: Partial<Parameters<typeof plivoSms>[0]> = {}) {
  const twin = plivoTwin()
  const sms = plivoSms({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl, ...options })
  const events: SmsEvent[] = []
  twin.connect(async (request) => {
    events.push(...(await sms.receive(request)))
    return new Response(null, { status: 204 })
  })
  const bodies = () =>
    twin
      .requests()
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  return { twin, sms, events, bodies }
}

describe('sending', () => {
  it('sends one SMS, with numbers as Plivo wants them', async () => {
    const { twin, sms, bodies } = open()
    const message = await sms.send({ to, from: twin.sender, body: 'Déjà vu 👋' })
    expect(twin.sent()).toMatchObject([{ to, from: twin.sender, body: 'Déjà vu 👋', media: [] }])
    expect(message).toMatchObject({
      id: `plivo:${twin.sent()[0]?.id}`,
      direction: 'outbound',
      to,
      from: twin.sender,
      status: 'queued',
    })
    expect(twin.requests()).toHaveLength(1)
    expect(bodies()).toEqual([
      {
        src: '14155550100',
        dst: '14155550123',
        text: 'Déjà vu 👋',
        method: 'POST',
        url: expect.stringMatching(/^https:\/\/hooks\.example\.com\/vendor\?do_ref=do-\w+$/),
      },
    ])
  })

  it('sends pictures as MMS, also without a text', async () => {
    const { twin, sms, bodies } = open({ webhookUrl: undefined })
    const media = ['https://example.com/a.jpg', 'https://example.com/b.jpg']
    await sms.send({ to, from: twin.sender, media })
    expect(twin.sent()).toMatchObject([{ body: '', media }])
    expect(bodies()).toEqual([{ src: '14155550100', dst: '14155550123', text: '', type: 'mms', media_urls: media }])
  })

  it('keeps query and fragment of the webhook URL', async () => {
    const { twin, sms, bodies } = open({ webhookUrl: 'https://h.example.com/p?tenant=1#ct=2000&rc=3' })
    await sms.send({ to, from: twin.sender, body: 'x' })
    expect(bodies()[0]?.url).toMatch(/^https:\/\/h\.example\.com\/p\?tenant=1&do_ref=do-\w+#ct=2000&rc=3$/)
  })

  it.each([
    ['without a sender', { to, body: 'x' }, 'sender_missing', 'from'],
    ['with 738 characters in Unicode', { to, from: 'Acme', body: '你'.repeat(738) }, 'body_too_long', 'body'],
  ])('refuses a message %s before anything is sent', async (_name, input, code, field) => {
    const { twin, sms } = open()
    await expect(sms.send(input)).rejects.toMatchObject({ code, field, effect: 'none', elsewhere: true })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['500', { kind: 'error', status: 500, when: 'after' }],
    ['503', { kind: 'error', status: 503, when: 'after' }],
    ['a cut', { kind: 'cut', when: 'after' }],
    ['a sign-in page', { kind: 'foreign-page', when: 'after' }],
    ['half an answer', { kind: 'truncated' }],
  ] as const)('after %s it finds the message by recipient and time, and sends nothing again', async (_name, fault) => {
    const { twin, sms } = open()
    twin.faults.next(fault, { operation: 'messages.create' })
    const message = await sms.send({ to, from: twin.sender, body: 'once' })
    expect(twin.sent()).toHaveLength(1)
    expect(twin.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(message).toMatchObject({ id: `plivo:${twin.sent()[0]?.id}`, to, from: twin.sender })
  })

  it('takes no message that somebody else sent for its own', async () => {
    const { twin, sms } = open()
    const first = await sms.send({ to, from: twin.sender, body: 'first' })
    await sms.send({ to, from: 'Acme', body: 'another sender' })
    await sms.send({ to, from: twin.sender, media: ['https://example.com/a.jpg'] })
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    const second = await sms.send({ to, from: twin.sender, body: 'second' })
    expect(second.id).toBe(`plivo:${twin.sent()[3]?.id}`)
    expect(second.id).not.toBe(first.id)
  })

  it('reports as unknown what it cannot find out, and never sends twice', async () => {
    const { twin, sms } = open()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    twin.faults.always({ kind: 'error', status: 503, when: 'before' }, { operation: 'messages.list' })
    const error = await sms.send({ to, from: twin.sender, body: 'x' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    twin.faults.clear()
    twin.clock.advance(60_000)
    expect(await (error as OutcomeUnknownError).resolve()).toMatchObject({
      effect: 'done',
      value: { id: `plivo:${twin.sent()[0]?.id}` },
    })
    expect(twin.sent()).toHaveLength(1)
  })

  it('knows that a cut before Plivo acted had no effect once Plivo must have shown it', async () => {
    const { twin, sms } = open()
    twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'messages.create' })
    await expect(sms.send({ to, from: twin.sender, body: 'x' })).rejects.toMatchObject({ effect: 'none', fault: 'network' })
  })

  it('waits as long as a rate limit says', async () => {
    const { twin, sms } = open()
    twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 7 }, { operation: 'messages.create' })
    await expect(sms.send({ to, from: twin.sender, body: 'x' })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 7000,
      effect: 'none',
    })
  })
})

describe('reading', () => {
  it('gives numbers in E.164, times in UTC, units and price', async () => {
    const { twin, sms } = open()
    const { id } = await sms.send({ to, from: twin.sender, body: 'x'.repeat(161) })
    await twin.deliver(id.slice('plivo:'.length))
    expect(await sms.get(id)).toMatchObject({
      id,
      to,
      from: twin.sender,
      status: 'delivered',
      segments: 2,
      price: { decimal: '0.01100', currency: 'USD' },
      createdAt: '2026-01-01T00:00:00.000Z',
    })
  })

  it('says why a message failed', async () => {
    const { twin, sms } = open()
    twin.optOut(to)
    const { id } = await sms.send({ to, from: twin.sender, body: 'x' })
    expect(await sms.get(id)).toMatchObject({ status: 'failed', failure: 'opted_out', vendorCode: '200' })
  })

  it('reads pages of twenty, and of less, each message once while new ones come in', async () => {
    const { twin, sms } = open()
    for (let i = 0; i < 45; i++) {
      await sms.send({ to, from: twin.sender, body: `${i}` })
      twin.clock.advance(2_000)
    }
    twin.clock.advance(10_000)
    const wanted = twin
      .sent()
      .map(({ id }) => `plivo:${id}`)
      .reverse()
    const seen: string[] = []
    for await (const page of sms.list({ limit: 1000 }).pages()) {
      seen.push(...page.items.map(({ id }) => id))
      await sms.send({ to, from: twin.sender, body: 'while reading' })
      twin.clock.advance(10_000)
    }
    expect(seen).toEqual(wanted)
    expect(twin.requests().filter(({ operation }) => operation === 'messages.list')).toHaveLength(3)
  })

  it('looks back further than the one day that Plivo gives by itself', async () => {
    const { twin, sms } = open()
    await sms.send({ to, from: twin.sender, body: 'x' })
    twin.clock.advance(60 * 86_400_000)
    expect((await sms.list().page()).items).toHaveLength(1)
  })

  it('asks Plivo for times without a zone, and numbers as it documents them', async () => {
    const { twin, sms } = open()
    await sms.list({ to, since: '2025-12-30T01:02:03.000Z', until: '2025-12-31T00:00:00.000Z', limit: 5 }).page()
    expect(Object.fromEntries(new URL(twin.requests()[0]?.url as string).searchParams)).toEqual({
      limit: '5',
      offset: '0',
      message_time__gte: '2025-12-30 01:02:03',
      message_time__lte: '2025-12-31 00:00:00',
      to_number: to,
    })
  })

  it.each(['x', '5.y', '-1'])('refuses the foreign cursor "%s"', async (cursor) => {
    const { twin, sms } = open()
    await expect(sms.list().page(`plivo:${cursor}`)).rejects.toMatchObject({ code: 'invalid_cursor' })
    expect(twin.requests()).toEqual([])
  })

  it('takes an answer without an id for none', async () => {
    const { sms } = open({ fetch: async () => Response.json({ hello: 'world' }) })
    await expect(sms.get('plivo:x')).rejects.toMatchObject({ code: 'unreadable_answer', effect: 'none' })
  })
})

describe('events', () => {
  it('tells of each status once, with our reference', async () => {
    const { twin, sms, events } = open()
    const { id } = await sms.send({ to, from: twin.sender, body: 'x' })
    for (const outcome of ['sent', 'delivered'] as const) await twin.deliver(id.slice(6), outcome)
    expect(events).toMatchObject([
      { type: 'message.status', message: id, status: 'sent', to, from: twin.sender, reference: expect.stringMatching(/^do-/) },
      { type: 'message.status', message: id, status: 'delivered', at: '2026-01-01T00:00:00.000Z' },
    ])
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2)
  })

  it('says why a message was not delivered', async () => {
    const { twin, sms, events } = open()
    const { id } = await sms.send({ to, from: twin.sender, body: 'x' })
    await twin.deliver(id.slice(6), 'undelivered')
    expect(events).toMatchObject([{ status: 'undelivered', failure: 'unreachable', vendorCode: '80' }])
  })

  it('reads texts and pictures that somebody sends', async () => {
    const { twin, events } = open()
    const media = ['https://media.example.com/1.jpg', 'https://media.example.com/2.jpg']
    await twin.inbound({ from: to, body: ' 1+1 & more\n👋' })
    await twin.inbound({ from: to, body: 'Look', media })
    expect(events).toMatchObject([
      { type: 'message.received', from: to, to: twin.sender, body: ' 1+1 & more\n👋' },
      { type: 'message.received', body: 'Look', media },
    ])
  })

  it.each([
    ['STOP', 'stop'],
    ['start', 'start'],
    ['Please stop by', undefined],
  ])('reads consent in "%s"', async (body, consent) => {
    const { twin, events } = open()
    await twin.inbound({ from: to, body })
    expect(events).toMatchObject([{ type: 'message.received', body }])
    expect((events[0] as { consent?: string }).consent).toBe(consent)
  })

  it('passes on what it does not know, the same way each time', async () => {
    const { twin, events } = open()
    twin.nextWebhook('duplicate')
    await twin.unknownEvent()
    expect(events).toMatchObject([{ type: 'unknown', raw: { EventName: 'MPCInitialized' } }, { type: 'unknown' }])
    expect(events[0]?.eventId).toBe(events[1]?.eventId)
  })
})
