import { twilioTwin } from '@do/fixtures/twilio'
import { ProviderError } from '@do/provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { twilioSms, twilioTelephony } from './index.ts'

const twin = twilioTwin()
const at = { ...twin.credentials, fetch: twin.fetch, clock: twin.clock }

beforeEach(() => twin.reset())

describe('the escape hatch', () => {
  it("is Twilio's client: messages, calls, numbers, the rest of the core API", async () => {
    const client = await twilioSms(at).client
    const message = await client.messages.create({ to: '+14155550199', from: twin.sender, body: 'By hand' })
    expect(twin.sent()).toMatchObject([{ id: message.sid, body: 'By hand' }])
    expect((await client.messages(message.sid).fetch()).status).toBe('queued')
    expect((await client.balance.fetch()).currency).toBe('USD')
    expect((await client.incomingPhoneNumbers.list({ limit: 5 })).map(({ phoneNumber }) => phoneNumber)).toEqual([twin.sender])
    expect((await client.api.v2010.accounts(twin.credentials.accountSid).calls.list({ limit: 5 })).length).toBe(0)
    expect(client.accountSid).toBe(twin.credentials.accountSid)
  })

  it('pages, reads media and deletes', async () => {
    const client = await twilioTelephony(at).client
    for (let i = 0; i < 5; i++)
      await client.messages.create({ to: '+14155550199', from: twin.sender, mediaUrl: ['https://a.example/1.jpg'] })
    twin.clock.advance(2_000)
    const all = await client.messages.list({ pageSize: 2 })
    expect(all).toHaveLength(5)
    const message = client.messages(all[0]?.sid as string)
    expect(await message.media.list()).toHaveLength(1)
    expect(await message.remove()).toBe(true)
    expect(twin.sent()).toHaveLength(4)
  })

  it('carries other products of the SDK', async () => {
    const { default: Verify } = await import('twilio/lib/rest/Verify.js')
    const verify = new Verify(await twilioSms(at).client)
    await expect(verify.v2.services.list({ limit: 1 })).rejects.toMatchObject({ status: 404 })
    expect(twin.requests().at(-1)).toMatchObject({
      method: 'GET',
      url: expect.stringContaining('https://verify.twilio.com/v2/Services'),
    })
    expect(twin.requests().at(-1)?.headers.authorization).toMatch(/^Basic /)
  })

  it('is made once, and does not repeat by itself', async () => {
    const sms = twilioSms(at)
    expect(await sms.client).toBe(await sms.client)
    twin.faults.always({ kind: 'rate-limit' })
    await expect((await sms.client).messages.list()).rejects.toMatchObject({ status: 429, code: 20429 })
    expect(twin.requests()).toHaveLength(1)
  })
})

describe('the host', () => {
  const saved = { ...process.env }
  afterEach(() => {
    process.env.TWILIO_REGION = saved.TWILIO_REGION ?? ''
    process.env.TWILIO_EDGE = saved.TWILIO_EDGE ?? ''
  })

  it('is baseUrl, with its path in front', async () => {
    const sms = twilioSms({ ...at, baseUrl: 'http://127.0.0.1:9/twilio/' })
    await sms.send({ from: twin.sender, to: '+14155550199', body: 'Hi' })
    expect(twin.requests()[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:9\/twilio\/2010-04-01\/Accounts\/AC/)
  })

  it('is not changed by the environment', async () => {
    process.env.TWILIO_REGION = 'au1'
    process.env.TWILIO_EDGE = 'sydney'
    await twilioSms(at).send({ from: twin.sender, to: '+14155550199', body: 'Hi' })
    expect(twin.requests()[0]?.url).toMatch(/^https:\/\/api\.twilio\.com\//)
  })

  it('may not send us elsewhere', async () => {
    const redirects: (string | undefined)[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      redirects.push(init?.redirect)
      return new Response(null, { status: 307, headers: { location: 'https://evil.example.com/' } })
    }
    const error = await twilioSms({ ...at, fetch })
      .send({ from: twin.sender, to: '+14155550199', body: 'Hi' })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ effect: 'unknown' })
    expect(new Set(redirects)).toEqual(new Set(['manual']))
  })
})

describe('credentials', () => {
  const attempt = (options: object) => {
    try {
      twilioSms({ ...at, ...options })
    } catch (error) {
      return error
    }
    return undefined
  }

  it.each([
    ['an account that is none', { accountSid: 'SK0' }, 'accountSid'],
    ['no token', { authToken: undefined }, 'authToken'],
    ['no token in the list', { authToken: [] }, 'authToken'],
    ['half an API key', { apiKey: 'SK1' }, 'apiKey'],
    ['the other half', { apiSecret: 's' }, 'apiKey'],
  ])('are refused at once: %s', (_, options, field) => {
    const error = attempt(options)
    expect(ProviderError.is(error)).toBe(true)
    expect(error).toMatchObject({ code: 'invalid_credentials', fault: 'credential', effect: 'none', field })
  })

  it('never show in an error', async () => {
    twin.faults.always({ kind: 'unauthorized' })
    const error = await twilioSms(at)
      .send({ from: twin.sender, to: '+14155550199', body: 'Hi' })
      .catch((reason: unknown) => reason)
    const { inspect } = await import('node:util')
    for (const text of [JSON.stringify(error), inspect(error, { depth: 9 })]) {
      expect(text).not.toContain(twin.credentials.authToken)
      expect(text).not.toContain(btoa(`${twin.credentials.accountSid}:${twin.credentials.authToken}`))
    }
  })
})
