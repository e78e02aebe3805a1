import { assets } from './assets.ts'
import { type Sessions, sessionSeconds, sessions } from './session.ts'

export interface ConsoleOptions {
  /** Whoever knows it may see every tenant. An empty one lets nobody in. */
  readonly operatorToken: string
  /**
   * Answers Cap'n Web at `/operator/rpc`, with the methods `overview`, `tenant`, `feed` and `watch` (the SaaS of @do/objects has
   * them). It is called with the operator token as bearer, for WebSockets of signed-in browsers on the page itself only.
   */
  readonly rpc: (request: Request) => Promise<Response>
  /** Epoch milliseconds. Default: the machine's clock. */
  readonly now?: () => number
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Everything comes from this origin, nothing is inline, nobody may frame it. */
const guard: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * The web page that shows a running system, as a function from request to response. Mount it for every path that
 * `isConsolePath` accepts.
 */
export function createConsole(options: ConsoleOptions): (request: Request) => Promise<Response> {
  const held = sessions(options.operatorToken, options.now ?? Date.now)
  return async (request) => {
    const { pathname } = new URL(request.url)
    const path = pathname.slice('/console'.length).replace(/^\//, '')
    if (path === 'session') return session(request, held)
    if (path === 'rpc') return rpc(request, held, options)
    return asset(request, path === '' ? 'index.html' : path)
  }
}

export function isConsolePath(pathname: string): boolean {
  return pathname === '/console' || pathname.startsWith('/console/')
}

async function asset(request: Request, name: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET.', { allow: 'GET, HEAD' })
  const text = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (text === undefined) return plain(404, 'Nothing here. The page is at /console.')
  const etag = `"${(await digest(text)).slice(0, 24)}"`
  const headers = {
    ...guard,
    etag,
    'cache-control': 'no-cache',
    'content-type': types[name.split('.').pop() ?? ''] ?? 'text/plain',
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(request.method === 'HEAD' ? null : text, { headers })
}

async function session(request: Request, held: Sessions): Promise<Response> {
  switch (request.method) {
    case 'GET':
      return json(200, { signedIn: await held.valid(cookieOf(request)) })
    case 'POST': {
      if (foreign(request)) return plain(403, 'Sign in from the page itself.')
      const body: unknown = await request.json().catch(() => undefined)
      const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined
      const value = typeof token === 'string' ? await held.open(token) : undefined
      if (value === undefined) return json(401, { signedIn: false })
      return json(200, { signedIn: true }, { 'set-cookie': cookie(request, value, sessionSeconds) })
    }
    case 'DELETE':
      if (foreign(request)) return plain(403, 'Sign out from the page itself.')
      return json(200, { signedIn: false }, { 'set-cookie': cookie(request, '', 0) })
    default:
      return plain(405, 'Only GET, POST and DELETE.', { allow: 'GET, POST, DELETE' })
  }
}

/** Browsers open WebSockets to any origin and bring the cookie along: only the page itself is let through. */
async function rpc(request: Request, held: Sessions, options: ConsoleOptions): Promise<Response> {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
    return plain(426, 'Open a WebSocket.', { upgrade: 'websocket' })
  if (foreign(request) || request.headers.get('origin') === null) return plain(403, 'Connect from the page itself.')
  if (!(await held.valid(cookieOf(request)))) return json(401, { title: 'Sign in first.' })
  const headers = new Headers({ authorization: `Bearer ${options.operatorToken}` })
  for (const [name, value] of request.headers) {
    if (/^(upgrade|connection|x-request-id|sec-websocket-.*)$/.test(name)) headers.set(name, value)
  }
  return options.rpc(new Request(new URL('/operator/rpc', request.url), { headers }))
}

/** A browser says where a request comes from; anything but the page itself is turned away. */
function foreign(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  return (site !== null && site !== 'same-origin') || (origin !== null && origin !== new URL(request.url).origin)
}

function cookieOf(request: Request): string | undefined {
  return /(?:^|;\s*)console-session=([^;]*)/.exec(request.headers.get('cookie') ?? '')?.[1]
}

function cookie(request: Request, value: string, maxAge: number): string {
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : ''
  return `console-session=${value}; Path=/console; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...guard, 'cache-control': 'no-store', ...headers } })
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { ...guard, 'content-type': 'text/plain; charset=utf-8', ...headers } })
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
