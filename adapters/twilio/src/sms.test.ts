import { twilioTwin } from '@do/fixtures/twilio'
import { OutcomeUnknownError, ProviderError } from '@do/provider'
import { memoryOptOuts, type SmsEvent, withOptOuts } from '@do/sms'
import { beforeEach, describe, expect, it } from 'vitest'
import { type TwilioSmsOptions, twilioSms } from './index.ts'

const twin = twilioTwin()
const to = '+14155550199'
const make = (more: Partial<TwilioSmsOptions> = {}) =>
  twilioSms({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl, ...more })
const idOf = (handle: string) => handle.slice('twilio:'.length)
const posts = () => twin.requests().filter(({ operation }) => operation === 'messages.create')
const fieldsOf = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body))
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('It did not fail with a ProviderError.')
  return error
}

beforeEach(() => twin.reset())

describe('send', () => {
  it('sends an SMS with sender, text and a status callback that carries our reference', async () => {
    const message = await make().send({ from: twin.sender, to, body: 'Grüße & + =?' })
    expect(message).toMatchObject({ direction: 'outbound', to, from: twin.sender, status: 'queued', segments: 1 })
    expect(twin.sent()).toMatchObject([{ id: idOf(message.id), to, from: twin.sender, body: 'Grüße & + =?', media: [] }])
    const [request] = twin.requests()
    expect(request?.url).toBe(`https://api.twilio.com/2010-04-01/Accounts/${twin.credentials.accountSid}/Messages.json`)
    const { StatusCallback, ...fields } = fieldsOf(request?.body)
    expect(fields).toEqual({ To: to, From: twin.sender, Body: 'Grüße & + =?' })
    expect(StatusCallback).toMatch(/^https:\/\/hooks\.example\.com\/vendor\?do_ref=do-/)
  })

  it('sends an MMS, each file as a parameter of its own, also without a text', async () => {
    const media = ['https://files.example.com/a.jpg', 'https://files.example.com/b.jpg']
    const message = await make().send({ from: twin.sender, to, media })
    expect(idOf(message.id)).toMatch(/^MM/)
    expect(message.media).toEqual(media)
    expect(twin.sent()[0]?.media).toEqual(media)
    const fields = new URLSearchParams(twin.requests()[0]?.body)
    expect(fields.getAll('MediaUrl')).toEqual(media)
    expect(fields.has('Body')).toBe(false)
  })

  it('lets the Messaging Service pick the sender', async () => {
    const message = await make().send({ to, body: 'Hi' })
    expect(message.from).toBeUndefined()
    expect(fieldsOf(twin.requests()[0]?.body)).toMatchObject({ MessagingServiceSid: twin.credentials.messagingServiceSid })
    expect(twin.sent()[0]?.from).toBe(twin.sender)
  })

  it('refuses to send without a sender when there is no service, and leaves it to another provider', async () => {
    const error = await failure(make({ messagingServiceSid: undefined as never }).send({ to, body: 'Hi' }))
    expect(error).toMatchObject({ code: 'sender_missing', effect: 'none', field: 'from', elsewhere: true })
    expect(twin.requests()).toEqual([])
  })

  it('schedules through the service with the given sender, and takes back', async () => {
    const sms = make()
    const sendAt = new Date(twin.clock.now() + 3_600_000).toISOString()
    const message = await sms.send({ from: twin.sender, to, body: 'Later', sendAt })
    expect(message.status).toBe('scheduled')
    expect(fieldsOf(twin.requests()[0]?.body)).toMatchObject({
      ScheduleType: 'fixed',
      SendAt: '2026-01-01T01:00:00Z',
      From: twin.sender,
      MessagingServiceSid: twin.credentials.messagingServiceSid,
    })
    expect((await sms.cancel(message.id)).status).toBe('canceled')
    expect((await sms.cancel(message.id)).status).toBe('canceled')
    expect(twin.sent()[0]?.status).toBe('canceled')
  })

  it('says that a message which has left cannot be taken back', async () => {
    const sms = make()
    const { id } = await sms.send({ from: twin.sender, to, body: 'Now' })
    expect(await failure(sms.cancel(id))).toMatchObject({ code: 'not_cancelable', vendorCode: '30409', effect: 'none' })
  })

  it('does not offer schedules without a service', async () => {
    const { messagingServiceSid: _, ...credentials } = twin.credentials
    const sms = twilioSms({ ...credentials, fetch: twin.fetch, clock: twin.clock })
    expect(sms.supports('schedule')).toBe(false)
    const error = await failure(sms.send({ from: twin.sender, to, body: 'x', sendAt: '2026-01-02T00:00:00Z' }))
    expect(error).toMatchObject({ code: 'unsupported', elsewhere: true })
    expect(error.message).toContain('messagingServiceSid')
  })

  it('signs in with an API key', async () => {
    const sms = twilioSms({ ...twin.keyCredentials, fetch: twin.fetch, clock: twin.clock })
    await sms.send({ from: twin.sender, to, body: 'Hi' })
    expect(twin.requests()[0]?.headers.authorization).toBe(
      `Basic ${btoa(`${twin.keyCredentials.apiKey}:${twin.keyCredentials.apiSecret}`)}`,
    )
    expect(twin.requests()[0]?.url).toContain(`/Accounts/${twin.credentials.accountSid}/`)
    expect(new URLSearchParams(twin.requests()[0]?.body).has('StatusCallback')).toBe(false)
  })

  it.each([
    ['+14155550999999999', 'invalid_recipient', 'recipient'],
    ['opted-out', 'opted_out', 'recipient'],
    ['foreign sender', 'sender_not_owned', 'caller'],
    ['long', 'invalid_input', 'caller'],
  ])('refuses: %s', async (kind, code, fault) => {
    twin.optOut('+14155550777')
    if (kind.startsWith('+')) twin.faults.next({ kind: 'invalid' })
    const input = {
      from: kind === 'foreign sender' ? '+14155550555' : twin.sender,
      to: kind === 'opted-out' ? '+14155550777' : to,
      body: kind === 'long' ? 'x'.repeat(1601) : 'secret text',
    }
    const error = await failure(make().send(input))
    expect(error).toMatchObject({ code, fault, effect: 'none', operation: 'sms.send' })
    expect(JSON.stringify(error)).not.toContain('secret text')
    expect(twin.sent()).toEqual([])
  })
})

