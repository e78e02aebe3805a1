import { eventOf, type Transfer } from './work.ts'

// A ledger with nothing around it: the same tables, checks and triggers as a serious one, and the eight statements of an entry.
// Nothing is missing that every line of the comparison needs: STRICT tables, immutability, unique ids, checked sums, sums by day and
// a change event. What @do/ledger does beyond it is what the comparison shows: input checked and balanced per currency, accounts by
// name and open, their currencies and bounds, locked periods, holds that end, keys in three states, a sealed hash chain, recorded
// days beside effective ones, sums to each day and openings, and metadata, items and due dates.

export type Run = (statement: string, ...parameters: (string | number | null)[]) => void

export const tables = [
  `CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, guard INTEGER NOT NULL DEFAULT 0) STRICT`,
  `CREATE TABLE balance(account INTEGER NOT NULL, currency TEXT NOT NULL, debit INTEGER NOT NULL DEFAULT 0 CHECK (debit >= 0),
    credit INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0), guard INTEGER NOT NULL DEFAULT 0,
    CHECK (guard = 0 OR (guard = 1 AND debit >= credit) OR (guard = 2 AND credit >= debit)),
    PRIMARY KEY (account, currency)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE entry(sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, effective INTEGER NOT NULL,
    memo TEXT, hash TEXT) STRICT`,
  `CREATE TABLE line(sequence INTEGER NOT NULL, n INTEGER NOT NULL, account INTEGER NOT NULL, currency TEXT NOT NULL,
    side INTEGER NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), PRIMARY KEY (sequence, n)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE day(account INTEGER NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, debit INTEGER NOT NULL DEFAULT 0,
    credit INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, currency, day)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE event(sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    operation TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
  `CREATE INDEX line_account ON line(account, currency, sequence)`,
  ...['entry', 'line'].flatMap((table) =>
    ['UPDATE', 'DELETE'].map(
      (verb) => `CREATE TRIGGER ${table}_${verb} BEFORE ${verb} ON ${table} BEGIN SELECT RAISE(ABORT, 'immutable'); END`,
    ),
  ),
]

export const insertAccount = `INSERT INTO account VALUES (?, ?, 'asset', 0)`

const upsert = (table: string, keys: string, side: string) =>
  `INSERT INTO ${table}(${keys}, ${side}) VALUES (${'?, '.repeat(keys.split(',').length)}?)
    ON CONFLICT DO UPDATE SET ${side} = ${side} + excluded.${side}`
const balanceDebit = upsert('balance', 'account, currency', 'debit')
const balanceCredit = upsert('balance', 'account, currency', 'credit')
const dayDebit = upsert('day', 'account, currency, day', 'debit')
const dayCredit = upsert('day', 'account, currency, day', 'credit')

export function postRow(run: Run, transfer: Transfer): void {
  const { sequence, debit, credit, amount, currency, at, day } = transfer
  run('INSERT INTO entry(sequence, id, at, effective, memo) VALUES (?, ?, ?, ?, ?)', sequence, `tx_${sequence}`, at, at, 'm')
  run('INSERT INTO line VALUES (?, 0, ?, ?, 1, ?)', sequence, debit, currency, amount)
  run('INSERT INTO line VALUES (?, 1, ?, ?, -1, ?)', sequence, credit, currency, amount)
  run(balanceDebit, debit, currency, amount)
  run(balanceCredit, credit, currency, amount)
  run(dayDebit, debit, currency, day, amount)
  run(dayCredit, credit, currency, day, amount)
  run(`INSERT INTO event(at, kind, key, operation, body) VALUES (?, 'entry', ?, 'c', ?)`, at, `tx_${sequence}`, eventOf(transfer))
}

/** Zero, zero, the number of entries and of events, and no balance that is not the sum of its lines. */
export const check = `SELECT (SELECT coalesce(sum(debit) - sum(credit), 0) FROM balance) AS unbalanced,
  (SELECT coalesce(sum(debit) - sum(credit), 0) FROM day) AS unbalancedDays,
  (SELECT count(*) FROM entry) AS entries, (SELECT count(*) FROM event) AS events,
  (SELECT count(*) FROM (SELECT account, currency, sum(CASE WHEN side = 1 THEN amount ELSE 0 END) AS up,
      sum(CASE WHEN side = -1 THEN amount ELSE 0 END) AS down FROM line GROUP BY 1, 2) AS t
    LEFT JOIN balance AS b USING (account, currency) WHERE b.debit IS NOT t.up OR b.credit IS NOT t.down) AS wrong`
