import { twilioTwin } from '@do/fixtures/twilio'
import { ProviderError } from '@do/provider'
import { beforeEach, describe, expect, it } from 'vitest'
import { type TwilioSmsOptions, twilioSms, twilioTelephony } from './index.ts'
import { verify } from './webhooks.ts'

// Published with Twilio's SDK: https://github.com/twilio/twilio-node/blob/main/spec/validation.spec.js
const vectorForm = {
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
  body: 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212',
  signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
}
const vectorJson = {
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620',
  signature: 'a9nBmqA0ju/hNViExpshrM61xv4=',
}
const accountSid = `AC${'0'.repeat(32)}`

function incoming(
  { url, body, signature }: { url: string; body: string; signature: string },
  contentType = 'application/x-www-form-urlencoded',
) {
  const bytes = new TextEncoder().encode(body)
  const headers = new Headers({ 'x-twilio-signature': signature, 'content-type': contentType })
  return { method: 'POST', url, headers, body: bytes, text: body }
}

describe('the published vectors', () => {
  const options = { accountSid, authToken: '12345' }

  it('accepts a signed form', async () => {
    const { fields, query } = await verify(incoming(vectorForm), options)
    expect(fields.get('Digits')).toBe('1234')
    expect(query.get('foo')).toBe('1')
  })

  it('accepts the signature over a URL with the digest of the body, and only with that body', async () => {
    // The vector gives no body for its digest, so the signature is checked and the body refused.
    const { signature } = await import('@do/fixtures/twilio').then((twin) => ({ signature: twin.twilioSignature }))
    expect(await signature('12345', vectorJson.url, new URLSearchParams())).toBe(vectorJson.signature)
    await expect(verify(incoming({ ...vectorJson, body: '{"a":1}' }, 'application/json'), options)).rejects.toMatchObject({
      code: 'webhook_signature',
    })
  })

  it('refuses another field, another URL and another token', async () => {
    for (const changed of [
      { ...vectorForm, body: vectorForm.body.replace('1234&', '1235&') },
      { ...vectorForm, url: 'https://mycompany.com/myapp.php?foo=1&bar=3' },
    ]) {
      await expect(verify(incoming(changed), options)).rejects.toMatchObject({ code: 'webhook_signature', effect: 'none' })
    }
    await expect(verify(incoming(vectorForm), { accountSid, authToken: '12346' })).rejects.toMatchObject({
      code: 'webhook_signature',
    })
  })

  it('accepts each of several tokens, for rotation', async () => {
    for (const authToken of [
      ['new', '12345'],
      ['12345', 'new'],
    ]) {
      expect((await verify(incoming(vectorForm), { accountSid, authToken })).fields.get('CallSid')).toBe('CA1234567890ABCDE')
    }
  })

  it('accepts the default port in the URL that was signed', async () => {
    const { twilioSignature } = await import('@do/fixtures/twilio')
    const signature = await twilioSignature('12345', 'https://mycompany.com:443/hook?a=1', new URLSearchParams('To=%2B1'))
    const request = incoming({ url: 'https://mycompany.com/hook?a=1', body: 'To=%2B1', signature })
    expect((await verify(request, options)).fields.get('To')).toBe('+1')
  })

  it('does not trust a body that the signature does not cover', async () => {
    const { twilioSignature } = await import('@do/fixtures/twilio')
    const signature = await twilioSignature('12345', 'https://mycompany.com/hook', new URLSearchParams())
    const request = incoming({ url: 'https://mycompany.com/hook', body: '{"MessageSid":"SM1"}', signature }, 'application/json')
    await expect(verify(request, options)).rejects.toMatchObject({ code: 'webhook_signature' })
  })
})