describe('an unclear outcome', () => {
  const input = { from: twin.sender, to, body: 'Once' }

  it.each([
    ['a reset after Twilio acted', { kind: 'cut', when: 'after' }],
    ['a 500 after Twilio acted', { kind: 'error', status: 500, when: 'after' }],
    ['a 503 after Twilio acted', { kind: 'error', status: 503, when: 'after' }],
    ['an answer that breaks off', { kind: 'truncated' }],
    ["somebody's sign-in page", { kind: 'foreign-page', when: 'after' }],
    ['a hang after Twilio acted', { kind: 'hang', when: 'after' }],
  ] as const)('%s: the message is found, and never sent again', async (_, fault) => {
    twin.faults.next(fault, { operation: 'messages.create' })
    const message = await make().send(input)
    expect(posts()).toHaveLength(1)
    expect(twin.sent().map(({ id }) => id)).toEqual([idOf(message.id)])
  })

  it.each([
    ['a reset before', { kind: 'cut', when: 'before' }],
    ['a 500 before', { kind: 'error', status: 500, when: 'before' }],
    ['a foreign page', { kind: 'foreign-page', when: 'before' }],
  ] as const)('%s: proves after the settle time that nothing was sent', async (_, fault) => {
    twin.faults.next(fault, { operation: 'messages.create' })
    const started = twin.clock.now()
    const error = await failure(make().send(input))
    expect(error).toMatchObject({ effect: 'none' })
    expect(posts()).toHaveLength(1)
    expect(twin.sent()).toEqual([])
    expect(twin.clock.now() - started).toBeGreaterThanOrEqual(15_000)
  })

  it('does not take the message of another intent for its own', async () => {
    const sms = make()
    const first = await sms.send(input, { idempotencyKey: 'a' })
    twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'messages.create' })
    await failure(sms.send(input, { idempotencyKey: 'b' }))
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    const third = await sms.send(input, { idempotencyKey: 'c' })
    expect(third.id).not.toBe(first.id)
    expect(twin.sent()).toHaveLength(2)
  })

  it('looks through all pages, and stops at what is too old', async () => {
    const sms = make()
    for (let i = 0; i < 3; i++) await sms.send({ ...input, body: `old ${i}` })
    twin.clock.advance(60_000)
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    const message = await sms.send(input)
    expect(twin.sent().at(-1)?.id).toBe(idOf(message.id))
    const lists = twin.requests().filter(({ operation }) => operation === 'messages.list')
    expect(lists.every(({ url }) => new URL(url).searchParams.get('To') === to)).toBe(true)
  })

  it('leaves it unknown while the list cannot be read', async () => {
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.create' })
    twin.faults.always({ kind: 'error', status: 503, when: 'before' }, { operation: 'messages.list' })
    const error = await failure(make().send(input))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    twin.faults.clear()
    twin.clock.advance(5_000)
    expect(await (error as OutcomeUnknownError).resolve()).toMatchObject({ effect: 'done', value: { body: 'Once' } })
    expect(posts()).toHaveLength(1)
  })

  it('sends one request for 429 and keeps Retry-After', async () => {
    twin.faults.always({ kind: 'rate-limit', retryAfterSeconds: 40 })
    expect(await failure(make().send(input))).toMatchObject({
      code: 'rate_limited',
      fault: 'quota',
      effect: 'none',
      retryAfterMs: 40_000,
      vendorCode: '20429',
    })
    expect(posts()).toHaveLength(1)
  })

  it('knows that a refused connection and a wrong credential had no effect', async () => {
    twin.faults.next({ kind: 'refuse' })
    expect(await failure(make().send(input))).toMatchObject({ fault: 'network', effect: 'none' })
    const error = await failure(make({ authToken: 'ffffffffffffffffffffffffffffffff' }).send(input))
    expect(error).toMatchObject({ code: 'unauthorized', fault: 'credential', effect: 'none', status: 401 })
    expect(error.requestId).toMatch(/^RQ/)
  })
})

