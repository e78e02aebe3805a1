import { refuse } from '@do/provider'
import * as oauth from 'oauth4webapi'
import type { OAuthClient } from './types.ts'

export interface Grant {
  readonly accessToken: string
  readonly tokenType: string
  readonly refreshToken: string | null
  readonly lifetimeMs: number | null
  readonly scope: string | null
}

/** What a failed request means: the server refused for good, nothing was sent or it may be tried again, or nobody knows. */
export interface Failure {
  readonly kind: 'refused' | 'unavailable' | 'lost'
  /** The server's code, or a word of ours. Never its text. */
  readonly code: string
}

/** A hundred years: what stands in an answer may be any number, what is stored is a time. */
const longestMs = 3_155_760_000_000

export type Protocol = ReturnType<typeof protocolOf>

/** One client's conversation with its server: all of it by `oauth4webapi`. */
export function protocolOf(
  settings: OAuthClient,
  secret: () => Promise<string | undefined>,
  send: typeof fetch,
  timeoutMs: number,
) {
  const issuer = new URL(settings.issuer)
  // Plain HTTP never leaves this machine.
  const local = issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname)
  const client: oauth.Client = { client_id: settings.clientId }
  const options = () => ({
    [oauth.customFetch]: send as (url: string, init: object) => Promise<Response>,
    [oauth.allowInsecureRequests]: local,
    signal: AbortSignal.timeout(timeoutMs),
  })
  let found: oauth.AuthorizationServer | undefined

  const server = async (): Promise<oauth.AuthorizationServer> => {
    const { endpoints } = settings
    if (endpoints !== undefined) {
      found ??= {
        issuer: settings.issuer,
        token_endpoint: endpoints.token,
        ...(endpoints.authorization === undefined ? {} : { authorization_endpoint: endpoints.authorization }),
        ...(endpoints.revocation === undefined ? {} : { revocation_endpoint: endpoints.revocation }),
      }
    }
    if (found === undefined) {
      const response = await oauth.discoveryRequest(issuer, { ...options(), algorithm: 'oauth2' })
      const known = response.ok ? response : await oauth.discoveryRequest(issuer, { ...options(), algorithm: 'oidc' })
      found = await oauth.processDiscoveryResponse(issuer, known)
    }
    return found
  }
  const authentication = async (): Promise<oauth.ClientAuth> => {
    if (settings.secret === undefined) return oauth.None()
    const text = (await secret()) ?? ''
    return settings.authentication === 'post' ? oauth.ClientSecretPost(text) : oauth.ClientSecretBasic(text)
  }
  const grantOf = (answer: oauth.TokenEndpointResponse): Grant => ({
    accessToken: answer.access_token,
    tokenType: answer.token_type,
    refreshToken: answer.refresh_token ?? null,
    lifetimeMs: answer.expires_in === undefined ? null : Math.min(Math.floor(answer.expires_in * 1_000), longestMs),
    scope: answer.scope ?? null,
  })

  return {
    authorizationUrl: async (
      state: string,
      verifier: string,
      redirectUri: string,
      scopes: readonly string[],
    ): Promise<string> => {
      const { authorization_endpoint: endpoint } = await server()
      if (endpoint === undefined)
        throw refuse('oauth_not_configured', 'The server has no authorization endpoint. Give `endpoints`.', {
          fault: 'credential',
        })
      const url = new URL(endpoint)
      const parameters = {
        ...settings.parameters,
        response_type: 'code',
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
      }
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return url.href
    },
    exchange: async (url: URL, state: string, verifier: string, redirectUri: string): Promise<Grant> => {
      const as = await server()
      const parameters = oauth.validateAuthResponse(as, client, url, state)
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        client,
        await authentication(),
        parameters,
        redirectUri,
        verifier,
        options(),
      )
      return grantOf(await oauth.processAuthorizationCodeResponse(as, client, response))
    },
    clientCredentials: async (scopes: readonly string[]): Promise<Grant> => {
      const as = await server()
      const parameters = new URLSearchParams(scopes.length === 0 ? {} : { scope: scopes.join(' ') })
      const response = await oauth.clientCredentialsGrantRequest(as, client, await authentication(), parameters, options())
      return grantOf(await oauth.processClientCredentialsResponse(as, client, response))
    },
    refresh: async (token: string): Promise<Grant> => {
      const as = await server()
      const response = await oauth.refreshTokenGrantRequest(as, client, await authentication(), token, options())
      return grantOf(await oauth.processRefreshTokenResponse(as, client, response))
    },
    /** Before anything that must not be lost: what can fail harmlessly fails here. */
    prepare: async (): Promise<void> => {
      await server()
      await authentication()
    },
    /** False when the server has no such endpoint. */
    revoke: async (token: string, hint: 'refresh_token' | 'access_token'): Promise<boolean> => {
      const as = await server()
      if (as.revocation_endpoint === undefined) return false
      const more = { ...options(), additionalParameters: { token_type_hint: hint } }
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, await authentication(), token, more))
      return true
    },
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof oauth.AuthorizationResponseError) return { kind: 'refused', code: wordOf(error.error) }
  if (error instanceof oauth.ResponseBodyError) {
    if (error.status === 429 || error.error === 'temporarily_unavailable')
      return { kind: 'unavailable', code: wordOf(error.error) }
    return { kind: error.status < 500 ? 'refused' : 'lost', code: wordOf(error.error) }
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return { kind: 'refused', code: error.status === 401 ? 'invalid_client' : 'refused' }
  const { cause } = Object(error) as { cause?: { code?: unknown; status?: unknown } }
  // By its meaning this status says that the request was not handled; of other 5xx nobody knows.
  if (cause?.status === 503 || cause?.status === 429) return { kind: 'unavailable', code: `http_${cause.status}` }
  if (cause?.code === 'ECONNREFUSED' || cause?.code === 'ENOTFOUND') return { kind: 'unavailable', code: 'connection_refused' }
  return { kind: 'lost', code: 'no_answer' }
}

/** Codes are words; what is none may be anything. */
function wordOf(code: unknown): string {
  return typeof code === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(code) ? code : 'error'
}

export const randomState = oauth.generateRandomState
export const randomVerifier = oauth.generateRandomCodeVerifier
