import { plivoTwin, signV3 } from '@do/fixtures/plivo'
import { describe, expect, it } from 'vitest'
import { plivoSms, plivoTelephony } from './index.ts'

const secret = 'Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4'
const nonce = '31627761595286130198'
const params = {
  Direction: 'outbound',
  From: '19792014278',
  ALegUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  CallStatus: 'in-progress',
  BillRate: '0.002',
  ParentAuthID: 'MANWVLYTK4ZWU1YTY4QA',
  To: 'sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com',
  ALegRequestUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  CallUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  RequestUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  'SIP-H-To': '<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1',
  SessionStart: '2020-04-08 11:34:33.238707',
  Event: 'StartApp',
}
const base = 'https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml'

/** Plivo's own vectors, from the tests of its Go SDK (plivo/plivo-go, utils_test.go, MIT). */
const vectors = [
  ['V3 POST with query', 'POST', `${base}/?a=b&c=d`, 'k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c='],
  ['V3 POST', 'POST', base, 'iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0='],
  ['V3 GET', 'GET', base, 'i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc='],
] as const

const telephony = plivoTelephony({ authId: 'MAXXXXXXXXXXXXXXXXXX', authToken: secret })

function request(
  method: string,
  url: string,
  headers: Record<string, string>,
  body = new URLSearchParams(params).toString(),
): Request {
  const get = method === 'GET'
  return new Request(get ? `${url}${url.includes('?') ? '&' : '?'}${body}` : url, {
    method,
    headers: { 'x-plivo-signature-v3-nonce': nonce, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(get ? {} : { body }),
  })
}

describe("Plivo's own signature vectors", () => {
  it.each(vectors)('%s: the twin signs so', async (_name, method, url, expected) => {
    expect(await signV3(secret, method, url, new URLSearchParams(params), nonce)).toBe(expected)
  })

  it.each(vectors)('%s: the adapter verifies it', async (_name, method, url, expected) => {
    const [event] = await telephony.receive(request(method, url, { 'x-plivo-signature-v3': expected }))
    expect(event).toMatchObject({ type: 'call.status', status: 'in-progress', awaiting: true, call: `plivo:${params.CallUUID}` })
  })

  it('takes any of several signatures, in either header, and any of several tokens', async () => {
    const [, , url, expected] = vectors[1]
    const wrong = btoa('x'.repeat(32))
    const rotating = plivoTelephony({ authId: 'MAXXXXXXXXXXXXXXXXXX', authToken: ['the-new-one', secret] })
    for (const name of ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']) {
      expect(await rotating.receive(request('POST', url, { [name]: `${wrong}, ${expected}` }))).toHaveLength(1)
    }
  })
})

describe('what is refused', () => {
  const [, , url, expected] = vectors[1]
  const body = new URLSearchParams(params).toString()
  it.each([
    ['a changed body', request('POST', url, { 'x-plivo-signature-v3': expected }, body.replace('outbound', 'inbound'))],
    ['a changed query', request('POST', `${url}?do_flow=evil`, { 'x-plivo-signature-v3': expected })],
    ['another nonce', request('POST', url, { 'x-plivo-signature-v3': expected, 'x-plivo-signature-v3-nonce': '1' })],
    ['no nonce', request('POST', url, { 'x-plivo-signature-v3': expected, 'x-plivo-signature-v3-nonce': '' })],
    ['an empty signature', request('POST', url, { 'x-plivo-signature-v3': '' })],
    ['no signature', new Request(url, { method: 'POST', body })],
  ])('%s', async (_name, given) => {
    await expect(telephony.receive(given)).rejects.toMatchObject({ code: 'webhook_signature', effect: 'none' })
  })
})

describe('V2, which covers no body', () => {
  const twin = plivoTwin()
  const text = { From: '14155550123', To: '14155550100', MessageUUID: 'm-1', Text: 'Hello' }
  /** A webhook as it was documented before V3: only the older signature. */
  async function older(more: Record<string, string> = {}): Promise<Request> {
    let seen: Request | undefined
    twin.connect(async (given) => {
      seen = given
      return new Response()
    })
    await twin.inbound({ from: '+14155550123', body: 'Hello' })
    const headers = Object.fromEntries([...(seen as Request).headers].filter(([name]) => !name.includes('-v3')))
    return new Request((seen as Request).url, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: new URLSearchParams(text),
    })
  }

  it('is taken for messages, as Plivo documents it', async () => {
    const sms = plivoSms({ ...twin.credentials })
    expect(await sms.receive(await older())).toMatchObject([{ type: 'message.received', body: 'Hello' }])
  })

  it('is refused where V3 is required, for calls, and beside a wrong V3', async () => {
    const strict = plivoSms({ ...twin.credentials, requireV3: true })
    const refusal = { code: 'webhook_signature' }
    await expect(strict.receive(await older())).rejects.toMatchObject(refusal)
    await expect(plivoTelephony({ ...twin.credentials }).receive(await older())).rejects.toMatchObject(refusal)
    const wrong = { 'x-plivo-signature-v3': btoa('x'.repeat(32)), 'x-plivo-signature-v3-nonce': '1' }
    await expect(plivoSms({ ...twin.credentials }).receive(await older(wrong))).rejects.toMatchObject(refusal)
  })
})

it('verifies against the public URL where a proxy has changed it', async () => {
  const twin = plivoTwin({ webhookUrl: 'https://public.example.com/plivo' })
  const sms = plivoSms({ ...twin.credentials, webhookUrl: twin.webhookUrl })
  const events: unknown[] = []
  twin.connect(async (seen) => {
    const inside = new Request('http://10.0.0.1:8080/internal', {
      method: 'POST',
      headers: seen.headers,
      body: await seen.text(),
    })
    events.push(...(await sms.receive(inside)))
    return new Response()
  })
  await twin.inbound({ from: '+14155550123', body: 'Hello' })
  expect(events).toMatchObject([{ type: 'message.received', from: '+14155550123', to: twin.sender }])
})
