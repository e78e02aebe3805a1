import { plivoTwin } from '@do/fixtures/plivo'
import { Client } from 'plivo'
import { describe, expect, it } from 'vitest'
import { PlivoFault, plivoSms, plivoTelephony } from './index.ts'
import type { SdkList, SdkMessage } from './sdk.ts'

const at = (twin: ReturnType<typeof plivoTwin>) => ({
  ...twin.credentials,
  fetch: twin.fetch,
  clock: twin.clock,
  webhookUrl: twin.webhookUrl,
})

type Path = readonly PropertyKey[]

/** Everywhere that the SDK keeps this function, however deep. */
function placesOf(wanted: unknown, owner: object, path: Path = [], seen = new Set<object>()): Path[] {
  seen.add(owner)
  return Reflect.ownKeys(owner).flatMap((key): Path[] => {
    const value: unknown = Reflect.get(owner, key)
    if (value === wanted) return [[...path, key]]
    return typeof value === 'object' && value !== null && !seen.has(value) ? placesOf(wanted, value, [...path, key], seen) : []
  })
}

const valueAt = (owner: object, path: Path) => path.reduce<unknown>((value, key) => Reflect.get(value as object, key), owner)

describe('the contract with the SDK, which is pinned for it', () => {
  it('replaces the request function in every resource, also in live and queued calls', async () => {
    const client = await plivoSms(at(plivoTwin())).client
    const stock = new Client('MAXXXXXXXXXXXXXXXXXX', 'token')
    const key = Object.getOwnPropertySymbols(stock.messages).find(({ description }) => description === 'make api call') as symbol
    const places = placesOf(valueAt(stock, ['messages', key]), stock)
    expect(new Set(places.map(([resource]) => resource)).size).toBeGreaterThan(30)
    expect(places.filter(([resource, ...rest]) => resource === 'calls' && rest.length > 1).length).toBeGreaterThanOrEqual(2)
    const ours = valueAt(client, ['messages', key])
    expect(ours).not.toBe(valueAt(stock, ['messages', key]))
    expect(places.filter((path) => valueAt(client, path) !== ours)).toEqual([])
  })

  /** A sample of the SDK's resources, the one with its own host and the one with a slash left out among them. */
  const calls: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
    ['messages.create', (client) => client.messages.create('14155550100', '14155550123', 'x')],
    ['calls.create', (client) => client.calls.create('14155550100', '14155550123', 'https://example.com/')],
    ['calls.getLiveCall', (client) => client.calls.getLiveCall('x')],
    ['calls.getQueuedCall', (client) => client.calls.getQueuedCall('x')],
    ['calls.listLiveCalls', (client) => client.calls.listLiveCalls({})],
    ['calls.record', (client) => client.calls.record('x', {})],
    ['calls.hangup', (client) => client.calls.hangup('x')],
    ['conferences.list', (client) => client.conferences.list()],
    ['recordings.list', (client) => client.recordings.list()],
    ['numbers.buy', (client) => client.numbers.buy('14155550123')],
    ['applications.list', (client) => client.applications.list()],
    ['multiPartyCalls.list', (client) => client.multiPartyCalls.list()],
    ['lookup.get', (client) => client.lookup.get('14155550123')],
  ]

  it.each(calls)('%s: one request to the given base URL, also on a 503, and an error with its status', async (_name, call) => {
    const seen: string[] = []
    const send: typeof fetch = async (input) => {
      seen.push(String(input))
      return Response.json({ error: 'the words' }, { status: 503 })
    }
    const client = await plivoTelephony({
      authId: 'MAXXXXXXXXXXXXXXXXXX',
      authToken: 't',
      baseUrl: 'https://twin.example.com/base',
      fetch: send,
    }).client
    const error = await call(client).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatch(/^https:\/\/twin\.example\.com\/base\/v1\//)
    expect(error).toBeInstanceOf(PlivoFault)
    expect(error).toMatchObject({ status: 503, vendorMessage: 'the words' })
    expect(`${error}${JSON.stringify(error)}`).not.toContain('the words')
  })

  it('spells names as the SDK does, both ways', async () => {
    const seen: unknown[] = []
    const send: typeof fetch = async (input, init) => {
      seen.push([new URL(String(input)).search, init?.method, init?.body])
      return Response.json({
        api_id: 'a',
        meta: { next: null, total_count: 0 },
        objects: [{ message_uuid: 'm' }],
        message_uuid: ['m'],
      })
    }
    const client = await plivoSms({ authId: 'MA', authToken: 't', fetch: send }).client
    const list = (await client.messages.list({
      message_time__gte: '2026-01-01',
      fromNumber: '1',
      limit: 5,
    })) as unknown as SdkList<SdkMessage>
    expect(list.meta).toEqual({ next: null, totalCount: 0 })
    expect(list[0]?.messageUuid).toBe('m')
    await client.messages.create('1', '2', 'x', { mediaUrls: ['https://example.com/a'] })
    expect(seen).toEqual([
      ['?message_time__gte=2026-01-01&from_number=1&limit=5', 'GET', undefined],
      ['', 'POST', '{"media_urls":["https://example.com/a"],"src":"1","dst":"2","text":"x"}'],
    ])
  })

  it('uploads no files and says so before anything is sent', async () => {
    const twin = plivoTwin()
    const client = await plivoSms(at(twin)).client
    await expect(client.media.upload(['/etc/hostname'])).rejects.toMatchObject({ code: 'unsupported', effect: 'none' })
    expect(twin.requests()).toEqual([])
  })
})

describe('the escape hatch', () => {
  it("is the SDK's own object, and works", async () => {
    const twin = plivoTwin()
    const client = await plivoTelephony(at(twin)).client
    expect(client).toBeInstanceOf(Client)
    const answer = await client.messages.create('14155550100', '14155550123', 'From the SDK itself')
    expect(answer.messageUuid).toEqual([twin.sent()[0]?.id])
    expect(twin.sent()).toMatchObject([{ to: '+14155550123', body: 'From the SDK itself' }])
  })

  it('is made once, on first use', async () => {
    const twin = plivoTwin()
    const sms = plivoSms(at(twin))
    expect(await sms.client).toBe(await sms.client)
    expect(twin.requests()).toEqual([])
  })
})

it.each([
  [{ authId: '', authToken: 't' }, 'authId'],
  [{ authId: 'MA', authToken: '' }, 'authToken'],
  [{ authId: 'MA', authToken: [] }, 'authToken'],
])('names the credential that is missing: %o', (options, field) => {
  expect(() => plivoSms(options)).toThrow(expect.objectContaining({ code: 'credential_missing', field }))
})