describe('receive, with the twin', () => {
  const twin = twilioTwin()
  const provider = (more: Partial<TwilioSmsOptions> = {}) =>
    twilioSms({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl, ...more })
  const results: { events: unknown[]; errors: ProviderError[] } = { events: [], errors: [] }

  beforeEach(() => {
    twin.reset()
    results.events = []
    results.errors = []
    listen(provider())
  })

  function listen(receiver: { receive(request: Request): Promise<readonly unknown[]> }, rewrite = (request: Request) => request) {
    twin.connect(async (request) => {
      try {
        results.events.push(...(await receiver.receive(rewrite(request))))
        return new Response(null, { status: 204 })
      } catch (error) {
        if (!ProviderError.is(error)) throw error
        results.errors.push(error)
        return new Response(null, { status: 403 })
      }
    })
  }

  it.each(['forged', 'missing-signature', 'tampered'] as const)('refuses a webhook that is %s', async (fault) => {
    twin.nextWebhook(fault)
    await twin.inbound({ from: '+14155550199', body: 'Hello' })
    expect(results.events).toEqual([])
    expect(results.errors.map(({ code }) => code)).toEqual(['webhook_signature'])
  })

  it('gives a repeated delivery the same event id', async () => {
    twin.nextWebhook('duplicate')
    const id = await twin.inbound({ from: '+14155550199', body: 'Hello' })
    expect(results.events).toMatchObject([{ eventId: `${id}.received` }, { eventId: `${id}.received` }])
  })

  it('passes on what it does not know', async () => {
    await twin.unknownEvent()
    await twin.unknownEvent()
    expect(results.events).toMatchObject([
      {
        type: 'unknown',
        eventId: expect.stringMatching(/^unknown\.[0-9a-f]{32}$/),
        raw: { type: 'com.twilio.verify.factor.created' },
      },
      { type: 'unknown' },
    ])
    const [first, second] = results.events as { eventId: string }[]
    expect(first?.eventId).not.toBe(second?.eventId)
  })

  it('checks against webhookUrl, keeping the query, when a proxy has changed the URL', async () => {
    const sent = await provider().send({ from: twin.sender, to: '+14155550199', body: 'Hi' })
    listen(provider(), (request) => {
      const { search } = new URL(request.url)
      return new Request(`http://10.0.0.7:8080/internal${search}`, request)
    })
    await twin.deliver(sent.id.slice('twilio:'.length))
    expect(results.errors).toEqual([])
    expect(results.events).toMatchObject([
      { type: 'message.status', status: 'delivered', reference: expect.stringMatching(/^do-/) },
    ])
  })

  it("accepts a number's own URL beside webhookUrl, also behind a proxy that changes the host", async () => {
    const { twilioSignature } = await import('@do/fixtures/twilio')
    const body = 'MessageSid=SM1&SmsStatus=received&Body=Hi&From=%2B1&To=%2B2'
    const signature = await twilioSignature(
      twin.credentials.authToken,
      'https://hooks.example.com/texts',
      new URLSearchParams(body),
    )
    const headers = { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' }
    for (const url of ['https://hooks.example.com/texts', 'http://10.0.0.7:8080/texts']) {
      expect(await provider().receive(new Request(url, { method: 'POST', headers, body }))).toMatchObject([
        { type: 'message.received' },
      ])
    }
    const elsewhere = new Request('https://hooks.example.com/other', { method: 'POST', headers, body })
    await expect(provider().receive(elsewhere)).rejects.toMatchObject({ code: 'webhook_signature' })
  })

  it('needs the Auth Token even beside an API key, and says so', async () => {
    const { apiKey, apiSecret } = twin.keyCredentials
    listen(twilioSms({ accountSid: twin.credentials.accountSid, apiKey, apiSecret, fetch: twin.fetch, clock: twin.clock }))
    await twin.inbound({ from: '+14155550199', body: 'Hello' })
    expect(results.errors.map(({ code, fault }) => [code, fault])).toEqual([['webhook_secret_missing', 'credential']])
  })

  it('leaves the events of the other interface unknown', async () => {
    listen(twilioTelephony({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl }))
    await twin.inbound({ from: '+14155550199', body: 'Hello' })
    expect(results.events).toMatchObject([{ type: 'unknown', raw: { Body: 'Hello' } }])
  })
})
