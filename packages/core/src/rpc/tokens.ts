import { createHash, randomBytes } from 'node:crypto'
import type { Kernel } from '../kernel/types.ts'
import { ensure, run as execute, first, hasTable } from '../storage/sql.ts'
import { resumeRefused } from './errors.ts'

/** Sessions that may be resumed. On disk lies only the hash of each token. */
export interface Tokens {
  /** @returns the token for the client, and the session's id here. */
  issue(principal: unknown): { readonly token: string; readonly session: string }
  /** Does the token open this session? @throws ProviderError `resume_refused` when it is forged, expired, or another principal's. */
  redeem(session: string, token: unknown, principal: unknown): void
  /** Callbacks kept by name: they are adopted when the session is resumed. */
  kept(session: string): ReadonlyMap<string, number>
  keep(session: string, kept: ReadonlyMap<string, number>): void
}

const table = `CREATE TABLE IF NOT EXISTS core_rpc_sessions (
  id TEXT PRIMARY KEY, secret TEXT NOT NULL, principal TEXT NOT NULL, kept TEXT NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID`

const hash = (token: string) => createHash('sha256').update(token).digest('base64url')

export function createTokens(kernel: Kernel, retentionMs: number): Tokens {
  const { storage } = kernel
  const now = () => kernel.clock().now()
  const written = (principal: unknown) => JSON.stringify(principal ?? null)

  return {
    issue: (principal) => {
      const token = randomBytes(32).toString('base64url')
      const session = randomBytes(16).toString('base64url')
      kernel.transaction(() => {
        ensure(storage, table)
        execute(storage, 'DELETE FROM core_rpc_sessions WHERE expires <= ?', now())
        execute(
          storage,
          'INSERT INTO core_rpc_sessions VALUES (?, ?, ?, ?, ?)',
          session,
          hash(token),
          written(principal),
          '[]',
          now() + retentionMs,
        )
      })
      return { token, session }
    },
    redeem: (session, token, principal) => {
      if (typeof token !== 'string' || !hasTable(storage, 'core_rpc_sessions')) throw resumeRefused()
      const query = 'SELECT principal, expires FROM core_rpc_sessions WHERE id = ? AND secret = ?'
      const row = first<{ principal: string; expires: number }>(storage, query, session, hash(token))
      if (row === undefined || row.expires <= now() || row.principal !== written(principal)) throw resumeRefused()
      execute(storage, 'UPDATE core_rpc_sessions SET expires = ? WHERE id = ?', now() + retentionMs, session)
    },
    kept: (session) => {
      const row = first<{ kept: string }>(storage, 'SELECT kept FROM core_rpc_sessions WHERE id = ?', session)
      return new Map(JSON.parse(row?.kept ?? '[]') as [string, number][])
    },
    keep: (session, kept) => {
      execute(storage, 'UPDATE core_rpc_sessions SET kept = ? WHERE id = ?', JSON.stringify([...kept]), session)
    },
  }
}
