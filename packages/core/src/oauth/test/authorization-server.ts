import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Code {
  readonly client: string
  readonly redirect: string
  readonly challenge: string
  readonly scope: string
}

/** Each consent is one family of refresh tokens; only the newest is good, and an old one that comes again ends them all. */
interface Family {
  readonly client: string
  readonly scope: string
  current: string
  ended: boolean
}

export interface AuthorizationServer {
  readonly url: string
  /** Grants asked for, in order: `authorization_code`, `refresh_token` … */
  readonly asked: string[]
  /** All tokens ever given out. */
  readonly secrets: Set<string>
  readonly revoked: Set<string>
  /** What the next token requests do. `lose`: acts, then breaks the connection. `hold`: acts, and answers only when released. */
  next: ('lose' | 'hold' | 'unavailable' | 'deny')[]
  held: number
  release(): void
  /** The next request to revoke waits until `revocations` is called. */
  holdRevocation: boolean
  revocations: (() => void) | undefined
  /** Seconds, as they stand in every answer. */
  expiresIn: number
  /** The person consents: what the browser is sent back to. */
  consent(url: string, answer?: 'yes' | 'no'): string
  listening(on: boolean): Promise<void>
  close(): Promise<void>
}

const clients: Record<string, { secret?: string; method: string; rotates: boolean }> = {
  desk: { secret: 's3cret/+:', method: 'basic', rotates: true },
  steady: { method: 'none', rotates: false },
  machine: { secret: 'm4chine', method: 'post', rotates: false },
}

/** A small strict authorization server: PKCE only, codes good once, exact redirects, rotation with reuse detection. */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const codes = new Map<string, Code>()
  const families = new Map<string, Family>()
  const waiting: (() => void)[] = []
  const random = () => {
    const text = randomBytes(18).toString('base64url')
    state.secrets.add(text)
    return text
  }

  const authenticate = (request: IncomingMessage, form: URLSearchParams): string | undefined => {
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const [id, secret] =
      basic === undefined
        ? [form.get('client_id') ?? '', form.get('client_secret') ?? undefined]
        : (Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent) as [string, string])
    const known = clients[id]
    const method = basic !== undefined ? 'basic' : secret !== undefined ? 'post' : 'none'
    return known !== undefined && known.method === method && known.secret === secret ? id : undefined
  }

  const grant = (client: string, scope: string, family?: Family) => {
    const tokens: Record<string, unknown> = { access_token: random(), token_type: 'Bearer', expires_in: state.expiresIn, scope }
    if (family !== undefined && (clients[client]?.rotates || family.current === '')) {
      family.current = random()
      families.set(family.current, family)
      tokens.refresh_token = family.current
    }
    return tokens
  }

  const answer = (client: string, form: URLSearchParams): [number, unknown] => {
    const type = form.get('grant_type')
    if (type === 'authorization_code') {
      const text = form.get('code') ?? ''
      const code = codes.get(text)
      codes.delete(text)
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const right =
        code !== undefined && code.client === client && code.redirect === form.get('redirect_uri') && code.challenge === challenge
      if (!right) return [400, { error: 'invalid_grant', error_description: 'wrong code, verifier or redirect' }]
      return [200, grant(client, code.scope, { client, scope: code.scope, current: '', ended: false })]
    }
    if (type === 'refresh_token') {
      const token = form.get('refresh_token') ?? ''
      const family = families.get(token)
      if (family === undefined || family.client !== client || family.ended) return [400, { error: 'invalid_grant' }]
      if (family.current !== token) {
        family.ended = true
        return [400, { error: 'invalid_grant', error_description: 'reuse' }]
      }
      return [200, grant(client, family.scope, family)]
    }
    if (type === 'client_credentials') return [200, grant(client, form.get('scope') ?? '')]
    return [400, { error: 'unsupported_grant_type' }]
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/oauth-authorization-server') {
      const at = (path: string) => `${state.url}${path}`
      return send(200, {
        issuer: state.url,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        revocation_endpoint: at('/revoke'),
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ['S256'],
      })
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const client = authenticate(request, form)
    if (client === undefined) return send(401, { error: 'invalid_client' })
    if (request.url === '/revoke') {
      const token = form.get('token') ?? ''
      if (state.holdRevocation) {
        state.holdRevocation = false
        await new Promise<void>((go) => {
          state.revocations = go
        })
      }
      state.revoked.add(token)
      const family = families.get(token)
      if (family !== undefined) family.ended = true
      return send(200, {})
    }
    state.asked.push(String(form.get('grant_type')))
    const fault = state.next.shift()
    if (fault === 'unavailable') return send(503, { error: 'temporarily_unavailable' })
    if (fault === 'deny') return send(400, { error: 'invalid_grant', error_description: `leaks ${form.get('refresh_token')}` })
    const [status, body] = answer(client, form)
    if (fault === 'lose') return void request.socket.destroy()
    if (fault === 'hold') {
      state.held += 1
      waiting.push(() => send(status, body))
      return
    }
    send(status, body)
  }

  const server = createServer((request, response) => void handle(request, response))
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const state: AuthorizationServer = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    secrets: new Set(),
    revoked: new Set(),
    next: [],
    held: 0,
    holdRevocation: false,
    revocations: undefined,
    expiresIn: 3600,
    release: () => {
      for (const go of waiting.splice(0)) go()
    },
    consent: (text, said = 'yes') => {
      const { searchParams: asked, pathname } = new URL(text)
      const redirect = asked.get('redirect_uri') as string
      const challenge = asked.get('code_challenge')
      if (
        pathname !== '/authorize' ||
        asked.get('response_type') !== 'code' ||
        asked.get('code_challenge_method') !== 'S256' ||
        challenge === null
      )
        throw new Error(`A strict server refuses ${text}`)
      const back = new URL(redirect)
      back.searchParams.set('state', asked.get('state') as string)
      back.searchParams.set('iss', state.url)
      if (said === 'no') back.searchParams.set('error', 'access_denied')
      else {
        const code = random()
        codes.set(code, { client: asked.get('client_id') as string, redirect, challenge, scope: asked.get('scope') ?? '' })
        back.searchParams.set('code', code)
      }
      return back.href
    },
    listening: async (on) => (on ? listen(port) : stop()),
    close: stop,
  }
  return state
}
