import type { Setting } from './posting.ts'

/** How far the provider's ledger has been read: epoch milliseconds, kept with the books, in the same transaction. */
export function watermarkOf({ ledger: { sql }, provider, account, now }: Setting) {
  const name = account === undefined ? provider : `${provider} ${account}`
  sql.run('CREATE TABLE IF NOT EXISTS books_read(name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID')
  return {
    get: (): number | undefined => sql.all<{ at: number }>('SELECT at FROM books_read WHERE name = ?', name)[0]?.at,
    /** Never back, and never beyond now: a movement with a wrong time must not hide those that come after it. */
    set: (at: number): void =>
      sql.run(
        'INSERT INTO books_read VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)',
        ...[name, Math.min(at, now())],
      ),
  }
}
