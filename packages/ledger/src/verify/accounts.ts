import type { Book, Report } from '../book.ts'

/** The tree: every account below one of its own type and name, currencies as they are allowed. */
export function verifyAccounts({ sql, tables: t }: Book, report: Report): void {
  const wrong = sql.all<{ name: string }>(
    `SELECT a.name FROM ${t.accounts} AS a LEFT JOIN ${t.accounts} AS p ON p.id = a.parent_id
      WHERE (a.parent_id IS NULL) <> (instr(a.name, ':') = 0)
        OR (a.parent_id IS NOT NULL AND (p.id IS NULL OR p.type <> a.type OR substr(a.name, 1, length(p.name) + 1) <> p.name || ':'
          OR instr(substr(a.name, length(p.name) + 2), ':') > 0))`,
  )
  for (const { name } of wrong) report('accounts', name, 'It does not lie below an account of its name and type.')
  const strangers = sql.all<{ name: string; currency: string }>(
    `SELECT a.name, b.currency FROM ${t.balances} AS b JOIN ${t.accounts} AS a ON a.id = b.account_id
      WHERE a.currencies IS NOT NULL AND (b.debit <> b.credit OR b.pending_debit > 0 OR b.pending_credit > 0)
        AND b.currency NOT IN (SELECT value FROM json_each(a.currencies))`,
  )
  for (const { name, currency } of strangers) report('accounts', name, `It holds ${currency}, which it does not take.`)
  const closed = sql.all<{ name: string }>(
    `SELECT DISTINCT a.name FROM ${t.accounts} AS a JOIN ${t.balances} AS b ON b.account_id = a.id
      WHERE a.closed_at IS NOT NULL AND (b.debit <> b.credit OR b.pending_debit > 0 OR b.pending_credit > 0)`,
  )
  for (const { name } of closed) report('accounts', name, 'It is closed, and not empty.')
}
