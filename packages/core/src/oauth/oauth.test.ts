import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../test/harness.ts'
import { failureOf } from './protocol.ts'
import { type AuthorizationServer, startAuthorizationServer } from './test/authorization-server.ts'
import { type Server, startServer } from './test/harness.ts'

let as: AuthorizationServer
let server: Server
beforeAll(async () => {
  as = await startAuthorizationServer()
  server = await startServer({ ISSUER: as.url })
})
afterAll(async () => {
  await server.close()
  await as.close()
})

type Client = 'crm' | 'steady' | 'machine'
const hour = 3_600_000

function objectCalled(name: string) {
  const oauth = (method: string, ...args: unknown[]) => server.call(name, 'oauth', method, ...args)
  return {
    oauth,
    vault: (method: string, ...args: unknown[]) => server.call(name, 'vault', method, ...args),
    self: (method: string, ...args: unknown[]) => server.call(name, undefined, method, ...args),
    /** Consents as a person does. */
    connect: async (client: Client = 'crm') => {
      if (client === 'crm') await server.call(name, 'vault', 'put', 'crm-secret', 's3cret/+:')
      const { url, state } = await oauth('start', client)
      return oauth('callback', as.consent(url), { state })
    },
  }
}

describe('consent', () => {
  it('goes from not configured over pending to active, with PKCE and a state that is good once', async () => {
    const { oauth, vault, self } = objectCalled('consent')
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'not-configured' })
    expect(await oauth('start', 'crm')).toMatchObject({ code: 'oauth_not_configured' })
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_not_configured' })
    await vault('put', 'crm-secret', 's3cret/+:')
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'pending' })
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_not_connected' })
    const { url, state } = await oauth('start', 'crm')
    expect(new URL(url).searchParams.get('scope')).toBe('read write')
    const back = as.consent(url)
    // Another session's: refused, and not used up.
    expect(await oauth('callback', back, { state: 'another' })).toMatchObject({ code: 'oauth_state_invalid' })
    expect(await oauth('callback', back, { state })).toMatchObject({ state: 'active', scope: 'read write', rotates: null })
    expect(await oauth('callback', back, { state })).toMatchObject({ code: 'oauth_state_invalid' })
    expect(await oauth('token', 'crm')).toMatchObject({ tokenType: 'bearer', accessToken: expect.any(String) })
    expect(await oauth('list')).toHaveLength(1)
    // Nothing of the consent is left, and no token lies in the open: not in rows, changes or logs.
    expect(await vault('list', { prefix: 'oauth/crm/default/pending' })).toEqual([])
    const everything = (await self('dump')) + readFileSync(server.workerd.logFile, 'utf8')
    for (const secret of as.secrets) expect(everything).not.toContain(secret)
    expect(everything).not.toContain('s3cret')
    expect(everything).toContain('oauth/crm/default')
  })

  it('that is refused, forged, too old or whose answer is lost says so', async () => {
    const { oauth, vault, self } = objectCalled('refused')
    await vault('put', 'crm-secret', 's3cret/+:')
    const begun = async () => (await oauth('start', 'crm')).url as string
    expect(await oauth('callback', as.consent(await begun(), 'no'))).toMatchObject({
      code: 'oauth_refused',
      detail: expect.stringContaining('access_denied'),
    })
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'error', error: 'access_denied' })
    // Another server's answer (mix-up), a stolen code in another's consent, a state nobody gave out.
    const mixed = new URL(as.consent(await begun()))
    mixed.searchParams.set('iss', 'https://evil.example')
    expect((await oauth('callback', mixed.href)).code).toMatch(/^oauth_/)
    const stolen = new URL(as.consent(await begun())).searchParams.get('code') as string
    const own = new URL(as.consent(await begun()))
    own.searchParams.set('code', stolen)
    expect(await oauth('callback', own.href)).toMatchObject({
      code: 'oauth_refused',
      detail: expect.stringContaining('invalid_grant'),
    })
    own.searchParams.set('state', 'made-up')
    expect(await oauth('callback', own.href)).toMatchObject({ code: 'oauth_state_invalid' })
    as.next = ['lose']
    expect(await oauth('callback', as.consent(await begun()))).toMatchObject({ code: 'oauth_lost' })
    const late = as.consent(await begun())
    await self('setTime', Date.now() + 601_000)
    expect(await oauth('callback', late)).toMatchObject({ code: 'oauth_state_invalid' })
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_refused' })
    expect(await oauth('start', 'nobody')).toMatchObject({ code: 'unknown_oauth_client' })
    expect(await oauth('start', 'crm', { account: 'a/b' })).toMatchObject({ code: 'invalid_account' })
  })
})

