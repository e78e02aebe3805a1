import type { Kernel } from '../kernel/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import type { SecretInfo, VaultAccess } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_vault (
  name TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, sealed TEXT NOT NULL, damaged INTEGER NOT NULL,
  expires_at INTEGER, updated_at INTEGER NOT NULL, PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS do_vault_key ON do_vault (key);
CREATE TABLE IF NOT EXISTS do_vault_versions (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS do_vault_audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  actor TEXT, outcome TEXT NOT NULL) STRICT`

const keptAudit = 10_000

export interface SealedRow extends Record<string, string | number | null> {
  name: string
  version: number
  key: string
  sealed: string
  damaged: number
  expires_at: number | null
  updated_at: number
}

export type VaultTable = ReturnType<typeof vaultTable>

/** What is sealed, and who asked for it. Nothing here knows a value; change capture is not even given the sealed text. */
export function vaultTable(kernel: Kernel) {
  const { storage } = kernel
  const there = () => hasTable(storage, 'do_vault')
  const now = () => kernel.clock().now()
  const find = (name: string, version?: number) =>
    there()
      ? first<SealedRow>(
          storage,
          'SELECT * FROM do_vault WHERE name = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1',
          name,
          version ?? null,
        )
      : undefined
  const change = <T>(work: () => T): T =>
    kernel.transaction(() => {
      ensure(storage, ddl)
      return work()
    })
  const tell = (operation: 'create' | 'update' | 'delete', name: string, version: number) => {
    const redacted = JSON.stringify({ version, redacted: true })
    const sides = { create: { after: redacted }, update: { before: redacted, after: redacted }, delete: { before: redacted } }
    kernel.mutated({ source: 'vault', operation, key: `${name}/${version}`, ...sides[operation] })
  }

  return {
    find,
    change,
    there,
    /** The number of the next version: never one that was there before. */
    reserve: (name: string): number =>
      change(() => {
        kernel.exists()
        const next = 'INSERT INTO do_vault_versions VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last'
        return (first<{ last: number }>(storage, next, name) as { last: number }).last
      }),
    insert: (name: string, version: number, key: string, sealed: string, expiresAt: number | null) => {
      run(storage, 'INSERT INTO do_vault VALUES (?, ?, ?, ?, 0, ?, ?)', name, version, key, sealed, expiresAt, now())
      tell('create', name, version)
    },
    /** Under another key; false when it is gone or was sealed anew meanwhile. */
    reseal: (row: SealedRow, key: string, sealed: string): boolean => {
      const update =
        'UPDATE do_vault SET key = ?, sealed = ?, damaged = 0 WHERE name = ? AND version = ? AND sealed = ? RETURNING name'
      const done = first(storage, update, key, sealed, row.name, row.version, row.sealed) !== undefined
      if (done) tell('update', row.name, row.version)
      return done
    },
    damage: (row: SealedRow) =>
      run(storage, 'UPDATE do_vault SET damaged = 1 WHERE name = ? AND version = ?', row.name, row.version),
    remove: (name: string, version: number | undefined): number[] => {
      const query = 'DELETE FROM do_vault WHERE name = ?1 AND (?2 IS NULL OR version = ?2) RETURNING version'
      const versions = rows<{ version: number }>(storage, query, name, version ?? null).map((row) => row.version)
      for (const gone of versions) tell('delete', name, gone)
      return versions
    },
    nextUnder: (key: string) =>
      there()
        ? first<SealedRow>(storage, 'SELECT * FROM do_vault WHERE key <> ? AND damaged = 0 ORDER BY name, version LIMIT 1', key)
        : undefined,
    damaged: () =>
      there()
        ? rows<{ name: string; version: number }>(storage, 'SELECT name, version FROM do_vault WHERE damaged = 1 LIMIT 1000')
        : [],
    counts: (key: string) =>
      (there()
        ? first<{ total: number; remaining: number }>(
            storage,
            'SELECT count(*) AS total, coalesce(sum(key <> ? AND damaged = 0), 0) AS remaining FROM do_vault',
            key,
          )
        : undefined) ?? { total: 0, remaining: 0 },
    list: (prefix: string, limit: number): SecretInfo[] => {
      if (!there()) return []
      const query = 'SELECT DISTINCT name FROM do_vault WHERE name >= ? AND name < ? ORDER BY name LIMIT ?'
      return rows<{ name: string }>(storage, query, prefix, `${prefix}\u{10ffff}`, limit).map(
        ({ name }) => infoOf(name) as SecretInfo,
      )
    },
    info: (name: string) => infoOf(name),
    record: (action: VaultAccess['action'], name: string, version: number, by: string | null, outcome: string) =>
      change(() => {
        const add = 'INSERT INTO do_vault_audit (at, action, name, version, actor, outcome) VALUES (?, ?, ?, ?, ?, ?)'
        run(storage, add, now(), action, name, version, by, outcome)
        run(storage, `DELETE FROM do_vault_audit WHERE seq <= (SELECT max(seq) FROM do_vault_audit) - ${keptAudit}`)
      }),
    audit: (name: string | null, limit: number): VaultAccess[] =>
      there()
        ? rows<{ at: number; action: string; name: string; version: number; actor: string | null; outcome: string }>(
            storage,
            'SELECT * FROM do_vault_audit WHERE ?1 IS NULL OR name = ?1 ORDER BY seq DESC LIMIT ?2',
            name,
            limit,
          ).map(({ at, action, name: of, version, actor, outcome }) => ({
            at,
            action: action as VaultAccess['action'],
            name: of,
            version,
            by: actor,
            outcome,
          }))
        : [],
  }

  function infoOf(name: string): SecretInfo | undefined {
    if (!there()) return undefined
    const found = rows<SealedRow>(storage, 'SELECT * FROM do_vault WHERE name = ? ORDER BY version', name)
    const newest = found.at(-1)
    if (newest === undefined) return undefined
    return {
      name,
      version: newest.version,
      versions: found.map(({ version }) => version),
      expiresAt: newest.expires_at,
      updatedAt: newest.updated_at,
    }
  }
}
