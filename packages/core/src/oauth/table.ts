import type { Kernel } from '../kernel/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import type { OAuthState, OAuthStatus } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_oauth (
  client TEXT NOT NULL, account TEXT NOT NULL, state TEXT NOT NULL, scope TEXT, version INTEGER NOT NULL, expires_at INTEGER,
  refresh_at INTEGER, refreshing INTEGER NOT NULL, rotates INTEGER, error TEXT, updated_at INTEGER NOT NULL,
  PRIMARY KEY (client, account)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS do_oauth_pending (
  hash TEXT PRIMARY KEY, client TEXT NOT NULL, account TEXT NOT NULL, redirect TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`

export interface ConnectionRow extends Record<string, string | number | null> {
  client: string
  account: string
  state: string
  scope: string | null
  /** Of the tokens in the vault. A newer one there: the process died before it said so here. */
  version: number
  expires_at: number | null
  refresh_at: number | null
  /** 1 while a refresh is under way, also after a crash. */
  refreshing: number
  rotates: number | null
  error: string | null
  updated_at: number
}

export interface PendingRow extends Record<string, string | number | null> {
  hash: string
  client: string
  account: string
  redirect: string
  expires_at: number
}

export type OAuthTable = ReturnType<typeof oauthTable>

export function oauthTable(kernel: Kernel) {
  const { storage } = kernel
  const there = () => hasTable(storage, 'do_oauth')
  const now = () => kernel.clock().now()
  const find = (client: string, account: string) =>
    there()
      ? first<ConnectionRow>(storage, 'SELECT * FROM do_oauth WHERE client = ? AND account = ?', client, account)
      : undefined
  const change = <T>(work: () => T): T =>
    kernel.transaction(() => {
      kernel.exists()
      ensure(storage, ddl)
      return work()
    })

  return {
    find,
    change,
    all: () => (there() ? rows<ConnectionRow>(storage, 'SELECT * FROM do_oauth ORDER BY client, account') : []),
    /** Tells change capture the status, which holds no token. */
    put: (client: string, account: string, more: Partial<ConnectionRow>): ConnectionRow =>
      change(() => {
        const before = find(client, account)
        const blank = { scope: null, version: 0, expires_at: null, refresh_at: null, refreshing: 0, rotates: null, error: null }
        const next = { ...blank, ...before, ...more, client, account, updated_at: now() } as ConnectionRow
        run(
          storage,
          'INSERT OR REPLACE INTO do_oauth VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          ...[client, account, next.state, next.scope, next.version, next.expires_at, next.refresh_at, next.refreshing],
          ...[next.rotates, next.error, next.updated_at],
        )
        const after = JSON.stringify(statusOf(next))
        const known = before === undefined ? {} : { before: JSON.stringify(statusOf(before)) }
        kernel.mutated({
          source: 'oauth',
          operation: before === undefined ? 'create' : 'update',
          key: `${client}/${account}`,
          ...known,
          after,
        })
        return next
      }),
    addPending: (row: PendingRow) =>
      change(() => {
        run(
          storage,
          'INSERT INTO do_oauth_pending VALUES (?, ?, ?, ?, ?)',
          row.hash,
          row.client,
          row.account,
          row.redirect,
          row.expires_at,
        )
      }),
    /** Once. */
    takePending: (hash: string): PendingRow | undefined =>
      there()
        ? change(() => first<PendingRow>(storage, 'DELETE FROM do_oauth_pending WHERE hash = ? RETURNING *', hash))
        : undefined,
    /** Those that nobody will come back for, and the oldest beyond so many of one account. */
    stale: (client: string, account: string, most: number): PendingRow[] =>
      there()
        ? change(() => {
            const expired = 'DELETE FROM do_oauth_pending WHERE expires_at <= ? RETURNING *'
            const many = `DELETE FROM do_oauth_pending WHERE hash IN (SELECT hash FROM do_oauth_pending WHERE client = ? AND account = ?
              ORDER BY expires_at DESC LIMIT -1 OFFSET ${most}) RETURNING *`
            return [...rows<PendingRow>(storage, expired, now()), ...rows<PendingRow>(storage, many, client, account)]
          })
        : [],
  }
}

export function statusOf(row: ConnectionRow): OAuthStatus {
  return {
    client: row.client,
    account: row.account,
    state: row.state as OAuthState,
    scope: row.scope,
    expiresAt: row.expires_at,
    rotates: row.rotates === null ? null : row.rotates === 1,
    error: row.error,
    updatedAt: row.updated_at,
  }
}