describe('refresh', () => {
  it('ahead of expiry is one request for a hundred callers, and rotates', async () => {
    const { oauth, vault, self, connect } = objectCalled('flight')
    await connect()
    const before = await oauth('token', 'crm')
    await self('setTime', before.expiresAt - 200_000)
    const asked = as.asked.length
    const tokens = await self('tokens', 100, 'crm')
    expect(as.asked.slice(asked)).toEqual(['refresh_token'])
    expect(new Set(tokens.map((token: { accessToken: string }) => token.accessToken)).size).toBe(1)
    expect(tokens[0].accessToken).not.toBe(before.accessToken)
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'active', rotates: true, scope: 'read write' })
    expect((await vault('info', 'oauth/crm/default')).versions).toHaveLength(1)
    await self('setTime', before.expiresAt + hour)
    expect((await oauth('token', 'crm')).accessToken).not.toBe(tokens[0].accessToken)
  })

  it('whose answer is lost leaves it uncertain where tokens rotate: the old token is not sent again by itself', async () => {
    const { oauth, self, connect } = objectCalled('lost')
    await connect()
    const before = await oauth('token', 'crm')
    await self('setTime', before.expiresAt - 200_000)
    as.next = ['lose']
    const asked = as.asked.length
    // The access token is good for a while.
    expect(await oauth('token', 'crm')).toEqual(before)
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'uncertain' })
    await self('setTime', before.expiresAt + 1)
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_uncertain' })
    expect(await oauth('refresh', 'crm')).toMatchObject({ code: 'oauth_uncertain' })
    expect(as.asked.length).toBe(asked + 1)
    // On demand it is, and this server takes it for theft.
    expect(await oauth('resolve', 'crm')).toMatchObject({ code: 'oauth_refused' })
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'error', error: 'invalid_grant' })
    expect(await connect()).toMatchObject({ state: 'active' })
    expect(await oauth('token', 'crm')).toMatchObject({ accessToken: expect.any(String) })
  })

  it('that a kill cuts short is found by the next life: uncertain, or simply again where tokens do not rotate', async () => {
    const { oauth, self, connect } = objectCalled('killed')
    await connect()
    await connect('steady')
    const { expiresAt } = await oauth('token', 'steady')
    await oauth('refresh', 'steady')
    expect(await oauth('status', 'steady')).toMatchObject({ rotates: false })
    as.next = ['hold', 'hold']
    as.held = 0
    const cut = [oauth('refresh', 'crm'), oauth('refresh', 'steady')].map((call) => call.catch(() => 'cut'))
    await until(
      async () => as.held,
      (held) => held === 2,
    )
    await server.restart()
    expect(await Promise.all(cut)).toEqual(['cut', 'cut'])
    as.release()
    expect(await oauth('token', 'crm')).toMatchObject({ accessToken: expect.any(String) })
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'uncertain' })
    await self('setTime', expiresAt + 2 * hour)
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_uncertain' })
    expect(await oauth('token', 'steady')).toMatchObject({ accessToken: expect.any(String) })
    expect(await oauth('status', 'steady')).toMatchObject({ state: 'active' })
  })

  it('is tried again when nothing was sent or the server says so; a refusal ends it without a trace of the token', async () => {
    const { oauth, self, connect } = objectCalled('down')
    await connect()
    const { expiresAt } = await oauth('token', 'crm')
    await self('setTime', expiresAt + 1)
    as.next = ['unavailable']
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_unavailable' })
    await as.listening(false)
    // A new life must ask the server first who it is: nothing was sent that could be lost.
    await server.restart()
    await self('setTime', expiresAt + 1)
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_unavailable' })
    await as.listening(true)
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'active' })
    expect(await oauth('token', 'crm')).toMatchObject({ accessToken: expect.any(String) })
    as.next = ['deny']
    const refused = await oauth('refresh', 'crm')
    expect(refused).toMatchObject({ code: 'oauth_refused', detail: expect.stringContaining('invalid_grant') })
    expect(JSON.stringify(refused)).not.toContain('leaks')
  })

  it('comes by itself, by a job, before the token expires', async () => {
    const { oauth, self, connect } = objectCalled('job')
    await self('setTime', Date.now() - hour + 200_000)
    const { expiresAt } = await connect()
    const asked = as.asked.length
    await self('setTime', Date.now())
    // The alarm is due already; only the clock of the object was behind.
    await until(
      async () => as.asked.length,
      (count) => count === asked + 1,
    )
    const { expiresAt: next } = await until(
      () => oauth('status', 'crm'),
      (status) => status.expiresAt !== expiresAt,
    )
    expect(next).toBeGreaterThan(expiresAt)
  })
})

