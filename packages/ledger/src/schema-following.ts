import type { Tables } from './schema.ts'

/**
 * What stood at the beginning of a month: a row for every month in which something moved, and none for the others, so that what
 * stands at a day is one row and the days between. Openings and balances follow from days by trigger. An opening is what the next
 * one is, or the balance where there is none, until something moves in its month; what comes late moves the openings after it.
 */
export function openings(t: Tables): string[] {
  const same = 'account_id = NEW.account_id AND currency = NEW.currency'
  const before = (side: string) => `coalesce(
        (SELECT ${side} FROM ${t.openings} WHERE ${same} AND month > NEW.month ORDER BY month LIMIT 1),
        (SELECT ${side} FROM ${t.balances} WHERE ${same}), 0)`
  const grow = (table: string, debit: string, credit: string, which: string) =>
    `UPDATE ${table} SET debit = debit + ${debit}, credit = credit + ${credit} WHERE ${same}${which};`
  // In brackets: what is added is never too large, a sum on the way to it may be.
  const [more, less] = ['(NEW.debit - OLD.debit)', '(NEW.credit - OLD.credit)'] as const
  return [
    `CREATE TABLE ${t.openings}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL, month INTEGER NOT NULL,
      debit INTEGER NOT NULL CHECK (debit >= 0), credit INTEGER NOT NULL CHECK (credit >= 0),
      PRIMARY KEY (account_id, currency, month)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TRIGGER ${t.days}_insert AFTER INSERT ON ${t.days} BEGIN
      INSERT INTO ${t.openings}(account_id, currency, month, debit, credit)
        VALUES (NEW.account_id, NEW.currency, NEW.month, ${before('debit')}, ${before('credit')}) ON CONFLICT DO NOTHING;
      ${grow(t.openings, 'NEW.debit', 'NEW.credit', ' AND month > NEW.month')}
      INSERT INTO ${t.balances}(account_id, currency, debit, credit) VALUES (NEW.account_id, NEW.currency, NEW.debit, NEW.credit)
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;
    END`,
    `CREATE TRIGGER ${t.days}_update AFTER UPDATE ON ${t.days} BEGIN
      ${grow(t.openings, more, less, ' AND month > NEW.month')}
      ${grow(t.balances, more, less, '')}
    END`,
  ]
}

/** Rows that INSERT OR REPLACE may not take the place of, which passes triggers on DELETE. Of entries `verify` finds it. */
export function irreplaceable(t: Tables): string[] {
  const trigger = (table: string, same: string) => `CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table}
      WHEN EXISTS (SELECT 1 FROM ${table} WHERE ${same}) BEGIN SELECT RAISE(ABORT, 'such rows are immutable'); END`
  return [trigger(t.periods, 'id = NEW.id'), trigger(t.holdLines, 'hold_id = NEW.hold_id AND n = NEW.n')]
}

/** What a statement says when the books are not as the writer remembers them. Nothing is written then. */
export const moved = 'the books have moved on'

/**
 * What an entry is written through, in one statement each: everything that follows from its lines is made here, where a statement
 * costs least. `postings` takes any lines, `lines` being a JSON list of `lineText`s; `pairs` takes the common case, one debit and
 * one credit, `n` being the number of the debit. A hash is hex.
 *
 * A writer that only remembers the end of the chain gives the `version` of accounts and currencies and the hash `previous`; then
 * it is refused unless both are so, the day is open, no hold is to expire and the key is new. One that has read them gives null.
 */
