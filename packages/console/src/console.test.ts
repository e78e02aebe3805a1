import { describe, expect, it } from 'vitest'
import { assetTexts } from '../scripts/assets.mjs'
import { assets } from './assets.ts'
import { createConsole, isConsolePath } from './index.ts'

const origin = 'http://127.0.0.1:8787'

function setUp(now = () => 1_000_000) {
  const asked: Request[] = []
  const console = createConsole({
    operatorToken: 'operator-token-for-tests',
    now,
    rpc: async (request) => {
      asked.push(request)
      return new Response('connected')
    },
  })
  const send = (path: string, init?: RequestInit) => console(new Request(`${origin}${path}`, init))
  const signIn = async (token = 'operator-token-for-tests') =>
    send('/console/session', { method: 'POST', body: JSON.stringify({ token }), headers: { origin } })
  return { asked, send, signIn }
}

const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string

describe('the page', () => {
  it('is served with a policy that allows nothing inline and nobody else', async () => {
    const { send } = setUp()
    const answer = await send('/console')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toMatch(/https?:/)
  })

  it('holds nothing inline and names no other origin', () => {
    const html = assets['index.html'] as string
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/)
    for (const text of Object.values(assets)) expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
  })

  it('answers 304 to a browser that has it, 404 to an unknown name and 405 to a POST', async () => {
    const { send } = setUp()
    const etag = (await send('/console/main.js')).headers.get('etag') as string
    expect((await send('/console/main.js', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await send('/console/constructor')).status).toBe(404)
    expect((await send('/console/main.js', { method: 'POST' })).status).toBe(405)
  })

  it('is current: assets.ts holds what src/page and the client of the runtime hold', async () => {
    const current = await assetTexts()
    expect(Object.keys(assets)).toEqual(Object.keys(current))
    for (const [name, text] of Object.entries(assets)) {
      expect(text === current[name], `${name}: run node packages/console/scripts/assets.mjs`).toBe(true)
    }
  })

  it('imports nothing but its own modules', () => {
    for (const [name, text] of Object.entries(assets)) {
      if (!name.endsWith('.js') || name === 'client.js') continue
      const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, path]) => String(path).replace('./', ''))
      expect(imported.filter((path) => !(path in assets))).toEqual([])
    }
    expect(assets['client.js']).not.toMatch(/\beval\(|new Function\(|from"/)
  })

  it('takes its own paths only', () => {
    expect(['/console', '/console/main.js', '/consoles', '/t/console'].map(isConsolePath)).toEqual([true, true, false, false])
  })
})

describe('the session', () => {
  it('opens for the operator token, in a cookie that no script reads and no other site sends', async () => {
    const { send, signIn } = setUp()
    const answer = await signIn()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toMatch(/; Path=\/console; Max-Age=43200; HttpOnly; SameSite=Strict$/)
    expect(answer.headers.get('set-cookie')).not.toContain('operator-token')
    const session = await send('/console/session', { headers: { cookie: cookieOf(answer) } })
    expect(await session.json()).toEqual({ signedIn: true })
  })

  it('stays shut for a wrong token, a broken body and another site', async () => {
    const { send, signIn } = setUp()
    expect((await signIn('wrong')).status).toBe(401)
    expect((await signIn('')).status).toBe(401)
    expect((await send('/console/session', { method: 'POST', body: '{' })).status).toBe(401)
    const foreign = { method: 'POST', body: '{"token":"operator-token-for-tests"}', headers: { origin: 'http://evil.example' } }
    expect((await send('/console/session', foreign)).status).toBe(403)
  })

  it('lets nobody in when the operator token is empty', async () => {
    const console = createConsole({ operatorToken: '', rpc: async () => new Response() })
    const answer = await console(new Request(`${origin}/console/session`, { method: 'POST', body: '{"token":""}' }))
    expect(answer.status).toBe(401)
  })

  it('ends after twelve hours and cannot be prolonged by hand', async () => {
    let time = 1_000_000
    const { send, signIn } = setUp(() => time)
    const cookie = cookieOf(await signIn())
    const signedIn = async (value: string) =>
      ((await (await send('/console/session', { headers: { cookie: value } })).json()) as { signedIn: boolean }).signedIn
    const [name, value] = cookie.split('=') as [string, string]
    const later = `${name}=${Number(value.split('.')[0]) + 1}.${value.split('.')[1]}`
    expect(await signedIn(later)).toBe(false)
    time += 12 * 3600 * 1000 - 1
    expect(await signedIn(cookie)).toBe(true)
    time += 1
    expect(await signedIn(cookie)).toBe(false)
  })
})

describe('the connection', () => {
  const upgrade = { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-protocol': 'do.rpc.1' }

  it('is opened with the operator token, for signed-in readers on the page itself', async () => {
    const { asked, send, signIn } = setUp()
    const cookie = cookieOf(await signIn())
    const answer = await send('/console/rpc', { headers: { ...upgrade, cookie, origin, 'x-forwarded-for': 'spoofed' } })
    expect(await answer.text()).toBe('connected')
    expect(asked.map(({ url, headers }) => [url, headers.get('authorization'), headers.get('cookie')])).toEqual([
      [`${origin}/operator/rpc`, 'Bearer operator-token-for-tests', null],
    ])
    expect(asked[0]?.headers.get('sec-websocket-protocol')).toBe('do.rpc.1')
    expect(asked[0]?.headers.get('x-forwarded-for')).toBeNull()
  })

  it.each([
    ['nobody who has signed in', { ...upgrade, origin }, 401],
    ['another site', { ...upgrade, origin: 'http://evil.example' }, 403],
    ['another site that the browser names', { ...upgrade, origin, 'sec-fetch-site': 'cross-site' }, 403],
    ['no page at all', upgrade, 403],
    ['no WebSocket', { origin }, 426],
  ])('is refused to %s', async (who, headers, status) => {
    const { asked, send, signIn } = setUp()
    const cookie = cookieOf(await signIn())
    const answer = await send('/console/rpc', { headers: { ...headers, ...(who.startsWith('nobody') ? {} : { cookie }) } })
    expect(answer.status).toBe(status)
    expect(asked).toEqual([])
  })

  it('takes the operator token of nobody else: one that is sent along counts for nothing', async () => {
    const { asked, send } = setUp()
    const headers = { ...upgrade, origin, authorization: 'Bearer operator-token-for-tests', cookie: 'console-session=1.0' }
    expect((await send('/console/rpc', { headers })).status).toBe(401)
    expect(asked).toEqual([])
  })

  it('is the only way to the data', async () => {
    const { asked, send, signIn } = setUp()
    const cookie = cookieOf(await signIn())
    for (const path of ['/console/api/tenants', '/console/rpc/', '/console/rpc/../api', '/console/%2e%2e/t/acme/messages']) {
      expect((await send(path, { headers: { ...upgrade, cookie, origin } })).status, path).toBe(404)
    }
    expect(asked).toEqual([])
  })
})