describe('what a failure means', () => {
  const network = (cause?: unknown) => new TypeError('fetch failed', { cause })
  it.each([
    [network({ code: 'ECONNREFUSED' }), 'unavailable', 'connection_refused'],
    [network({ code: 'ECONNRESET' }), 'lost', 'no_answer'],
    [network(), 'lost', 'no_answer'],
    [new DOMException('late', 'TimeoutError'), 'lost', 'no_answer'],
    [Object.assign(new Error('odd'), { cause: new Response('', { status: 503 }) }), 'unavailable', 'http_503'],
    [Object.assign(new Error('odd'), { cause: new Response('', { status: 502 }) }), 'lost', 'no_answer'],
    [undefined, 'lost', 'no_answer'],
  ])('%s is %s', (error, kind, code) => expect(failureOf(error)).toEqual({ kind, code }))
})

describe('client credentials and the end', () => {
  it('need no consent, and one request for many', async () => {
    const { oauth, vault, self } = objectCalled('machine')
    await vault('put', 'machine-secret', 'm4chine')
    const asked = as.asked.length
    const tokens = await self('tokens', 20, 'machine')
    expect(new Set(tokens.map((token: { accessToken: string }) => token.accessToken)).size).toBe(1)
    expect(as.asked.slice(asked)).toEqual(['client_credentials'])
    await self('setTime', tokens[0].expiresAt + 1)
    as.next = ['lose']
    expect(await oauth('token', 'machine')).toMatchObject({ code: 'oauth_unavailable' })
    expect((await oauth('token', 'machine')).accessToken).not.toBe(tokens[0].accessToken)
    await vault('put', 'machine-secret', 'wrong')
    expect(await oauth('refresh', 'machine')).toMatchObject({
      code: 'oauth_refused',
      detail: expect.stringContaining('invalid_client'),
    })
    await vault('put', 'machine-secret', 'm4chine')
    expect(await oauth('token', 'machine')).toMatchObject({ accessToken: expect.any(String) })
  })

  it('revokes at the server, then here; not here when the server did not confirm', async () => {
    const { oauth, vault, connect } = objectCalled('revoke')
    await connect()
    const { accessToken } = await oauth('token', 'crm')
    await as.listening(false)
    expect(await oauth('revoke', 'crm')).toMatchObject({ code: 'oauth_unavailable' })
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'active' })
    await as.listening(true)
    expect(await oauth('revoke', 'crm')).toMatchObject({ state: 'revoked', expiresAt: null })
    expect(as.revoked).toContain(accessToken)
    expect(as.revoked.size).toBe(2)
    expect(await vault('info', 'oauth/crm/default')).toBeNull()
    expect(await oauth('token', 'crm')).toMatchObject({ code: 'oauth_not_connected' })
    expect(await connect()).toMatchObject({ state: 'active' })
  })

  it('lets no refresh bring back what is being revoked', async () => {
    const { oauth, vault, connect } = objectCalled('revoke-race')
    await connect()
    as.holdRevocation = true
    const revoking = oauth('revoke', 'crm')
    await until(
      async () => as.revocations,
      (go) => go !== undefined,
    )
    as.next = ['hold']
    const refreshing = oauth('refresh', 'crm')
    await oauth('status', 'crm')
    as.revocations?.()
    expect(await revoking).toMatchObject({ state: 'revoked' })
    as.next = []
    as.release()
    expect(await refreshing).toMatchObject({ code: 'oauth_not_connected' })
    expect(await oauth('status', 'crm')).toMatchObject({ state: 'revoked' })
    expect(await vault('info', 'oauth/crm/default')).toBeNull()
  })
})

describe('odd answers', () => {
  it('with a fraction of a second or a lifetime beyond all time are taken', async () => {
    const { oauth, connect } = objectCalled('fraction')
    as.expiresIn = 3_599.999_7
    expect(await connect()).toMatchObject({ state: 'active', expiresAt: expect.any(Number) })
    as.expiresIn = 1e300
    expect(await oauth('refresh', 'crm')).toMatchObject({ accessToken: expect.any(String) })
    as.expiresIn = 3_600
  })

  it('that are no address are refused, and a consent that came too late leaves nothing behind', async () => {
    const { oauth, vault, self } = objectCalled('late')
    expect(await oauth('callback', 'no address')).toMatchObject({ code: 'oauth_state_invalid' })
    await vault('put', 'crm-secret', 's3cret/+:')
    const { url, state, expiresAt } = await oauth('start', 'crm')
    await self('setTime', expiresAt)
    expect(await oauth('callback', as.consent(url), { state })).toMatchObject({ code: 'oauth_state_invalid' })
    expect(await vault('list', { prefix: 'oauth/' })).toEqual([])
  })
})