describe('get and list', () => {
  it('follows a message from queued to delivered, with its price', async () => {
    const sms = make()
    const { id } = await sms.send({ from: twin.sender, to, body: 'Hi' })
    await twin.deliver(idOf(id), 'delivered')
    expect(await sms.get(id)).toMatchObject({
      id,
      status: 'delivered',
      body: 'Hi',
      price: { decimal: '0.00790', currency: 'USD' },
    })
  })

  it('says why a message was not delivered', async () => {
    const sms = make()
    const { id } = await sms.send({ from: twin.sender, to, body: 'Hi' })
    await twin.deliver(idOf(id), 'undelivered')
    expect(await sms.get(id)).toMatchObject({ status: 'undelivered', failure: 'unreachable', vendorCode: '30003' })
  })

  it('does not know a message that is not there, nor takes a foreign page for one', async () => {
    const sms = make()
    expect(await failure(sms.get(`twilio:SM${'0'.repeat(32)}`))).toMatchObject({
      code: 'not_found',
      vendorCode: '20404',
      effect: 'none',
    })
    twin.faults.always({ kind: 'foreign-page', when: 'before' })
    expect(await failure(sms.get(`twilio:SM${'0'.repeat(32)}`))).toMatchObject({ fault: 'provider' })
  })

  it('reads page by page, newest first, and goes on from a cursor while new ones arrive', async () => {
    const sms = make()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.unshift((await sms.send({ from: twin.sender, to, body: `n${i}` })).id)
      twin.clock.advance(2_000)
    }
    const first = await sms.list({ limit: 2 }).page()
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    await sms.send({ from: twin.sender, to, body: 'new' })
    twin.clock.advance(2_000)
    const rest: string[] = []
    for await (const page of sms.list({ limit: 2 }).pages(first.cursor)) rest.push(...page.items.map(({ id }) => id))
    expect(rest).toEqual(ids.slice(2))
  })

  it('filters by recipient, sender and exact times', async () => {
    const sms = make()
    const first = await sms.send({ from: twin.sender, to, body: 'first' })
    twin.clock.advance(60_000)
    const since = new Date(twin.clock.now()).toISOString()
    const second = await sms.send({ from: twin.sender, to, body: 'second' })
    await sms.send({ from: twin.sender, to: '+14155550188', body: 'other' })
    twin.clock.advance(60_000)
    const bodies = async (input: Parameters<typeof sms.list>[0]) =>
      (await Array.fromAsync(sms.list(input))).map(({ body }) => body)
    expect(await bodies({ to, since })).toEqual(['second'])
    expect(await bodies({ to, until: first.createdAt })).toEqual(['first'])
    expect(await bodies({ from: twin.sender, since: second.createdAt })).toEqual(['other', 'second'])
  })

  it('never lets a cursor choose the host', async () => {
    const sms = make()
    await failure(sms.list().page('twilio:https://evil.example.com/.x'))
    expect(twin.requests().every(({ url }) => url.startsWith('https://api.twilio.com/'))).toBe(true)
  })
})

