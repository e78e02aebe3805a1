import { ProviderError, refuse, sha256 } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { outboundFetch } from '../outbound/fetch.ts'
import { type Failure, failureOf, type Grant, type Protocol, protocolOf, randomState, randomVerifier } from './protocol.ts'
import { type ConnectionRow, oauthTable, statusOf } from './table.ts'
import type { AccessToken, OAuth, OAuthClient, OAuthOptions, OAuthStatus, Whose } from './types.ts'

const jobName = 'core.oauth.refresh'
const pendingMs = 600_000
const mostPending = 20

interface Tokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly refreshToken: string | null
  readonly expiresAt: number | null
  readonly refreshAt: number | null
  readonly scope: string | null
  readonly rotates: number | null
}

/** The life of OAuth 2.0 tokens, sealed by the object's vault. */
export function createOAuth<Name extends string>(kernel: Kernel, options: OAuthOptions<Name>): OAuth<Name> {
  const { vault, clients, fetch: send = outboundFetch(), timeoutMs = 10_000 } = options
  const table = oauthTable(kernel)
  const protocols = new Map<string, Protocol>()
  /** What this life of the object has under way; a row that says so without it was left by a crash. */
  const flights = new Map<string, Promise<Tokens>>()
  const now = () => kernel.clock().now()

  const settingsOf = (client: string): OAuthClient => {
    if (Object.hasOwn(clients, client)) return clients[client as Name]
    throw refuse(
      'unknown_oauth_client',
      `There is no OAuth client "${String(client).slice(0, 100)}". Name it where createOAuth is called.`,
      { field: 'client' },
    )
  }
  const accountOf = ({ account = 'default' }: Whose = {}): string => {
    if (typeof account === 'string' && /^[^/\p{Cc}]{1,200}$/u.test(account)) return account
    throw refuse('invalid_account', 'An account is text of 1 to 200 characters without "/".', { field: 'account' })
  }
  const protocol = (client: string): Protocol => {
    const settings = settingsOf(client)
    const made =
      protocols.get(client) ??
      protocolOf(settings, () => vault.get<string>(settings.secret ?? '', { by: 'core.oauth' }), send, timeoutMs)
    protocols.set(client, made)
    return made
  }
  const configured = ({ secret }: OAuthClient) => secret === undefined || vault.info(secret) !== undefined
  const needConfigured = (client: string) => {
    const { secret } = settingsOf(client)
    if (configured(settingsOf(client))) return
    throw refuse('oauth_not_configured', `Put the secret of the OAuth client "${client}" into the vault as "${secret}".`, {
      fault: 'credential',
    })
  }
  const placeOf = (client: string, account: string) => `oauth/${client}/${account}`
  const pendingPlace = (client: string, account: string, hash: string) => `${placeOf(client, account)}/pending/${hash}`
  const read = (client: string, account: string) =>
    vault.get<Tokens & Record<string, string>>(placeOf(client, account), { by: 'core.oauth' })

  /** Says in the row what the vault has. */
  const settle = (client: string, account: string, version: number, tokens: Tokens): ConnectionRow =>
    table.change(() => {
      const { expiresAt, refreshAt, scope, rotates } = tokens
      for (const old of vault.info(placeOf(client, account))?.versions ?? []) {
        if (old < version) vault.delete(placeOf(client, account), { version: old, by: 'core.oauth' })
      }
      const row = table.put(client, account, {
        state: 'active',
        scope,
        version,
        expires_at: expiresAt,
        refresh_at: refreshAt,
        refreshing: 0,
        rotates,
        error: null,
      })
      const key = `${jobName}:${client}/${account}`
      if (refreshAt === null) kernel.jobs.cancel(key)
      else kernel.jobs.schedule({ name: jobName, key, at: refreshAt, payload: { client, account } })
      return row
    })

  const keep = async (client: string, account: string, grant: Grant, old?: Tokens): Promise<Tokens> => {
    const { refreshMarginMs = 300_000, flow } = settingsOf(client)
    const { accessToken, tokenType, lifetimeMs } = grant
    const refreshToken = grant.refreshToken ?? old?.refreshToken ?? null
    const expiresAt = lifetimeMs === null ? null : now() + lifetimeMs
    const renewable = refreshToken !== null || flow === 'client-credentials'
    const refreshAt =
      expiresAt === null || lifetimeMs === null || !renewable
        ? null
        : expiresAt - Math.min(refreshMarginMs, Math.floor(lifetimeMs / 3))
    const rotated = old === undefined ? null : grant.refreshToken !== null && grant.refreshToken !== old.refreshToken ? 1 : 0
    // Once seen to rotate, always believed to.
    const rotates = old?.rotates === 1 ? 1 : rotated
    const tokens = {
      accessToken,
      tokenType,
      refreshToken,
      expiresAt,
      refreshAt,
      scope: grant.scope ?? old?.scope ?? null,
      rotates,
    }
    const { version } = await vault.put(placeOf(client, account), { ...tokens }, { by: 'core.oauth' })
    settle(client, account, version, tokens)
    return tokens
  }

  const fail = (client: string, { kind, code }: Failure) => {
    if (kind === 'unavailable') {
      return refuse(
        'oauth_unavailable',
        `The authorization server of "${client}" did not take the request (${code}). Nothing has changed; try again.`,
        { fault: 'network' },
      )
    }
    if (kind === 'refused')
      return refuse('oauth_refused', `The authorization server of "${client}" refused: ${code}. Begin a new consent.`, {
        fault: 'credential',
        vendorCode: code,
      })
    return uncertain(client)
  }

  /** In a row that a crash left in the middle: was the answer kept? */
  const recover = async (row: ConnectionRow): Promise<ConnectionRow> => {
    const { client, account } = row
    if (row.refreshing === 0 || flights.has(placeOf(client, account))) return row
    const info = vault.info(placeOf(client, account))
    if (info !== undefined && info.version > row.version)
      return settle(client, account, info.version, await read(client, account))
    const lost = row.rotates !== 0 && settingsOf(client).flow !== 'client-credentials'
    return table.put(client, account, { refreshing: 0, ...(lost ? { state: 'uncertain' } : {}) })
  }

  const renew = async (client: string, account: string): Promise<Tokens> => {
    const { flow, scopes = [] } = settingsOf(client)
    const known = protocol(client)
    if (flow === 'client-credentials') {
      try {
        return await keep(client, account, await known.clientCredentials(scopes))
      } catch (error) {
        if (ProviderError.is(error)) throw error
        // Asking twice does no harm here: a lost answer is one that may be asked for again.
        const { kind, code } = failureOf(error)
        if (kind === 'refused') table.put(client, account, { state: 'error', error: code })
        throw fail(client, { kind: kind === 'lost' ? 'unavailable' : kind, code })
      }
    }
    const old = await read(client, account)
    if (old.refreshToken === null) throw notConnected(client)
    try {
      await known.prepare()
    } catch (error) {
      if (ProviderError.is(error)) throw error
      throw fail(client, { kind: 'unavailable', code: failureOf(error).code })
    }
    table.put(client, account, { refreshing: 1 })
    await kernel.storage.sync()
    let grant: Grant
    try {
      grant = await known.refresh(old.refreshToken)
    } catch (error) {
      const { kind, code } = failureOf(error)
      const harmless = kind === 'lost' && old.rotates === 0
      if (kind === 'refused') table.put(client, account, { refreshing: 0, state: 'error', error: code })
      else
        table.put(client, account, {
          refreshing: 0,
          ...(kind === 'lost' && !harmless ? { state: 'uncertain', error: code } : {}),
        })
      throw fail(client, { kind: harmless ? 'unavailable' : kind, code })
    }
    return keep(client, account, grant, old)
  }
  const single = (client: string, account: string): Promise<Tokens> => {
    const place = placeOf(client, account)
    const running = flights.get(place)
    if (running !== undefined) return running
    const flight = renew(client, account).finally(() => flights.delete(place))
    flights.set(place, flight)
    return flight
  }

  const token = async (client: string, whose?: Whose): Promise<AccessToken> => {
    const account = accountOf(whose)
    const { flow } = settingsOf(client)
    needConfigured(client)
    const stored = table.find(client, account)
    if (stored === undefined || (flow === 'client-credentials' && stored.state === 'error')) {
      if (flow === 'client-credentials') return given(await single(client, account))
      throw notConnected(client)
    }
    const row = await recover(stored)
    if (row.state === 'error') throw fail(client, { kind: 'refused', code: row.error ?? 'error' })
    if (row.state !== 'active' && row.state !== 'uncertain') throw notConnected(client)
    const fresh = row.refresh_at === null || row.refresh_at > now()
    const good = row.expires_at === null || row.expires_at > now()
    if (row.state === 'active' && !fresh) {
      try {
        return given(await single(client, account))
      } catch (error) {
        // While the old one is good there is no hurry.
        if (!good || !ProviderError.is(error) || error.code === 'oauth_refused') throw error
      }
    }
    if (good) return given(await read(client, account))
    throw row.state === 'uncertain' ? uncertain(client) : notConnected(client)
  }

  kernel.jobs.define<{ client: string; account: string }>(
    jobName,
    async ({ client, account }) => {
      const stored = Object.hasOwn(clients, client) ? table.find(client, account) : undefined
      const row = stored === undefined ? undefined : await recover(stored)
      if (row?.state !== 'active' || row.refresh_at === null || row.refresh_at > now()) return
      await single(client, account).catch((error: unknown) => {
        // Only what may be better later is tried again; everything else stands in the row.
        if (!ProviderError.is(error) || error.code === 'oauth_unavailable') throw error
      })
    },
    { attempts: 10 },
  )

  const status = (client: string, whose?: Whose): OAuthStatus => {
    const account = accountOf(whose)
    const settings = settingsOf(client)
    const row = table.find(client, account)
    if (row !== undefined && row.state !== 'pending') return statusOf(row)
    const state = configured(settings) ? 'pending' : 'not-configured'
    return {
      client,
      account,
      state,
      scope: null,
      expiresAt: null,
      rotates: null,
      error: null,
      updatedAt: row?.updated_at ?? null,
    }
  }

  return {
    status,
    token,
    list: () => table.all().map(statusOf),
    refresh: async (client, whose) => {
      const account = accountOf(whose)
      needConfigured(client)
      const stored = table.find(client, account)
      if (settingsOf(client).flow === 'client-credentials') return given(await single(client, account))
      const row = stored === undefined ? undefined : await recover(stored)
      if (row?.state === 'uncertain') throw uncertain(client)
      if (row?.state === 'error') throw fail(client, { kind: 'refused', code: row.error ?? 'error' })
      if (row?.state !== 'active') throw notConnected(client)
      return given(await single(client, account))
    },
    resolve: async (client, whose) => {
      const account = accountOf(whose)
      const stored = table.find(client, account)
      const row = stored === undefined ? undefined : await recover(stored)
      if (row?.state === 'uncertain') return given(await single(client, account))
      return token(client, whose)
    },
    start: async (client, { scopes, redirectUri, ...whose } = {}) => {
      const account = accountOf(whose)
      const settings = settingsOf(client)
      needConfigured(client)
      const redirect = redirectUri ?? settings.redirectUri
      if (settings.flow === 'client-credentials' || redirect === undefined) {
        throw refuse('oauth_not_configured', `The OAuth client "${client}" has no redirectUri, or needs no consent.`, {
          field: 'redirectUri',
        })
      }
      const state = randomState()
      const verifier = randomVerifier()
      const url = await protocol(client)
        .authorizationUrl(state, verifier, redirect, scopes ?? settings.scopes ?? [])
        .catch((error: unknown) => {
          throw ProviderError.is(error) ? error : fail(client, { kind: 'unavailable', code: failureOf(error).code })
        })
      const hash = await sha256(state)
      const expiresAt = now() + pendingMs
      await vault.put(pendingPlace(client, account, hash), verifier, { expiresAt, by: 'core.oauth' })
      table.addPending({ hash, client, account, redirect, expires_at: expiresAt })
      if (table.find(client, account) === undefined) table.put(client, account, { state: 'pending' })
      for (const stale of table.stale(client, account, mostPending)) {
        vault.delete(pendingPlace(stale.client, stale.account, stale.hash), { by: 'core.oauth' })
      }
      return { url, state, expiresAt }
    },
    callback: async (given, { state: expected } = {}) => {
      const url = URL.canParse(String(given)) ? new URL(given) : undefined
      const state = url?.searchParams.get('state') ?? ''
      // Before it is taken: a stranger must not use up what is another's.
      const pending = expected !== undefined && expected !== state ? undefined : table.takePending(await sha256(state))
      const late = pending !== undefined && pending.expires_at <= now()
      if (late) vault.delete(pendingPlace(pending.client, pending.account, pending.hash), { by: 'core.oauth' })
      if (url === undefined || pending === undefined || late) {
        throw refuse(
          'oauth_state_invalid',
          'This consent is unknown, used already, too old, or of another session. Begin again.',
          { field: 'state' },
        )
      }
      const { client, account, hash, redirect } = pending
      const place = pendingPlace(client, account, hash)
      const verifier = await vault.get<string>(place, { by: 'core.oauth' })
      vault.delete(place, { by: 'core.oauth' })
      let grant: Grant
      try {
        grant = await protocol(client).exchange(url, state, verifier, redirect)
      } catch (error) {
        if (ProviderError.is(error)) throw error
        const failure = failureOf(error)
        // An older consent stays what it was.
        if (table.find(client, account)?.state !== 'active') table.put(client, account, { state: 'error', error: failure.code })
        if (failure.kind === 'refused') throw fail(client, failure)
        throw refuse('oauth_lost', `The code of this consent is used up without an answer (${failure.code}). Begin again.`, {
          fault: 'network',
        })
      }
      await keep(client, account, grant)
      return status(client, { account })
    },
    revoke: async (client, whose) => {
      const account = accountOf(whose)
      const place = placeOf(client, account)
      for (let other = flights.get(place); other !== undefined; other = flights.get(place)) await other.catch(() => undefined)
      const work = revokeNow(client, account)
      // Nobody begins a refresh meanwhile: what it brings would be good after everything was revoked.
      const flight = work.then(() => {
        throw notConnected(client)
      })
      flight.catch(() => undefined)
      flights.set(place, flight)
      return work.finally(() => flights.delete(place))
    },
  }

  async function revokeNow(client: string, account: string): Promise<OAuthStatus> {
    const place = placeOf(client, account)
    const tokens = vault.info(place) === undefined ? undefined : await read(client, account)
    try {
      if (tokens?.refreshToken) await protocol(client).revoke(tokens.refreshToken, 'refresh_token')
      if (tokens !== undefined) await protocol(client).revoke(tokens.accessToken, 'access_token')
    } catch (error) {
      if (ProviderError.is(error)) throw error
      const { code } = failureOf(error)
      throw refuse(
        'oauth_unavailable',
        `The authorization server of "${client}" did not confirm that it revoked (${code}). Try again.`,
        { fault: 'network' },
      )
    }
    return table.change(() => {
      kernel.jobs.cancel(`${jobName}:${client}/${account}`)
      vault.delete(place, { by: 'core.oauth' })
      return statusOf(
        table.put(client, account, {
          state: 'revoked',
          expires_at: null,
          refresh_at: null,
          refreshing: 0,
          error: null,
          scope: null,
        }),
      )
    })
  }
}

function given({ accessToken, tokenType, expiresAt }: Tokens): AccessToken {
  return { accessToken, tokenType, expiresAt }
}

function notConnected(client: string) {
  return refuse(
    'oauth_not_connected',
    `Nobody has consented for "${client}", or it was revoked. Call start() and send the person to its url.`,
    { fault: 'credential' },
  )
}

function uncertain(client: string) {
  return refuse(
    'oauth_uncertain',
    `The answer to a refresh for "${client}" was lost, and the server may have taken the refresh token. Call resolve() or begin a new consent.`,
    { fault: 'credential' },
  )
}
