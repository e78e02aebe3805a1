import { ProviderError, refuse } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { sendBulk } from './bulk.ts'
import { consentIn, laterStatus, memoryOptOuts, type SendInput, type Sms, type SmsEvent, withOptOuts } from './index.ts'

function fake(events: readonly SmsEvent[] = [], blocked: readonly string[] = []) {
  const sent: string[] = []
  const send = async (input: SendInput) => {
    if (blocked.includes(input.to)) throw refuse('opted_out', 'The vendor blocks it.', { fault: 'recipient', provider: 'twilio' })
    sent.push(input.to)
    return { id: `twilio:${sent.length}`, direction: 'outbound' as const, to: input.to, status: 'queued' as const }
  }
  const provider = { name: 'twilio', interface: 'sms', send, receive: async () => events, sendBulk: sendBulk({ send }) }
  return { provider: provider as unknown as Sms, sent }
}

const inbound = (body: string, consent?: 'stop' | 'start'): SmsEvent => ({
  type: 'message.received',
  eventId: '1',
  message: 'telnyx:1',
  from: '+14155550111',
  to: '+14155550100',
  body,
  ...(consent ? { consent } : {}),
})

const request = new Request('https://example.com/hook')

describe('opt-outs shared over providers', () => {
  it('holds a STOP said to one vendor at every other, in bulk too, until START', async () => {
    const store = memoryOptOuts()
    const telnyx = withOptOuts(fake([inbound(' Stop. ')]).provider, store)
    const other = fake()
    const twilio = withOptOuts(other.provider, store)
    await telnyx.receive(request)
    await expect(twilio.send({ to: '+14155550111', body: 'x' })).rejects.toMatchObject({
      code: 'opted_out',
      fault: 'recipient',
      effect: 'none',
    })
    const bulk = await twilio.sendBulk([
      { to: '+14155550111', body: 'x' },
      { to: '+14155550112', body: 'x' },
    ])
    expect(bulk.map(({ outcome }) => outcome)).toEqual(['failed', 'sent'])
    expect(other.sent).toEqual(['+14155550112'])
    await withOptOuts(fake([inbound('START')]).provider, store).receive(request)
    await twilio.send({ to: '+14155550111', body: 'x' })
    expect(other.sent).toEqual(['+14155550112', '+14155550111'])
  })

  it("learns from a vendor's own refusal", async () => {
    const store = memoryOptOuts()
    const { provider } = fake([], ['+14155550111'])
    await expect(withOptOuts(provider, store).send({ to: '+14155550111', body: 'x' })).rejects.toMatchObject({
      code: 'opted_out',
    })
    expect(await store.has('+14155550111')).toBe(true)
  })

  it('sends nothing while the list cannot be read, and tells of the refusal when it cannot be written', async () => {
    const down = { has: async () => Promise.reject(new Error('down')), add: async () => {}, remove: async () => {} }
    const { provider, sent } = fake()
    await expect(withOptOuts(provider, down).send({ to: '+14155550111', body: 'x' })).rejects.toMatchObject({
      code: 'opt_outs_unavailable',
      effect: 'none',
    })
    expect(sent).toEqual([])
    const full = { ...memoryOptOuts(), add: async () => Promise.reject(new Error('full')) }
    const blocking = withOptOuts(fake([], ['+14155550111']).provider, full)
    await expect(blocking.send({ to: '+14155550111', body: 'x' })).rejects.toMatchObject({ code: 'opted_out' })
  })

  it.each([
    ['STOP', 'stop'],
    ['unsubscribe', 'stop'],
    ['Start', 'start'],
    ['please stop by the shop', undefined],
    ['', undefined],
  ])('reads "%s" as %s', (body, expected) => expect(consentIn(body)).toBe(expected))
})

describe('bulk', () => {
  it('reports each recipient and progress, and never throws for one', async () => {
    const { provider, sent } = fake([], ['+14155550113'])
    const progress: string[] = []
    const results = await provider.sendBulk(
      ['+14155550112', '+14155550113', '+14155550114'].map((to) => ({ to, body: 'x' })),
      { concurrency: 1, onProgress: ({ done, sent: ok, failed }) => progress.push(`${done} ${ok} ${failed}`) },
    )
    expect(results.map(({ outcome, to }) => `${to} ${outcome}`)).toEqual([
      '+14155550112 sent',
      '+14155550113 failed',
      '+14155550114 sent',
    ])
    expect(ProviderError.is(results[1]?.error)).toBe(true)
    expect(progress).toEqual(['1 1 0', '2 1 1', '3 2 1'])
    expect(sent).toEqual(['+14155550112', '+14155550114'])
  })
})

describe('bulk, when something around it breaks', () => {
  const recipients = Array.from({ length: 12 }, (_, i) => ({ to: `+1415555${1000 + i}`, body: 'x' }))

  it('reports every message although the listener throws', async () => {
    const { provider, sent } = fake()
    const results = await provider.sendBulk(recipients, {
      onProgress: () => {
        throw new Error('the page is gone')
      },
    })
    expect([results.length, sent.length]).toEqual([12, 12])
  })

  it('reports a failure that is no ProviderError for its message alone, as unknown', async () => {
    let calls = 0
    const send = async (input: SendInput) => {
      calls += 1
      if (calls === 3) throw new Error('the store is down')
      return { id: `twilio:${calls}`, direction: 'outbound' as const, to: input.to, status: 'queued' as const }
    }
    const results = await sendBulk({ send })(recipients)
    expect(results.filter(({ outcome }) => outcome === 'sent').length).toBe(11)
    expect(results.filter(({ outcome }) => outcome === 'unknown').map(({ error }) => error?.code)).toEqual(['wrapper_failed'])
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a concurrency of %d', async (concurrency) => {
    const { provider, sent } = fake()
    await expect(provider.sendBulk(recipients, { concurrency })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'concurrency',
    })
    expect(sent).toEqual([])
  })
})

describe('status', () => {
  it('never goes back', () => {
    expect(laterStatus('delivered', 'sent')).toBe('delivered')
    expect(laterStatus('queued', 'sent')).toBe('sent')
    expect(laterStatus('delivered', 'undelivered')).toBe('delivered')
  })
})
