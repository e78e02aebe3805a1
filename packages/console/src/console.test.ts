import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assets } from './assets.ts'
import { createConsole, isConsolePath } from './index.ts'

const origin = 'http://127.0.0.1:8787'

function setUp(now = () => 1_000_000) {
  const asked: Request[] = []
  const console = createConsole({
    operatorToken: 'operator-token-for-tests',
    now,
    api: async (request) => {
      asked.push(request)
      return Response.json({ tenants: [] })
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

  it('is current: assets.ts holds what src/page holds', () => {
    for (const [name, text] of Object.entries(assets)) {
      expect(text, `${name}: run node packages/console/scripts/assets.mjs`).toBe(
        readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8'),
      )
    }
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
    const console = createConsole({ operatorToken: '', api: async () => Response.json({}) })
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

describe('the data', () => {
  it('is asked for with the operator token, for signed-in readers only', async () => {
    const { asked, send, signIn } = setUp()
    expect((await send('/console/api/tenants')).status).toBe(401)
    expect(asked).toHaveLength(0)
    const cookie = cookieOf(await signIn())
    const answer = await send('/console/api/tenants', { headers: { cookie } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(asked.map(({ url, headers }) => [url, headers.get('authorization'), headers.get('cookie')])).toEqual([
      [`${origin}/operator/tenants`, 'Bearer operator-token-for-tests', null],
    ])
    expect((await send('/console/api/tenants', { method: 'POST', headers: { cookie } })).status).toBe(405)
  })

  it('cannot be led out of the operator API by a crooked path', async () => {
    const { asked, send, signIn } = setUp()
    const cookie = cookieOf(await signIn())
    for (const path of ['/console/api/%2e%2e/t/acme/messages', '/console/api///evil.example/', '/console/api/..%2f..%2ft']) {
      await send(path, { headers: { cookie } })
    }
    for (const { url } of asked) {
      expect(new URL(url).origin).toBe(origin)
      expect(new URL(url).pathname).toMatch(/^\/operator\//)
    }
  })
})
