import { connect } from '@do/core/client'
import type { SaaS, SaasOverview, Tenant, TenantOverview } from '@do/objects'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Desk } from '../../examples/phone-desk/desk.ts'
import type { Keys } from '../../examples/phone-desk/keys.ts'
import {
  type Client,
  client,
  type List,
  type Report,
  type Shown,
  sumOf,
  vendorId,
} from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import type { Vendor, Vendors } from '../../examples/phone-desk/vendors.ts'
import { type AcmeDesk, openAcme } from './open.ts'

/** The HTTP face of a tenant on real workerd: what is refused, and why, before any request leaves. */
let acme: AcmeDesk
let keys: Keys
let desk: Desk
let vendors: Vendors
let operator: Client
let tenant: Client
let token: string
let twilio: Vendor
let plivo: Vendor

const customer = '+14155550142'
const config = () => ({
  sms: { order: ['twilio', 'plivo'], instances: { twilio: at(twilio), plivo: at(plivo) }, attemptTimeout: 2_000 },
  telephony: { order: ['twilio'], instances: { twilio: at(twilio) } },
  incoming: {
    flow: {
      steps: [
        { verb: 'say', text: 'Hello' },
        { verb: 'gather', digits: 1 },
      ],
    },
    on: { '2': { flow: { steps: [{ verb: 'say', text: 'Two' }, { verb: 'hangup' }] } } },
  },
})
const at = ({ server, twin }: Vendor) => ({ baseUrl: server.url, senders: [twin.sender] })
const requests = () => Object.values(vendors).reduce((sum, { twin }) => sum + twin.requests().length, 0)

beforeAll(async () => {
  acme = await openAcme({ twilio: 'twilio', plivo: 'plivo' }, 1, (name) => (name === 'plivo' ? 'sms' : 'telephony'))
  ;({ desk, keys, vendors, operator, tenant, token } = acme)
  twilio = vendors.twilio as Vendor
  plivo = vendors.plivo as Vendor
}, 60_000)

afterAll(() => acme?.close(), 30_000)

describe('accounts', () => {
  it('are made by the operator, who sees the token once', async () => {
    const again = await operator.call('PUT', '/t/acme', { name: 'Acme' })
    expect([again.status, 'token' in again.body]).toEqual([200, false])
    expect((await tenant.call('PUT', '', { name: 'Me' })).status).toBe(403)
    expect((await client(() => desk.url, 'x'.repeat(64)).call('PUT', '/t/other', {})).status).toBe(401)
    expect((await operator.call('GET', '/t/nobody/overview')).status).toBe(404)
    expect((await operator.call('GET', '/t/acme/messages')).status).toBe(403)
  })

  it('answer problem+json with a request id for everything that is wrong', async () => {
    const unknown = await tenant.call('GET', '/nothing')
    expect([unknown.status, unknown.body.code, unknown.headers.get('content-type')]).toEqual([
      404,
      'not_found',
      'application/problem+json',
    ])
    expect(unknown.headers.get('x-request-id')).toBe(unknown.body.requestId)
    const method = await tenant.call('DELETE', '/messages')
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
    const text = await fetch(`${desk.url}/t/acme/messages`, {
      method: 'POST',
      body: 'hello',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(text.status).toBe(415)
  })
})

describe('before anything is configured', () => {
  it('says which provider is missing', async () => {
    const answer = await tenant.call('POST', '/messages', { to: customer, body: 'Hello' })
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, 'not_configured', 'sms'])
  })
})

