import type { SmsTwin, TelephonyTwin } from '@do/conformance'
import type { AdapterOptions } from '@do/provider'
import type { Sms, SmsEvent } from '@do/sms'
import { callFlow, type Telephony } from '@do/telephony'
import { expect, it } from 'vitest'

/** What a vendor has to show inside workerd: its SDK loads there, sends, reads, fails typed and verifies webhooks. */
export interface Subject {
  readonly twin: SmsTwin & TelephonyTwin
  readonly sms: (at: AdapterOptions) => Sms & { readonly client: Promise<unknown> }
  readonly telephony: (at: AdapterOptions) => Telephony & { readonly client: Promise<unknown> }
}

const webhookUrl = 'https://hooks.example.com/vendor'

export function proveInWorkerd(vendor: string, { twin, ...make }: Subject): void {
  const at = (sender: string): AdapterOptions => ({ fetch: twin.fetch, clock: twin.clock, webhookUrl, senders: [sender] })

  it('runs in workerd and not in Node', () => {
    expect(navigator.userAgent).toBe('Cloudflare-Workers')
  })

  it(`${vendor} sends a message through its SDK, once, and reads it back`, async () => {
    twin.reset()
    const sms = make.sms(at(twin.sender))
    const message = await sms.send({ to: '+14155550123', body: 'From workerd 👋' })
    expect(twin.sent()).toEqual([expect.objectContaining({ to: '+14155550123', from: twin.sender, body: 'From workerd 👋' })])
    expect(twin.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(message.id).toBe(`${vendor}:${twin.sent()[0]?.id}`)
    expect((await sms.get(message.id)).id).toBe(message.id)
  })

  it(`${vendor} knows there that a refused connection had no effect`, async () => {
    twin.reset()
    twin.faults.next({ kind: 'refuse' }, { operation: 'messages.create' })
    const sms = make.sms(at(twin.sender))
    await expect(sms.send({ to: '+14155550123', body: 'x' })).rejects.toMatchObject({ effect: 'none', fault: 'network' })
    expect(twin.sent()).toEqual([])
  })

  it(`${vendor} verifies a signed webhook there and refuses a forged one`, async () => {
    twin.reset()
    const sms = make.sms(at(twin.sender))
    const seen: (readonly { readonly type: string }[] | string)[] = []
    twin.connect(async (request) => {
      const events = await sms.receive(request).catch((error: unknown) => (error as { code: string }).code)
      seen.push(events as readonly SmsEvent[] | string)
      return new Response(null, { status: 204 })
    })
    await twin.inbound({ from: '+14155550123', body: 'Hello' })
    twin.nextWebhook('forged')
    await twin.inbound({ from: '+14155550123', body: 'Hello' })
    expect(seen).toEqual([[expect.objectContaining({ type: 'message.received' })], 'webhook_signature'])
  })

  it(`${vendor} makes a call there`, async () => {
    twin.reset()
    const telephony = make.telephony(at(twin.caller))
    const call = await telephony.calls.make({ to: '+14155550123', flow: callFlow().say('Hello from a Worker') })
    expect(twin.calls()).toEqual([expect.objectContaining({ to: '+14155550123', from: twin.caller })])
    expect(call.id).toBe(`${vendor}:${twin.calls()[0]?.id}`)
  })
}
