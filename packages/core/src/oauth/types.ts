import type { ObjectVault } from '../vault/types.ts'

/** One client of one authorization server. */
export interface OAuthClient {
  /** RFC 8414 or OpenID discovery begins here, unless `endpoints` are given. */
  readonly issuer: string
  readonly endpoints?: { readonly authorization?: string; readonly token: string; readonly revocation?: string }
  readonly clientId: string
  /** Name of the client's secret in the vault. None: a public client. */
  readonly secret?: string
  /** How the secret is sent. Default `basic`. */
  readonly authentication?: 'basic' | 'post'
  /** Default `code`: a person consents. */
  readonly flow?: 'code' | 'client-credentials'
  readonly scopes?: readonly string[]
  readonly redirectUri?: string
  /** More for the authorization URL: `{ access_type: 'offline' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** A token is refreshed so long before it expires, and at the latest when a third of its life is left. Default 300,000. */
  readonly refreshMarginMs?: number
}

/**
 * - `not-configured`: the client's secret is not in the vault.
 * - `pending`: nobody has consented yet.
 * - `active`: `token()` answers.
 * - `uncertain`: the answer to a refresh was lost, and the server may have taken the refresh token. The access token is good
 *   until it expires; then `resolve()` or a new consent is needed.
 * - `error`: the server has refused; consent again.
 * - `revoked`: by us.
 */
export type OAuthState = 'not-configured' | 'pending' | 'active' | 'uncertain' | 'error' | 'revoked'

export interface OAuthStatus {
  readonly client: string
  readonly account: string
  readonly state: OAuthState
  readonly scope: string | null
  /** Epoch milliseconds; null when the server does not say, or there is no token. */
  readonly expiresAt: number | null
  /** Does the server give a new refresh token each time? Null until one was refreshed. */
  readonly rotates: boolean | null
  /** The server's code: `invalid_grant`. */
  readonly error: string | null
  readonly updatedAt: number | null
}

export interface AccessToken {
  readonly accessToken: string
  /** Lower case: `bearer`. */
  readonly tokenType: string
  readonly expiresAt: number | null
}

/** Whose token, where one client has several. Default `default`. */
export interface Whose {
  readonly account?: string
}

export interface OAuth<Name extends string = string> {
  /**
   * Begins a consent: PKCE (S256) and a state that is good once, for ten minutes. Keep `state` in the person's own session and pass it to
   * `callback`, so that nobody can slip them another one's consent.
   * @throws ProviderError `unknown_oauth_client`, `oauth_not_configured`, `invalid_account`
   */
  start(
    client: Name,
    options?: Whose & { readonly scopes?: readonly string[]; readonly redirectUri?: string },
  ): Promise<{ readonly url: string; readonly state: string; readonly expiresAt: number }>
  /**
   * The URL to which the server sent the person back.
   * @throws ProviderError `oauth_state_invalid` (unknown, used, expired or another session's), `oauth_refused` with the server's code, `oauth_lost`
   */
  callback(url: string | URL, options?: { readonly state?: string }): Promise<OAuthStatus>
  /**
   * A token that is good now; refreshed first when it is about to expire. However many ask at once, one request is sent.
   * @throws ProviderError `oauth_not_connected`, `oauth_refused`, `oauth_uncertain`, `oauth_unavailable`
   */
  token(client: Name, options?: Whose): Promise<AccessToken>
  /** Refreshes now. The same errors. */
  refresh(client: Name, options?: Whose): Promise<AccessToken>
  /**
   * Out of `uncertain`: tries the old refresh token once more. If the server had taken it, it may see theft and end the whole
   * consent (RFC 9700 §4.14); then the state is `error` and a new consent is needed, as it would have been without.
   */
  resolve(client: Name, options?: Whose): Promise<AccessToken>
  /** At the server (RFC 7009), then here. Here only when the server has no such endpoint. */
  revoke(client: Name, options?: Whose): Promise<OAuthStatus>
  status(client: Name, options?: Whose): OAuthStatus
  list(): readonly OAuthStatus[]
}

export interface OAuthOptions<Name extends string> {
  readonly vault: ObjectVault
  readonly clients: Readonly<Record<Name, OAuthClient>>
  /** Default `outboundFetch()`, which can tell that nothing was sent. */
  readonly fetch?: typeof fetch
  /** For one request. Default 10,000. */
  readonly timeoutMs?: number
}