describe('configuration', () => {
  it.each([
    ['an unknown vendor', { sms: { order: ['acme-sms'] } }, 'invalid_config', 'sms.order.0'],
    ['an empty order', { sms: { order: [] } }, 'invalid_config', 'sms.order'],
    ['an unknown interface', { fax: { order: ['twilio'] } }, 'invalid_config', 'fax'],
    ['another id', { id: 'globex' }, 'invalid_config', 'id'],
    [
      'a host of our own network',
      { sms: { order: ['twilio'], instances: { twilio: { baseUrl: 'http://169.254.169.254/' } } } },
      'invalid_config',
      'sms.instances.twilio.baseUrl',
    ],
    [
      'a script with a wrong verb',
      { incoming: { flow: { steps: [{ verb: 'sing' }] } } },
      'invalid_script',
      'incoming.flow.steps.0.verb',
    ],
    [
      'a script that branches on nothing',
      { incoming: { flow: { steps: [{ verb: 'hangup' }] }, on: { '1': { flow: { steps: [{ verb: 'hangup' }] } } } } },
      'invalid_script',
      'incoming.on',
    ],
    ['a list', [], 'invalid_config', undefined],
  ])('refuses %s, naming the field', async (_, body, code, field) => {
    const answer = await tenant.call('PUT', '/config', body)
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, code, field])
    expect(await tenant.ok('GET', '/config')).toEqual({})
  })

  it('takes a right one, and names the credential that is missing when it is used', async () => {
    await tenant.ok('PUT', '/config', config())
    const answer = await tenant.call('POST', '/messages', { to: customer, body: 'Hello' })
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([502, 'credential_missing', 'credentials.twilio'])
    expect(requests()).toBe(0)
  })

  it('refuses a credential that the adapter cannot use, and stores nothing of it', async () => {
    const answer = await tenant.call('PUT', '/credentials/twilio', { accountSid: 'nonsense', authToken: 'secret-in-a-wrong-one' })
    expect([answer.body.field, JSON.stringify(answer.body).includes('secret-in')]).toEqual(['accountSid', false])
    expect(await tenant.ok('GET', '/credentials')).toEqual({ instances: [] })
  })

  it('takes credentials, which are used at once and never read back', async () => {
    for (const { name, credentials } of Object.values(vendors)) await tenant.ok('PUT', `/credentials/${name}`, credentials)
    expect(await tenant.ok('GET', '/credentials')).toEqual({ instances: ['plivo', 'twilio'] })
    expect((await tenant.call('GET', '/credentials/twilio')).status).toBe(405)
    expect((await tenant.ok<Shown>('POST', '/messages', { to: customer, body: 'Configured' })).provider).toBe('twilio')
    const { providers } = await tenant.ok<{ providers: { id: string; credential: string; breaker: string }[] }>('GET', '/status')
    expect(providers.map(({ id, credential, breaker }) => `${id} ${credential} ${breaker}`)).toEqual([
      'sms/twilio set closed',
      'sms/plivo set closed',
      'telephony/twilio set closed',
    ])
  })
})

