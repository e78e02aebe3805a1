import { describe, expect, it } from 'vitest'
import { collect, failure, setUp } from './test/set-up.ts'

describe('numbers', () => {
  it('searches by what Telnyx can filter', async () => {
    const { provider, wire } = setUp()
    const found = await collect(
      provider.numbers.search({ country: 'US', areaCode: '415', contains: '0101', features: ['sms'], limit: 5 }),
    )
    expect(found).toEqual([
      expect.objectContaining({
        id: 'telnyx:+14155550101',
        number: '+14155550101',
        country: 'US',
        type: 'local',
        features: ['sms', 'mms', 'voice'],
        locality: 'SAN FRANCISCO',
        monthlyPrice: { decimal: '1.00', currency: 'USD' },
      }),
    ])
    const query = new URL(wire('numbers.search')[0]?.url ?? '').searchParams
    expect(query.get('filter[national_destination_code]')).toBe('415')
    expect(query.get('filter[phone_number][contains]')).toBe('0101')
    const free = await collect(provider.numbers.search({ country: 'US', type: 'toll-free' }))
    expect(free.length).toBeGreaterThan(0)
    expect(free.every(({ number }) => /^\+18/.test(number))).toBe(true)
    expect(await collect(provider.numbers.search({ country: 'IS' }))).toEqual([])
  })

  it('buys a number with its label and URLs, in one order', async () => {
    const { twin, provider, wire } = setUp()
    const [offer] = await collect(provider.numbers.search({ country: 'US', limit: 1 }))
    const wanted = {
      callUrl: 'https://app.example.com/calls',
      messageUrl: 'https://app.example.com/messages',
      label: 'Front desk',
    }
    const bought = await provider.numbers.buy({ id: offer?.id ?? '', ...wanted })
    expect(bought).toMatchObject({ id: offer?.id, number: offer?.number, status: 'pending', ...wanted })
    expect(twin.owned()).toEqual([{ id: offer?.number, number: offer?.number, ...wanted }])
    expect(wire('numbers.buy')).toHaveLength(1)
    twin.clock.advance(5_000)
    expect(await provider.numbers.get(bought.id)).toMatchObject({
      id: bought.id,
      status: 'active',
      features: ['voice', 'sms', 'mms'],
      ...wanted,
    })
    expect(await collect(provider.numbers.list())).toMatchObject([{ id: bought.id, ...wanted }])
  })

  it('does not order when the URLs cannot be set up, and takes the same application for the same URL', async () => {
    const { twin, provider, wire } = setUp()
    const offers = await collect(provider.numbers.search({ country: 'US', limit: 2 }))
    twin.faults.next({ kind: 'error', status: 500, when: 'before' }, { operation: 'applications.create' })
    const callUrl = 'https://app.example.com/calls'
    expect(await failure(provider.numbers.buy({ id: offers[0]?.id ?? '', callUrl }))).toMatchObject({
      code: 'not_prepared',
      effect: 'none',
    })
    expect(wire('numbers.buy')).toHaveLength(0)
    await provider.numbers.buy({ id: offers[0]?.id ?? '', callUrl })
    await provider.numbers.buy({ id: offers[1]?.id ?? '', callUrl })
    expect(wire('applications.create')).toHaveLength(2)
    await provider.numbers.configure({ id: offers[1]?.id ?? '', callUrl: twin.webhookUrl })
    expect(twin.owned().map((number) => number.callUrl)).toEqual([callUrl, twin.webhookUrl])
    expect(wire('applications.create')).toHaveLength(2)
  })

  it('refuses a message URL where no messaging profile is configured', async () => {
    const { twin, provider } = setUp(undefined, { messagingProfileId: undefined })
    expect(
      await failure(provider.numbers.configure({ id: 'telnyx:+14155550101', messageUrl: 'https://a.example' })),
    ).toMatchObject({
      code: 'unsupported',
      elsewhere: true,
      effect: 'none',
    })
    expect(twin.requests()).toEqual([])
  })

  it('configures only what is given', async () => {
    const { twin, provider, wire } = setUp()
    const [offer] = await collect(provider.numbers.search({ country: 'US', limit: 1 }))
    const { id } = await provider.numbers.buy({ id: offer?.id ?? '', label: 'One' })
    expect(await provider.numbers.configure({ id, callUrl: 'https://a.example/c' })).toMatchObject({
      label: 'One',
      callUrl: 'https://a.example/c',
    })
    expect(await provider.numbers.configure({ id, label: 'Two', messageUrl: 'https://a.example/m' })).toMatchObject({
      label: 'Two',
      callUrl: 'https://a.example/c',
      messageUrl: 'https://a.example/m',
    })
    expect(twin.owned()).toMatchObject([{ label: 'Two', callUrl: 'https://a.example/c', messageUrl: 'https://a.example/m' }])
    expect(JSON.parse(wire('profiles.create')[0]?.body ?? '')).toMatchObject({
      whitelisted_destinations: ['US', 'CA', 'GB', 'DE'],
    })
  })

  it('cannot buy a number twice, and gives one back as often as it is told to', async () => {
    const { twin, provider, wire } = setUp()
    const [offer] = await collect(provider.numbers.search({ country: 'US', limit: 1 }))
    const { id } = await provider.numbers.buy({ id: offer?.id ?? '' })
    expect(await failure(provider.numbers.buy({ id }))).toMatchObject({
      code: 'number_unavailable',
      effect: 'none',
      fault: 'caller',
    })
    expect(await provider.numbers.release(id)).toEqual({ id, released: true })
    expect(await provider.numbers.release(id)).toEqual({ id, released: true })
    expect(twin.owned()).toEqual([])
    expect(twin.purchases()).toHaveLength(1)
    expect(wire('numbers.release')).toHaveLength(1)
    expect(await failure(provider.numbers.get(id))).toMatchObject({ code: 'not_found' })
  })

  it('finds the order whose answer was lost', async () => {
    const { twin, provider, wire } = setUp()
    const [offer] = await collect(provider.numbers.search({ country: 'US', limit: 1 }))
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'numbers.buy' })
    expect(await provider.numbers.buy({ id: offer?.id ?? '', label: 'A' })).toMatchObject({
      number: offer?.number,
      label: 'A',
      status: 'active',
    })
    expect(wire('numbers.buy')).toHaveLength(1)
    expect(twin.purchases()).toEqual([offer?.number])
  })

  it('lists owned numbers over several pages', async () => {
    const { provider } = setUp()
    for await (const { id } of provider.numbers.search({ country: 'US', limit: 7 })) await provider.numbers.buy({ id })
    const numbers = await collect(provider.numbers.list({ limit: 3 }))
    expect(new Set(numbers.map(({ number }) => number)).size).toBe(7)
    expect(await collect(provider.numbers.list({ contains: '06' }))).toMatchObject([{ number: '+14155550106' }])
  })
})
