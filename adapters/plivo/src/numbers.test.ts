import { plivoTwin } from '@do/fixtures/plivo'
import { describe, expect, it } from 'vitest'
import { plivoTelephony } from './index.ts'

function open() {
  const twin = plivoTwin()
  const { numbers } = plivoTelephony({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  const writes = () =>
    twin
      .requests()
      .filter(({ method }) => method !== 'GET')
      .map(({ operation, body }) => [operation, body === '' ? {} : JSON.parse(body)])
  const first = async () => (await numbers.search({ country: 'US' }).page()).items[0]?.id as string
  return { twin, numbers, writes, first }
}
const callUrl = 'https://example.com/calls?a=1&b=2'
const messageUrl = 'https://example.com/messages'

describe('searching', () => {
  it('asks Plivo in its own words', async () => {
    const { twin, numbers } = open()
    const page = await numbers
      .search({ country: 'US', type: 'toll-free', areaCode: '888', features: ['sms', 'voice'], limit: 3 })
      .page()
    expect(Object.fromEntries(new URL(twin.requests()[0]?.url as string).searchParams)).toEqual({
      country_iso: 'US',
      type: 'tollfree',
      pattern: '888',
      services: 'voice,sms',
      limit: '3',
      offset: '0',
    })
    expect(page.items).toHaveLength(3)
    expect(page.items[0]).toMatchObject({
      id: expect.stringMatching(/^plivo:1888\d{7}$/),
      number: expect.stringMatching(/^\+1888\d{7}$/),
      country: 'US',
      type: 'toll-free',
      features: ['voice', 'sms', 'mms'],
      monthlyPrice: { decimal: '0.80000', currency: 'USD' },
    })
  })

  it('filters itself what Plivo cannot filter, over all pages', async () => {
    const { numbers } = open()
    const all: string[] = []
    for await (const { number } of numbers.search({ country: 'US' })) all.push(number)
    expect(all).toHaveLength(60)
    const digits = (all[45] as string).slice(5, 9)
    const found: string[] = []
    for await (const { number } of numbers.search({ country: 'US', contains: digits })) found.push(number)
    expect(found).toEqual(all.filter((number) => number.includes(digits)))
    for await (const { features } of numbers.search({ country: 'US', features: ['mms', 'voice'] }))
      expect(features).toContain('mms')
  })
})

describe('buying', () => {
  it('buys one number with one request where there is nothing to set', async () => {
    const { twin, numbers, writes, first } = open()
    const id = await first()
    const own = await numbers.buy({ id })
    expect(own).toMatchObject({ id, number: `+${id.slice(6)}`, status: 'active', features: ['voice', 'sms', 'mms'] })
    expect(twin.purchases()).toEqual([own.number])
    expect(writes()).toEqual([['numbers.buy', {}]])
  })

  it('sets label and URLs after it is bought, through an application of its own', async () => {
    const { twin, numbers, writes, first } = open()
    const own = await numbers.buy({ id: await first(), label: 'Desk', callUrl, messageUrl })
    expect(own).toMatchObject({ label: 'Desk', callUrl, messageUrl })
    expect(twin.owned()).toMatchObject([{ number: own.number, label: 'Desk', callUrl, messageUrl }])
    expect(writes().map(([operation]) => operation)).toEqual(['numbers.buy', 'applications.create', 'numbers.update'])
  })

  it('answers the number as it is when only the settings fail: it is bought', async () => {
    const { twin, numbers, first } = open()
    twin.faults.next({ kind: 'invalid' }, { operation: 'applications.create' })
    const own = await numbers.buy({ id: await first(), label: 'Desk', callUrl })
    expect(twin.purchases()).toEqual([own.number])
    expect(own).toMatchObject({ features: ['voice', 'sms', 'mms'] })
    expect(own.callUrl).toBeUndefined()
    expect(own.label).toBeUndefined()
    expect(await numbers.configure({ id: own.id, label: 'Desk', callUrl })).toMatchObject({ label: 'Desk', callUrl })
  })

  it.each([{ kind: 'error', status: 503, when: 'after' }, { kind: 'cut', when: 'after' }, { kind: 'truncated' }] as const)(
    'finds what it bought when the answer is lost: %o',
    async (fault) => {
      const { twin, numbers, first } = open()
      const id = await first()
      twin.faults.next(fault, { operation: 'numbers.buy' })
      expect(await numbers.buy({ id })).toMatchObject({ id })
      expect(twin.purchases()).toHaveLength(1)
    },
  )

  it('says that a number is sold', async () => {
    const { twin, numbers, first } = open()
    const id = await first()
    await numbers.buy({ id })
    await expect(numbers.buy({ id })).rejects.toMatchObject({
      code: 'number_unavailable',
      vendorCode: 'number_unavailable',
      effect: 'none',
      fault: 'caller',
    })
    expect(twin.purchases()).toHaveLength(1)
  })
})

describe('configuring', () => {
  it('changes what is named and leaves the rest, as often as it is said', async () => {
    const { twin, numbers, first } = open()
    const { id } = await numbers.buy({ id: await first() })
    await numbers.configure({ id, messageUrl })
    expect(await numbers.get(id)).toMatchObject({ messageUrl })
    expect((await numbers.get(id)).callUrl).toBeUndefined()
    for (let i = 0; i < 2; i++) expect(await numbers.configure({ id, callUrl })).toMatchObject({ callUrl, messageUrl })
    expect(await numbers.configure({ id, label: 'Desk' })).toMatchObject({ label: 'Desk', callUrl, messageUrl })
    expect(twin.requests().filter(({ operation }) => operation === 'applications.create')).toHaveLength(1)
    const created = twin.requests().find(({ operation }) => operation === 'applications.create')
    expect(JSON.parse(created?.body as string)).toMatchObject({ app_name: `do-${id.slice(6)}`, message_url: messageUrl })
  })

  it('does not touch an application that other numbers share, and takes over its other URL', async () => {
    const { twin, numbers, first } = open()
    const { id } = await numbers.buy({ id: await first() })
    const client = await plivoTelephony({ ...twin.credentials, fetch: twin.fetch }).client
    const send = (path: string, body: object) =>
      twin.fetch(`${twin.baseUrl}/v1/Account/${twin.credentials.authId}/${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${twin.credentials.authId}:${twin.credentials.authToken}`)}` },
        body: JSON.stringify(body),
      })
    const shared = (await (
      await send('Application/', { app_name: 'shared', answer_url: callUrl, message_url: messageUrl })
    ).json()) as { app_id: string }
    await client.numbers.update(id.slice(6), { appId: shared.app_id })
    const next = 'https://example.com/other'
    expect(await numbers.configure({ id, messageUrl: next })).toMatchObject({ callUrl, messageUrl: next })
    const old = await client.applications.get(shared.app_id)
    expect(old).toMatchObject({ appName: 'shared', answerUrl: callUrl })
    expect(twin.owned()).toMatchObject([{ callUrl, messageUrl: next }])
  })

  it('uses the application of an earlier try again', async () => {
    const { twin, numbers, first } = open()
    const { id } = await numbers.buy({ id: await first() })
    twin.faults.next({ kind: 'invalid' }, { operation: 'numbers.update' })
    await expect(numbers.configure({ id, callUrl })).rejects.toMatchObject({ effect: 'none' })
    expect(await numbers.configure({ id, callUrl })).toMatchObject({ callUrl })
    expect(twin.requests().filter(({ operation }) => operation === 'applications.create')).toHaveLength(1)
  })
})

it('lists owned numbers over pages, with their URLs, and gives them back', async () => {
  const { twin, numbers } = open()
  const offers = (await numbers.search({ country: 'US' }).page()).items.slice(0, 3)
  for (const { id } of offers) await numbers.buy({ id, callUrl })
  twin.clock.advance(10_000)
  const seen: unknown[] = []
  for await (const own of numbers.list({ limit: 2 })) seen.push([own.id, own.callUrl])
  expect(seen).toEqual(offers.map(({ id }) => [id, callUrl]).reverse())
  const { id, number } = offers[1] as { id: string; number: string }
  expect((await numbers.list({ contains: number.slice(-6) }).page()).items.map((own) => own.id)).toEqual([id])
  for (let i = 0; i < 2; i++) expect(await numbers.release(id)).toEqual({ id, released: true })
  await expect(numbers.get(id)).rejects.toMatchObject({ code: 'not_found' })
  expect(twin.owned()).toHaveLength(2)
})