describe('messages', () => {
  it.each([
    ['a wrong number', { to: '0800', body: 'Hello' }, 'to'],
    ['no text and no media', { to: customer }, 'body'],
    ['a text that is too long', { to: customer, body: 'x'.repeat(1_601) }, 'body'],
    ['media that is no URL', { to: customer, media: ['file'] }, 'media.0'],
  ])('refuse %s before anything is written or sent', async (_, body, field) => {
    const before = [requests(), (await tenant.ok<List<Shown>>('GET', '/messages')).items.length]
    const answer = await tenant.call('POST', '/messages', body)
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, 'invalid_input', field])
    expect([requests(), (await tenant.ok<List<Shown>>('GET', '/messages')).items.length]).toEqual(before)
  })

  it('are sent once for each key, and a key cannot be used for another one', async () => {
    const key = { 'idempotency-key': 'order-42' }
    const first = await tenant.call<Shown>('POST', '/messages', { to: customer, body: 'Order 42' }, key)
    const second = await tenant.call<Shown>('POST', '/messages', { to: customer, body: 'Order 42' }, key)
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id])
    expect(first.headers.get('location')).toBe(`/t/acme/messages/${first.body.id}`)
    const other = await tenant.call('POST', '/messages', { to: customer, body: 'Order 43' }, key)
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused'])
    expect(
      (await tenant.call('POST', '/messages', { to: customer, body: 'x' }, { 'idempotency-key': 'with space' })).status,
    ).toBe(400)
    expect(twilio.twin.sent().filter(({ body }) => body === 'Order 42')).toHaveLength(1)
  })

  it('are sent once when the same key is asked for eight times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        tenant.call<Shown>('POST', '/messages', { to: customer, body: 'At once' }, { 'idempotency-key': 'at-once' }),
      ),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7)
    expect(twilio.twin.sent().filter(({ body }) => body === 'At once')).toHaveLength(1)
  })

  it('go out in bulk with one result each, and a repetition sends only what was not sent', async () => {
    const messages = [
      ...Array.from({ length: 20 }, (_, i) => ({ to: `+141555520${10 + i}`, body: `Bulk ${i}` })),
      { to: 'nobody', body: 'Bulk x' },
    ]
    const send = () =>
      tenant.ok<{
        sent: number
        failed: number
        unknown: number
        results: { index: number; outcome: string; error?: { field: string } }[]
      }>('POST', '/messages/bulk', { messages }, { 'idempotency-key': 'newsletter' })
    const { sent, failed, unknown, results } = await send()
    expect([sent, failed, unknown, results.length]).toEqual([20, 1, 0, 21])
    expect([results[20]?.outcome, results[20]?.error?.field]).toEqual(['failed', 'to'])
    await send()
    expect(twilio.twin.sent().filter(({ body }) => body.startsWith('Bulk'))).toHaveLength(20)
  })

  it('never go to somebody who has said STOP to any of the providers, until they say START', async () => {
    const person = '+14155550111'
    await plivo.twin.inbound({ from: person, body: 'Stop.' })
    expect((await tenant.ok<List<{ number: string; provider: string }>>('GET', '/opt-outs')).items).toMatchObject([
      { number: person, provider: 'plivo' },
    ])
    const before = requests()
    const answer = await tenant.call('POST', '/messages', { to: person, body: 'Hello' })
    expect([answer.status, answer.body.code, answer.body.fault, requests()]).toEqual([422, 'opted_out', 'recipient', before])
    await plivo.twin.inbound({ from: person, body: 'START' })
    expect((await tenant.ok<Shown>('POST', '/messages', { to: person, body: 'Hello' })).provider).toBe('twilio')
  })

  it('keep what a report says that came before the answer', async () => {
    twilio.twin.faults.next({ kind: 'hang', when: 'after' }, { operation: 'messages.create' })
    const sending = tenant.ok<Shown>('POST', '/messages', { to: customer, body: 'Overtaken' })
    const sent = await until('accepted', () => twilio.twin.sent().find(({ body }) => body === 'Overtaken'), Boolean)
    await twilio.twin.deliver(sent?.id as string, 'delivered')
    const { id } = await sending
    expect((await tenant.ok<Shown>('GET', `/messages/${id}`)).status).toBe('delivered')
  })
})