export function writing(t: Tables): string[] {
  const guard = `SELECT RAISE(ABORT, '${moved}') FROM ${t.state} WHERE NEW.version IS NOT NULL AND (version <> NEW.version
        OR locked >= NEW.day OR next_expiry <= NEW.recorded_at
        OR (SELECT hash FROM ${t.entries} WHERE sequence = NEW.sequence - 1) IS NOT unhex(nullif(NEW.previous, ''))
        OR (NEW.key IS NOT NULL AND (EXISTS (SELECT 1 FROM ${t.holds} WHERE key = NEW.key)
          OR EXISTS (SELECT 1 FROM ${t.refusals} WHERE key = NEW.key))));`
  const movement = (account: string, debit: string, credit: string, from: string) => `
      INSERT INTO ${t.days}(account_id, currency, day, recorded_day, month, debit, credit)
        ${from === '' ? 'VALUES (' : 'SELECT '}${account}, NEW.day, CAST(NEW.recorded_at AS INTEGER) / 86400000, NEW.month,
          ${debit}, ${credit}${from === '' ? ')' : ` FROM ${from}`}
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;`
  const line = (n: string, account: string, side: number) =>
    `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount)
        VALUES (NEW.sequence, ${n}, NEW.${account}, NEW.currency, ${side}, NEW.amount);`
  return [
    `CREATE VIEW ${t.postings} AS SELECT sequence, day, recorded_at, description, key, request, reverses, hold_id,
      draft_id, metadata, lower(hex(hash)) AS hash, 0 AS month, '' AS lines, '' AS version, '' AS previous FROM ${t.entries}`,
    `CREATE TRIGGER ${t.postings}_insert INSTEAD OF INSERT ON ${t.postings} BEGIN
      ${guard}
      INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata, hash)
        VALUES (NEW.sequence, NEW.day, NEW.recorded_at, NEW.description, NEW.key, NEW.request, NEW.reverses, NEW.hold_id,
          NEW.draft_id, NEW.metadata, unhex(NEW.hash));
      INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due)
        SELECT ${lineFields} FROM json_each(NEW.lines);
      ${movement(
        'account_id, currency',
        'CASE side WHEN 1 THEN amount ELSE 0 END',
        'CASE side WHEN -1 THEN amount ELSE 0 END',
        `${t.lines} WHERE sequence = NEW.sequence`,
      )}
    END`,
    `CREATE VIEW ${t.pairs} AS SELECT sequence, day, recorded_at, description, key, metadata, lower(hex(hash)) AS hash, 0 AS month,
      0 AS n, 0 AS debit, 0 AS credit, '' AS currency, '' AS amount, '' AS version, '' AS previous FROM ${t.entries}`,
    `CREATE TRIGGER ${t.pairs}_insert INSTEAD OF INSERT ON ${t.pairs} BEGIN
      ${guard}
      INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, metadata, hash)
        VALUES (NEW.sequence, NEW.day, NEW.recorded_at, NEW.description, NEW.key, NEW.metadata, unhex(NEW.hash));
      ${line('NEW.n', 'debit', 1)}
      ${line('1 - NEW.n', 'credit', -1)}
      ${movement('NEW.debit, NEW.currency', 'NEW.amount', '0', '')}
      ${movement('NEW.credit, NEW.currency', '0', 'NEW.amount', '')}
    END`,
  ]
}

/**
 * A line as one text, so that a statement takes any number of them: fields of fixed width, the item (which may be anything) last.
 * JSON of its own for each line would say the same and take twice the time to read.
 */
export function lineText(
  sequence: number,
  n: number,
  line: {
    readonly account: { readonly id: number }
    readonly sign: number
    readonly amount: bigint
    readonly currency: string
    readonly item: string | null
    readonly due: number | null
  },
): string {
  const { account, sign, amount, currency, item, due } = line
  const fixed =
    String(sequence).padStart(16) +
    String(n).padStart(5) +
    String(account.id).padStart(16) +
    (sign === 1 ? ' 1' : '-1') +
    String(amount).padStart(20) +
    currency.padEnd(12)
  return item === null && due === null ? `"${fixed}"` : JSON.stringify(`${fixed}${String(due ?? '').padStart(9)}${item ?? ''}`)
}

export const lineFields = `substr(value, 1, 16), substr(value, 17, 5), substr(value, 22, 16), rtrim(substr(value, 60, 12)),
  substr(value, 38, 2), substr(value, 40, 20), nullif(substr(value, 81), ''), nullif(ltrim(substr(value, 72, 9)), '')`
