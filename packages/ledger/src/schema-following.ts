import type { Tables } from './schema.ts'

const money = (name: string) => `${name} INTEGER NOT NULL DEFAULT 0 CHECK (${name} >= 0)`

/**
 * The sums that any day's balance is read from, two rows for each account and currency. Days go in blocks of 32 (`day >> 5`).
 * A row of `days` says what moved on an effective day as recorded on a day (`debit`, `credit`), and what its block has moved up to
 * it, it counted (`run_debit`, `run_credit`). `openings` says what stood at the beginning of a block: a row for every block in
 * which something moved, and none for the others, where it is what the next one is, or the balance where there is none.
 */
export function sumTables(t: Tables): string[] {
  return [
    `CREATE TABLE ${t.days}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, recorded_day INTEGER NOT NULL,
      ${money('debit')}, ${money('credit')}, run_debit INTEGER NOT NULL, run_credit INTEGER NOT NULL,
      PRIMARY KEY (account_id, currency, day, recorded_day)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE ${t.openings}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL, block INTEGER NOT NULL,
      debit INTEGER NOT NULL CHECK (debit >= 0), credit INTEGER NOT NULL CHECK (credit >= 0),
      PRIMARY KEY (account_id, currency, block)
    ) STRICT, WITHOUT ROWID`,
  ]
}

/**
 * A new row of days begins with what its block has moved before it, and the first of a block makes the opening; balances move
 * after that. Written as they are because an UPDATE with a query in it, or a SELECT of the table that is written, would be
 * collected in a table of its own first.
 */
export function sumTriggers(t: Tables): string[] {
  const same = 'account_id = NEW.account_id AND currency = NEW.currency'
  const opening = (side: string) => `coalesce(
        (SELECT ${side} FROM ${t.openings} WHERE ${same} AND block > NEW.day >> 5 ORDER BY block LIMIT 1),
        (SELECT ${side} FROM ${t.balances} WHERE ${same}), 0)`
  const before = (side: string) => `ifnull((SELECT ${side} FROM ${t.days} WHERE ${same}
        AND (day, recorded_day) < (NEW.day, NEW.recorded_day) AND day >= (NEW.day >> 5) << 5
        ORDER BY day DESC, recorded_day DESC LIMIT 1), 0)`
  return [
    `CREATE TRIGGER ${t.days}_open AFTER INSERT ON ${t.days}
      WHEN NOT EXISTS (SELECT 1 FROM ${t.openings} WHERE ${same} AND block = NEW.day >> 5) BEGIN
      INSERT INTO ${t.openings}(account_id, currency, block, debit, credit)
        VALUES (NEW.account_id, NEW.currency, NEW.day >> 5, ${opening('debit')}, ${opening('credit')});
    END`,
    `CREATE TRIGGER ${t.days}_run AFTER INSERT ON ${t.days} BEGIN
      INSERT INTO ${t.days}(account_id, currency, day, recorded_day, run_debit, run_credit)
        VALUES (NEW.account_id, NEW.currency, NEW.day, NEW.recorded_day, ${before('run_debit')}, ${before('run_credit')})
        ON CONFLICT DO UPDATE SET run_debit = run_debit + excluded.run_debit, run_credit = run_credit + excluded.run_credit;
    END`,
    `CREATE VIEW ${t.movements} AS SELECT account_id, currency, day, recorded_day, debit, credit FROM ${t.days}`,
    `CREATE TRIGGER ${t.movements}_insert INSTEAD OF INSERT ON ${t.movements} BEGIN
      ${move(t, { account: 'NEW.account_id', currency: 'NEW.currency', recorded: 'NEW.recorded_day', debit: 'NEW.debit', credit: 'NEW.credit' })}
    END`,
  ]
}

interface Movement {
  readonly account: string
  readonly currency: string
  readonly recorded: string
  readonly debit: string
  readonly credit: string
}