describe('webhooks', () => {
  it('are refused without a right signature and change nothing', async () => {
    const before = (await tenant.ok<List<unknown>>('GET', '/events?limit=200')).items.length
    const forged = await fetch(`${desk.url}/t/acme/hooks/sms/twilio`, {
      method: 'POST',
      body: new URLSearchParams({ MessageSid: 'SM00', MessageStatus: 'delivered' }),
      headers: { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    })
    expect(forged.status).toBe(403)
    expect((await fetch(`${desk.url}/t/acme/hooks/sms/twilio`, { method: 'POST', body: 'x' })).status).toBeGreaterThanOrEqual(400)
    expect((await fetch(`${desk.url}/t/acme/hooks/fax/twilio`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${desk.url}/t/nobody/hooks/sms/twilio`, { method: 'POST' })).status).toBe(404)
    expect((await tenant.ok<List<unknown>>('GET', '/events?limit=200')).items.length).toBe(before)
  })

  it('of a kind that nobody knows are kept', async () => {
    await twilio.twin.unknownEvent()
    const { items } = await tenant.ok<List<{ type: string; provider: string }>>('GET', '/events?limit=200')
    expect(items.filter(({ type, provider }) => type === 'unknown' && provider === 'twilio').length).toBe(1)
  })
})

describe('calls', () => {
  it('refuse a script or number that cannot be, before anybody is called', async () => {
    const before = requests()
    const wrong = await tenant.call('POST', '/calls', { to: customer, script: { flow: { steps: [] } } })
    expect([wrong.status, wrong.body.code, wrong.body.field]).toEqual([422, 'invalid_script', 'script.flow.steps'])
    const nobody = await tenant.call('POST', '/calls', { to: '12', script: { flow: { steps: [{ verb: 'hangup' }] } } })
    expect([nobody.status, nobody.body.field, requests()]).toEqual([422, 'to', before])
  })

  it('that come in follow the script of the configuration', async () => {
    const id = await twilio.twin.incoming({ from: customer })
    const heard = () => twilio.twin.calls().find((call) => call.id === id)?.heard ?? []
    await until('asked', heard, (list) => list.some(({ verb }) => verb === 'gather'))
    await twilio.twin.press(id, '2')
    await until('ended', heard, (list) => list.some(({ verb }) => verb === 'hangup'))
    expect(heard().flatMap((entry) => (entry.verb === 'say' ? [entry.text] : []))).toEqual(['Hello', 'Two'])
    const { items } = await tenant.ok<List<Shown>>('GET', '/calls?direction=inbound')
    expect(items.map(({ handle, digits }) => [vendorId(handle), digits])).toEqual([[id, ['2']]])
  })

  it('are ended at the vendor', async () => {
    const made = await tenant.ok<Shown>('POST', '/calls', {
      to: customer,
      script: { flow: { steps: [{ verb: 'say', text: 'Hello' }] } },
    })
    await tenant.ok('POST', `/calls/${made.id}/end`)
    expect(twilio.twin.calls().find(({ id }) => id === vendorId(made.handle))?.ended).toBe(true)
  })
})

describe('numbers', () => {
  it('hold their provider in the configuration until they are given back', async () => {
    const { items } = await tenant.ok<List<{ id: string }>>('GET', '/numbers/available?country=US&limit=1')
    const { number } = await tenant.ok<{ number: string }>('POST', '/numbers', { id: items[0]?.id })
    const { sms } = config()
    const dropped = { sms: { order: ['plivo'], instances: { plivo: sms.instances.plivo } } }
    const held = await tenant.call('PUT', '/config', dropped)
    expect([held.status, held.body.code]).toEqual([409, 'provider_in_use'])
    expect(twilio.twin.owned().map((owned) => owned.number)).toContain(number)
    expect((await tenant.call('DELETE', `/numbers/${number.slice(1)}`)).status).toBe(204)
    expect(twilio.twin.owned().map((owned) => owned.number)).not.toContain(number)
    expect((await tenant.call('PUT', '/config', dropped)).status).toBe(200)
    await tenant.ok('PUT', '/config', config())
  })

  it('are searched with a right country only', async () => {
    const answer = await tenant.call('GET', '/numbers/available?country=Atlantis')
    expect([answer.status, answer.body.field]).toEqual([422, 'country'])
  })
})

describe('a wrong credential', () => {
  it('moves on to the next provider and shouts in the audit log', async () => {
    await tenant.ok('PUT', '/credentials/twilio', { ...twilio.credentials, authToken: 'f'.repeat(32) })
    const message = await tenant.ok<Shown>('POST', '/messages', { to: customer, body: 'Covered for' })
    expect([message.provider, message.trail.map(({ provider, fault }) => [provider, fault])]).toEqual([
      'plivo',
      [
        ['twilio', 'credential'],
        ['plivo', undefined],
      ],
    ])
    const { items } = await tenant.ok<List<{ what: string; details: string }>>('GET', '/audit?limit=5')
    expect(items.find(({ what }) => what === 'credential.refused')?.details).toBe('twilio')
    await tenant.ok('PUT', '/credentials/twilio', twilio.credentials)
  })
})

describe('reports', () => {
  const owner = '+14155550133'

  it.each([
    ['a wrong number', 'POST', '/reports', { to: '0800' }, 'invalid_input', 'to'],
    ['a wait of years', 'POST', '/reports', { to: owner, checkAfterMs: 1e12 }, 'invalid_input', 'checkAfterMs'],
    [
      'a time that can be read in two ways',
      'PUT',
      '/reports/schedule',
      { to: owner, every: 'every other Monday' },
      'schedule_not_understood',
      undefined,
    ],
    [
      'a time zone of nowhere',
      'PUT',
      '/reports/schedule',
      { to: owner, every: 'daily at 6am', timezone: 'Mars/Olympus' },
      'invalid_timezone',
      undefined,
    ],
  ])('refuse %s, and nothing is begun', async (_, method, path, body, code, field) => {
    const answer = await tenant.call(method, path, body)
    expect([answer.status, answer.body.code]).toEqual([422, code])
    if (field !== undefined) expect(answer.body.field).toBe(field)
    expect((await tenant.ok<List<unknown>>('GET', '/reports')).items).toEqual([])
    expect((await tenant.call('GET', '/reports/schedule')).status).toBe(404)
  })

  it('are sent once for each key', async () => {
    const ask = () => tenant.call<Report>('POST', '/reports', { to: owner, checkAfterMs: 0 }, { 'idempotency-key': 'report' })
    const [first, second] = await Promise.all([ask(), ask()])
    expect([first.status, second.body.id]).toEqual([202, first.body.id])
    expect(first.headers.get('location')).toBe(`/t/acme/reports/${first.body.id}`)
    const report = () => tenant.ok<Report>('GET', `/reports/${first.body.id}`)
    const done = await until('sent', report, ({ state }) => state === 'completed')
    expect(done.steps.map(({ name, state }) => `${name} ${state}`)).toEqual(['count done', 'send done', 'wait done', 'note done'])
    expect(
      twilio.twin
        .sent()
        .filter(({ to }) => to === owner)
        .map(({ body }) => body.slice(0, 9)),
    ).toEqual(['Report 1:'])
    const other = await tenant.call('POST', '/reports', { to: customer }, { 'idempotency-key': 'report' })
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused'])
  })

  it('come on a schedule, until it is taken away', async () => {
    const planned = () => tenant.ok<{ text: string; runs: { id: string; state: string }[] }>('GET', '/reports/schedule')
    await tenant.ok('PUT', '/reports/schedule', { every: 'every 1 second', to: owner, checkAfterMs: 0 })
    const { runs } = await until('it has run', planned, (plan) => plan.runs.some(({ state }) => state === 'ran'))
    expect((await tenant.call('DELETE', '/reports/schedule')).status).toBe(204)
    expect((await tenant.call('GET', '/reports/schedule')).status).toBe(404)
    const begun = async () => (await tenant.ok<List<Report>>('GET', '/reports')).items.map(({ key }) => key)
    expect(await begun()).toEqual(expect.arrayContaining(runs.filter(({ state }) => state === 'ran').map(({ id }) => id)))
    expect((await tenant.call('DELETE', '/reports/schedule')).status).toBe(404)
  })
})

describe('what goes up to the SaaS and the business', () => {
  const levels = ['/saas/main', '/b/main']
  const rpc = (path: string, of: string | undefined) =>
    connect<typeof SaaS>(`${desk.url}${path}/rpc`, of === undefined ? {} : { token: of })

  it('is for the operator: not for nobody, not for a tenant, over HTTP and over RPC', async () => {
    for (const path of [
      ...levels.flatMap((level) => [level, `${level}/overview`, `${level}/changes`, `${level}/rpc`]),
      '/operator/tenants',
      '/operator/events',
      '/operator/rpc',
    ]) {
      for (const someone of [client(() => desk.url, undefined), client(() => desk.url, token)]) {
        expect([path, (await someone.call('GET', path)).status]).toEqual([path, 401])
      }
    }
    for (const path of levels) {
      const errors: unknown[] = []
      const connection = connect<typeof SaaS>(`${desk.url}${path}/rpc`, { token, onState: (_, reason) => errors.push(reason) })
      await until(
        'it is refused',
        () => errors.length,
        (count) => count > 1,
      )
      expect(connection.state).not.toBe('open')
      connection.close()
    }
  })

  it("leaves a tenant its own RPC, which does not tell it the operator's view", async () => {
    const connection = connect<typeof Tenant>(`${desk.url}/t/acme/rpc`, { token })
    for (const method of ['overview', 'summary'] as const) {
      await expect(connection.api[method]()).rejects.toMatchObject({ code: 'forbidden' })
    }
    connection.close()
    const answer = await fetch(`${desk.url}/t/acme/rpc`, {
      method: 'POST',
      body: '',
      headers: { authorization: `Bearer ${keys.operatorToken}` },
    })
    expect(answer.status).toBe(403)
  })

  it('tells the operator over RPC what HTTP tells, and of a tenant that is not there that it is not', async () => {
    const connection = rpc('/saas/main', keys.operatorToken)
    const { tenants, business } = await connection.api.overview()
    expect(tenants).toMatchObject([{ id: 'acme', name: 'Acme' }])
    expect(business?.id).toBe(`${desk.url}/b/main`)
    const own = (await connection.api.tenant('acme')) as unknown
    expect(JSON.parse(JSON.stringify(own))).toEqual(await operator.ok('GET', '/operator/tenants/acme'))
    await expect(connection.api.tenant('nobody')).rejects.toMatchObject({ code: 'not_found' })
    await expect((connection.api as unknown as { settle(): unknown }).settle()).rejects.toMatchObject({ code: 'unknown_method' })
    connection.close()
  })

  it('is each change of the books, in order, and holds no text, number, key or credential', async () => {
    const { id } = await tenant.ok<Shown>(
      'POST',
      '/messages',
      { to: '+14155550187', body: 'Strictly private' },
      { 'idempotency-key': 'private-key' },
    )
    const page = () =>
      operator.ok<{ changes: { key: string; sequence: number; operation: string; object: string; after?: object }[] }>(
        'GET',
        '/operator/events?after=start&limit=1000',
      )
    const { changes } = await until('it is told', page, (read) => read.changes.filter(({ key }) => key === id).length > 1)
    const mine = changes.filter(({ key }) => key === id)
    expect(mine[0]).toMatchObject({
      operation: 'create',
      object: `${desk.url}/t/acme`,
      after: { direction: 'outbound', status: 'pending' },
    })
    expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, index) => index + (changes[0]?.sequence ?? 0)))
    const everything = JSON.stringify(changes)
    for (const secret of [
      'Strictly private',
      '+14155550187',
      customer,
      'private-key',
      token,
      token.slice(-64),
      ...Object.values(twilio.credentials).map(String),
    ])
      expect(everything.includes(secret), secret.slice(0, 12)).toBe(false)
  })

  it('adds up: business and SaaS count what the tenant has in its books', async () => {
    const read = async () => {
      const { totals, business } = await operator.ok<SaasOverview>('GET', '/operator/tenants')
      const own = await operator.ok<TenantOverview>('GET', '/operator/tenants/acme')
      return { saas: totals, business: business?.totals, tenant: own.counted, books: own.totals }
    }
    const {
      saas,
      business,
      tenant: counted,
      books,
    } = await until('it is told', read, (all) => JSON.stringify(all.business) === JSON.stringify(all.tenant))
    expect(saas).toEqual(counted)
    expect(business).toEqual(counted)
    expect([sumOf(counted, 'messages'), sumOf(counted, 'calls'), sumOf(counted, 'numbers')]).toEqual([
      books.messages,
      books.calls,
      books.numbers,
    ])
    expect(counted.filter(({ total }) => total < 0)).toEqual([])
  })
})

describe('the token', () => {
  it('is replaced by the operator; the old one ends at once', async () => {
    const { token: next } = await operator.ok<{ token: string }>('POST', '/t/acme/token')
    expect((await tenant.call('GET', '/messages')).status).toBe(401)
    expect((await client(() => `${desk.url}/t/acme`, next).call('GET', '/messages')).status).toBe(200)
  })
})