describe('events', () => {
  async function eventsOf(run: () => Promise<unknown>, receiver = make()): Promise<SmsEvent[]> {
    const events: SmsEvent[] = []
    twin.connect(async (request) => {
      events.push(...(await receiver.receive(request)))
      return new Response(null, { status: 204 })
    })
    await run()
    return events
  }

  it('reports each status with the handle and our reference', async () => {
    const { id } = await make().send({ from: twin.sender, to, body: 'Hi' }, { idempotencyKey: 'order-1' })
    const events = await eventsOf(async () => {
      await twin.deliver(idOf(id), 'sent')
      await twin.deliver(idOf(id), 'failed')
    })
    expect(events).toMatchObject([
      { type: 'message.status', message: id, status: 'sent', to, from: twin.sender, eventId: `${idOf(id)}.sent` },
      { type: 'message.status', message: id, status: 'failed', failure: 'unknown', vendorCode: '30008' },
    ])
    const sentReference = new URL(new URLSearchParams(twin.requests()[0]?.body).get('StatusCallback') as string).searchParams.get(
      'do_ref',
    )
    expect((events[0] as { reference?: string }).reference).toBe(sentReference)
  })

  it('receives SMS and MMS', async () => {
    let id = ''
    const events = await eventsOf(async () => {
      id = await twin.inbound({ from: to, body: 'Look & see', media: ['https://phone.example.com/1.jpg'] })
    })
    expect(events).toMatchObject([
      {
        type: 'message.received',
        message: `twilio:${id}`,
        from: to,
        to: twin.sender,
        body: 'Look & see',
        eventId: `${id}.received`,
      },
    ])
    expect((events[0] as { media: string[] }).media).toEqual([expect.stringContaining(`/Messages/${id}/Media/ME`)])
    expect(events[0]).not.toHaveProperty('consent', 'stop')
  })

  it('STOP holds at Twilio and in the shared list; START undoes it', async () => {
    const store = memoryOptOuts()
    const sms = withOptOuts(make(), store, twin.clock.now)
    const events = await eventsOf(() => twin.inbound({ from: to, body: 'Stop' }), sms as never)
    expect(events).toMatchObject([{ consent: 'stop' }])
    expect(await failure(sms.send({ from: twin.sender, to, body: 'Hi' }))).toMatchObject({
      code: 'opted_out',
      fault: 'recipient',
    })
    expect(posts()).toEqual([])
    expect(await failure(make().send({ from: twin.sender, to, body: 'Hi' }))).toMatchObject({
      code: 'opted_out',
      vendorCode: '21610',
      field: 'to',
    })
    await eventsOf(() => twin.inbound({ from: to, body: 'START' }), sms as never)
    await sms.send({ from: twin.sender, to, body: 'Hi' })
    expect(twin.sent()).toHaveLength(1)
  })
})