/** What moves on NEW.day, added to every sum it is a part of: what comes late moves the rest of its block and the openings after. */
function move(t: Tables, { account, currency, recorded, debit, credit }: Movement): string {
  const same = `account_id = ${account} AND currency = ${currency}`
  return `INSERT INTO ${t.days}(account_id, currency, day, recorded_day, debit, credit, run_debit, run_credit)
        VALUES (${account}, ${currency}, NEW.day, ${recorded}, ${debit}, ${credit}, ${debit}, ${credit})
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit,
          run_debit = run_debit + excluded.debit, run_credit = run_credit + excluded.credit;
      UPDATE ${t.days} SET run_debit = run_debit + ${debit}, run_credit = run_credit + ${credit}
        WHERE ${same} AND (day, recorded_day) > (NEW.day, ${recorded}) AND day < ((NEW.day >> 5) + 1) << 5;
      UPDATE ${t.openings} SET debit = debit + ${debit}, credit = credit + ${credit} WHERE ${same} AND block > NEW.day >> 5;
      INSERT INTO ${t.balances}(account_id, currency, debit, credit) VALUES (${account}, ${currency}, ${debit}, ${credit})
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;`
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
  const recorded = 'CAST(NEW.recorded_at AS INTEGER) / 86400000'
  const tags = `INSERT INTO ${t.tags}(name, value, sequence) SELECT key, value, NEW.sequence FROM json_each(NEW.metadata)
        WHERE NEW.metadata IS NOT NULL;`
  const leg = (account: string, debit: string, credit: string) =>
    move(t, { account: `NEW.${account}`, currency: 'NEW.currency', recorded, debit, credit })
  const line = (n: string, account: string, side: number) =>
    `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount)
        VALUES (NEW.sequence, ${n}, NEW.${account}, NEW.currency, ${side}, NEW.amount);`
  return [
    `CREATE VIEW ${t.postings} AS SELECT sequence, day, recorded_at, description, key, request, reverses, hold_id,
      draft_id, metadata, lower(hex(hash)) AS hash, '' AS lines, '' AS version, '' AS previous FROM ${t.entries}`,
    `CREATE TRIGGER ${t.postings}_insert INSTEAD OF INSERT ON ${t.postings} BEGIN
      ${guard}
      INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata, hash)
        VALUES (NEW.sequence, NEW.day, NEW.recorded_at, NEW.description, NEW.key, NEW.request, NEW.reverses, NEW.hold_id,
          NEW.draft_id, NEW.metadata, unhex(NEW.hash));
      INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due)
        SELECT ${lineFields} FROM json_each(NEW.lines);
      ${tags}
      INSERT INTO ${t.movements}(account_id, currency, day, recorded_day, debit, credit)
        SELECT account_id, currency, NEW.day, ${recorded}, CASE side WHEN 1 THEN amount ELSE 0 END,
          CASE side WHEN -1 THEN amount ELSE 0 END FROM ${t.lines} WHERE sequence = NEW.sequence;
    END`,
    `CREATE VIEW ${t.pairs} AS SELECT sequence, day, recorded_at, description, key, metadata, lower(hex(hash)) AS hash,
      0 AS n, 0 AS debit, 0 AS credit, '' AS currency, '' AS amount, '' AS version, '' AS previous FROM ${t.entries}`,
    `CREATE TRIGGER ${t.pairs}_insert INSTEAD OF INSERT ON ${t.pairs} BEGIN
      ${guard}
      INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, metadata, hash)
        VALUES (NEW.sequence, NEW.day, NEW.recorded_at, NEW.description, NEW.key, NEW.metadata, unhex(NEW.hash));
      ${line('NEW.n', 'debit', 1)}
      ${line('1 - NEW.n', 'credit', -1)}
      ${tags}
      ${leg('debit', 'CAST(NEW.amount AS INTEGER)', '0')}
      ${leg('credit', '0', 'CAST(NEW.amount AS INTEGER)')}
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
