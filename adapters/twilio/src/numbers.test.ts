import { twilioTwin } from '@do/fixtures/twilio'
import { ProviderError } from '@do/provider'
import { beforeEach, describe, expect, it } from 'vitest'
import { type TwilioTelephonyOptions, twilioTelephony } from './index.ts'

const twin = twilioTwin()
const make = (more: Partial<TwilioTelephonyOptions> = {}) =>
  twilioTelephony({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock, ...more })
const first = async (input: Parameters<ReturnType<typeof make>['numbers']['search']>[0] = { country: 'US' }) => {
  const [number] = (
    await make()
      .numbers.search({ limit: 1, ...input })
      .page()
  ).items
  if (number === undefined) throw new Error('Nothing is for sale.')
  return number
}
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('It did not fail with a ProviderError.')
  return error
}

beforeEach(() => twin.reset())

describe('search', () => {
  it('finds by area code, digits and features', async () => {
    const { items } = await make()
      .numbers.search({ country: 'US', areaCode: '415', contains: '77', features: ['voice', 'sms'], limit: 5 })
      .page()
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) {
      expect(item).toMatchObject({
        id: `twilio:${item.number}`,
        country: 'US',
        type: 'local',
        locality: 'San Francisco',
        region: 'CA',
      })
      expect(item.number).toMatch(/^\+1415/)
      expect(item.number).toContain('77')
      expect(item.features).toEqual(expect.arrayContaining(['voice', 'sms']))
    }
    const url = new URL(twin.requests()[0]?.url as string)
    expect(url.pathname).toMatch(/\/AvailablePhoneNumbers\/US\/Local\.json$/)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      AreaCode: '415',
      Contains: '77',
      SmsEnabled: 'true',
      VoiceEnabled: 'true',
      PageSize: '5',
    })
  })

  it('finds mobile and toll-free numbers in their own places', async () => {
    expect(await first({ country: 'GB', type: 'mobile' })).toMatchObject({
      type: 'mobile',
      number: expect.stringMatching(/^\+447/),
    })
    expect(await first({ country: 'US', type: 'toll-free' })).toMatchObject({
      type: 'toll-free',
      number: expect.stringMatching(/^\+18/),
    })
  })

  it('finds nothing where Twilio has no such numbers', async () => {
    expect(await Array.fromAsync(make().numbers.search({ country: 'US', type: 'mobile' }))).toEqual([])
    expect(await Array.fromAsync(make().numbers.search({ country: 'JP' }))).toEqual([])
  })

  it('refuses what Twilio cannot search for', async () => {
    expect(await failure(make().numbers.search({ country: 'GB', areaCode: '20' }).page())).toMatchObject({
      code: 'unsupported',
      field: 'areaCode',
      elsewhere: true,
    })
    expect(await failure(make().numbers.search({ country: 'US', contains: '7' }).page())).toMatchObject({
      code: 'unsupported',
      field: 'contains',
    })
    expect(twin.requests()).toEqual([])
  })
})

describe('buy', () => {
  it('buys with label and URLs, and lists what it owns', async () => {
    const { id, number } = await first()
    const owned = await make().numbers.buy({
      id,
      label: 'Shop',
      callUrl: 'https://a.example/call',
      messageUrl: 'https://a.example/sms',
    })
    expect(owned).toMatchObject({
      number,
      status: 'active',
      label: 'Shop',
      callUrl: 'https://a.example/call',
      messageUrl: 'https://a.example/sms',
      features: ['voice', 'sms', 'mms'],
    })
    expect(twin.owned()).toMatchObject([{ number, label: 'Shop', callUrl: 'https://a.example/call' }])
    expect(Object.fromEntries(new URLSearchParams(twin.requests().at(-1)?.body))).toEqual({
      PhoneNumber: number,
      FriendlyName: 'Shop',
      VoiceUrl: 'https://a.example/call',
      StatusCallback: 'https://a.example/call',
      SmsUrl: 'https://a.example/sms',
    })
    expect((await make().numbers.get(owned.id)).number).toBe(number)
    twin.clock.advance(2_000)
    expect((await Array.fromAsync(make().numbers.list({ contains: number.slice(-5) }))).map((item) => item.id)).toEqual([
      owned.id,
    ])
    expect(await Array.fromAsync(make().numbers.list({ limit: 1 }))).toHaveLength(2)
  })

  it('sends address and bundle where configured', async () => {
    const { id } = await first()
    const [addressSid, bundleSid] = [`AD${'1'.repeat(32)}`, `BU${'2'.repeat(32)}`]
    await make({ addressSid, bundleSid }).numbers.buy({ id })
    expect(Object.fromEntries(new URLSearchParams(twin.requests().at(-1)?.body))).toMatchObject({
      AddressSid: addressSid,
      BundleSid: bundleSid,
    })
  })

  it('says that a number is gone', async () => {
    const { id } = await first()
    await make().numbers.buy({ id })
    expect(await failure(make().numbers.buy({ id }))).toMatchObject({
      code: 'number_unavailable',
      vendorCode: '21422',
      effect: 'none',
    })
    expect(twin.purchases()).toHaveLength(1)
  })

  it.each([
    ['a reset', { kind: 'cut', when: 'after' }],
    ['a 503', { kind: 'error', status: 503, when: 'after' }],
    ['a sign-in page', { kind: 'foreign-page', when: 'after' }],
  ] as const)('finds the purchase after %s', async (_, fault) => {
    const { id, number } = await first()
    twin.faults.next(fault, { operation: 'numbers.buy' })
    expect(await make().numbers.buy({ id })).toMatchObject({ number })
    expect(twin.purchases()).toEqual([number])
    expect(twin.requests().filter(({ operation }) => operation === 'numbers.buy')).toHaveLength(1)
  })

  it('does not take a number that was ours before for its own purchase', async () => {
    const { id } = await first()
    await make().numbers.buy({ id })
    twin.clock.advance(60_000)
    twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'numbers.buy' })
    expect(await failure(make().numbers.buy({ id }))).toMatchObject({ effect: 'none', code: 'connection_lost' })
  })
})

describe('configure and release', () => {
  it("does not take somebody's sign-in page for a release", async () => {
    const telephony = make()
    const { id } = await telephony.numbers.buy({ id: (await first()).id })
    twin.faults.always({ kind: 'foreign-page', when: 'before' }, { operation: 'numbers.release' })
    expect(await failure(telephony.numbers.release(id))).toMatchObject({ effect: 'unknown' })
    expect(twin.owned()).toHaveLength(1)
  })

  it('changes only what is given', async () => {
    const telephony = make()
    const { id } = await telephony.numbers.buy({ id: (await first()).id, label: 'Shop', callUrl: 'https://a.example/call' })
    expect(await telephony.numbers.configure({ id, messageUrl: 'https://a.example/sms' })).toMatchObject({
      label: 'Shop',
      callUrl: 'https://a.example/call',
      messageUrl: 'https://a.example/sms',
    })
    expect(twin.requests().at(-1)?.body).toBe('SmsUrl=https%3A%2F%2Fa.example%2Fsms')
  })

  it('releases, also what is released already', async () => {
    const telephony = make()
    const { id } = await telephony.numbers.buy({ id: (await first()).id })
    expect(await telephony.numbers.release(id)).toEqual({ id, released: true })
    expect(await telephony.numbers.release(id)).toEqual({ id, released: true })
    expect(twin.owned()).toEqual([])
    expect(twin.purchases()).toHaveLength(1)
    expect(await failure(telephony.numbers.get(id))).toMatchObject({ code: 'not_found' })
  })
})
