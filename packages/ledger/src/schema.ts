import type { Sql } from './types.ts'

/** The tables of one ledger, by what they hold. */
export interface Tables {
  readonly state: string
  readonly currencies: string
  readonly accounts: string
  readonly entries: string
  readonly tags: string
  readonly lines: string
  readonly postings: string
  readonly balances: string
  readonly days: string
  readonly months: string
  readonly drafts: string
  readonly holds: string
  readonly holdLines: string
  readonly refusals: string
  readonly periods: string
  readonly prices: string
}

export function tablesOf(prefix: string): Tables {
  return {
    state: `${prefix}_state`,
    currencies: `${prefix}_currencies`,
    accounts: `${prefix}_accounts`,
    entries: `${prefix}_entries`,
    tags: `${prefix}_tags`,
    lines: `${prefix}_lines`,
    postings: `${prefix}_postings`,
    balances: `${prefix}_balances`,
    days: `${prefix}_days`,
    months: `${prefix}_months`,
    drafts: `${prefix}_drafts`,
    holds: `${prefix}_holds`,
    holdLines: `${prefix}_hold_lines`,
    refusals: `${prefix}_refusals`,
    periods: `${prefix}_periods`,
    prices: `${prefix}_prices`,
  }
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

/**
 * Every table is STRICT: in an ordinary one a sum beyond 2^63 - 1 silently becomes a float; in a STRICT one the statement fails.
 * Money columns are INTEGER, bound as decimal text and read by CAST(… AS TEXT): no JavaScript number ever holds one.
 * A day is the number of days since 1970-01-01, a month the number of months since 1970-01, an instant epoch milliseconds.
 */
function statements(t: Tables): string[] {
  const money = (name: string) => `${name} INTEGER NOT NULL DEFAULT 0 CHECK (${name} >= 0)`
  const immutable = (table: string, what: string) =>
    (['UPDATE', 'DELETE'] as const).map(
      (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
        BEGIN SELECT RAISE(ABORT, '${what}'); END`,
    )
  const follow = (event: string, debit: string, credit: string) => `
    CREATE TRIGGER ${t.days}_${event.toLowerCase()} AFTER ${event} ON ${t.days} BEGIN
      INSERT INTO ${t.months}(account_id, currency, month, debit, credit)
        VALUES (NEW.account_id, NEW.currency, NEW.month, ${debit}, ${credit})
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;
      INSERT INTO ${t.balances}(account_id, currency, debit, credit) VALUES (NEW.account_id, NEW.currency, ${debit}, ${credit})
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;
    END`
  const expiry = (name: string, event: string, row: string) => `
    CREATE TRIGGER ${t.holds}_${name} AFTER ${event} ON ${t.holds} WHEN ${row}.expires_at IS NOT NULL BEGIN
      UPDATE ${t.state} SET next_expiry =
        (SELECT min(expires_at) FROM ${t.holds} WHERE state = 'pending' AND expires_at IS NOT NULL);
    END`

  return [
    // One row. `version` changes with every change of accounts and currencies: what a ledger remembers of them holds for one
    // version. `locked` (a day) and `next_expiry` (of pending holds) follow from their tables, by trigger.
    `CREATE TABLE ${t.state}(
      id INTEGER PRIMARY KEY CHECK (id = 1), version TEXT NOT NULL, locked INTEGER, next_expiry INTEGER
    ) STRICT`,

    // Only those defined by hand; ISO 4217 is known without a row.
    `CREATE TABLE ${t.currencies}(
      code TEXT PRIMARY KEY, exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 18)
    ) STRICT, WITHOUT ROWID`,

    // `name` is the whole path (Assets:Bank). `minimum` and `maximum` bound the balance on the normal side.
    // `currencies` is a JSON list, or null for any. `metadata` is a JSON object of texts, or null.
    `CREATE TABLE ${t.accounts}(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parent_id INTEGER REFERENCES ${t.accounts}(id),
      type TEXT NOT NULL CHECK (type IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
      currencies TEXT, minimum INTEGER, maximum INTEGER,
      cash INTEGER NOT NULL DEFAULT 0, clearing INTEGER NOT NULL DEFAULT 0, metadata TEXT,
      opened_at INTEGER NOT NULL, closed_at INTEGER
    ) STRICT`,
    `CREATE TRIGGER ${t.accounts}_no_delete BEFORE DELETE ON ${t.accounts}
      BEGIN SELECT RAISE(ABORT, 'accounts are closed, not deleted'); END`,

    // Posted entries only; drafts have a table of their own. `day` is the effective day, `recorded_at` never goes back.
    // `request` is a digest of what was asked under the key. `hash` is SHA-256 over the entry and the hash before it.
    `CREATE TABLE ${t.entries}(
      sequence INTEGER PRIMARY KEY, day INTEGER NOT NULL, recorded_at INTEGER NOT NULL, description TEXT NOT NULL,
      key TEXT, request TEXT, reverses INTEGER, hold_id INTEGER, draft_id INTEGER, metadata TEXT, hash BLOB NOT NULL
    ) STRICT`,
    `CREATE UNIQUE INDEX ${t.entries}_key ON ${t.entries}(key) WHERE key IS NOT NULL`,
    `CREATE UNIQUE INDEX ${t.entries}_reverses ON ${t.entries}(reverses) WHERE reverses IS NOT NULL`,
    `CREATE UNIQUE INDEX ${t.entries}_hold ON ${t.entries}(hold_id) WHERE hold_id IS NOT NULL`,
    `CREATE UNIQUE INDEX ${t.entries}_draft ON ${t.entries}(draft_id) WHERE draft_id IS NOT NULL`,
    ...immutable(t.entries, 'posted entries are immutable: reverse them'),

    // One row for each piece of metadata, for queries; filled by trigger.
    `CREATE TABLE ${t.tags}(
      name TEXT NOT NULL, value TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (name, value, sequence)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TRIGGER ${t.entries}_tags AFTER INSERT ON ${t.entries} WHEN NEW.metadata IS NOT NULL BEGIN
      INSERT INTO ${t.tags}(name, value, sequence) SELECT key, value, NEW.sequence FROM json_each(NEW.metadata);
    END`,

    // The legs of posted entries, `n` from 0. side: 1 debit, -1 credit. `due` is a day.
    `CREATE TABLE ${t.lines}(
      sequence INTEGER NOT NULL, n INTEGER NOT NULL, account_id INTEGER NOT NULL, currency TEXT NOT NULL,
      side INTEGER NOT NULL CHECK (side IN (1, -1)), amount INTEGER NOT NULL CHECK (amount > 0), item TEXT, due INTEGER,
      PRIMARY KEY (sequence, n)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX ${t.lines}_account ON ${t.lines}(account_id, currency, sequence)`,
    `CREATE INDEX ${t.lines}_item ON ${t.lines}(account_id, item, sequence) WHERE item IS NOT NULL`,
    ...immutable(t.lines, 'lines of posted entries are immutable: reverse the entry'),

    // What stands now: all debits and all credits ever posted, and those of holds that are pending.
    `CREATE TABLE ${t.balances}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL,
      ${money('debit')}, ${money('credit')}, ${money('pending_debit')}, ${money('pending_credit')},
      PRIMARY KEY (account_id, currency)
    ) STRICT, WITHOUT ROWID`,

    // What moved, by the day it takes effect and the day it was recorded: a balance at a point is the sum of the rows before it.
    `CREATE TABLE ${t.days}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, recorded_day INTEGER NOT NULL,
      month INTEGER NOT NULL, ${money('debit')}, ${money('credit')},
      PRIMARY KEY (account_id, currency, day, recorded_day)
    ) STRICT, WITHOUT ROWID`,
    // The same by effective month: years of days are then few rows. Months and balances follow from days by trigger.
    `CREATE TABLE ${t.months}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL, month INTEGER NOT NULL, ${money('debit')}, ${money('credit')},
      PRIMARY KEY (account_id, currency, month)
    ) STRICT, WITHOUT ROWID`,
    follow('INSERT', 'NEW.debit', 'NEW.credit'),
    follow('UPDATE', 'NEW.debit - OLD.debit', 'NEW.credit - OLD.credit'),

    // What an entry is written through, in one statement: `lines` is a JSON list of `lineText`s, the hash is hex. Everything
    // that follows from the lines is made here.
    `CREATE VIEW ${t.postings} AS SELECT sequence, day, recorded_at, description, key, request, reverses, hold_id,
      draft_id, metadata, lower(hex(hash)) AS hash, 0 AS month, '' AS lines FROM ${t.entries}`,
    `CREATE TRIGGER ${t.postings}_insert INSTEAD OF INSERT ON ${t.postings} BEGIN
      INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata, hash)
        VALUES (NEW.sequence, NEW.day, NEW.recorded_at, NEW.description, NEW.key, NEW.request, NEW.reverses, NEW.hold_id,
          NEW.draft_id, NEW.metadata, unhex(NEW.hash));
      INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due)
        SELECT ${lineFields} FROM json_each(NEW.lines);
      INSERT INTO ${t.days}(account_id, currency, day, recorded_day, month, debit, credit)
        SELECT account_id, currency, NEW.day, CAST(NEW.recorded_at AS INTEGER) / 86400000, NEW.month,
          CASE side WHEN 1 THEN amount ELSE 0 END, CASE side WHEN -1 THEN amount ELSE 0 END
        FROM ${t.lines} WHERE sequence = NEW.sequence
        ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit;
    END`,

    // `lines` is JSON; nothing of a draft counts until it is posted.
    `CREATE TABLE ${t.drafts}(
      id INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, description TEXT NOT NULL, lines TEXT NOT NULL, metadata TEXT,
      created_at INTEGER NOT NULL, sequence INTEGER
    ) STRICT`,

    `CREATE TABLE ${t.holds}(
      id INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, description TEXT NOT NULL, metadata TEXT, key TEXT, request TEXT,
      created_at INTEGER NOT NULL, expires_at INTEGER,
      state TEXT NOT NULL CHECK (state IN ('pending', 'committed', 'voided', 'expired')), resolved_at INTEGER, sequence INTEGER
    ) STRICT`,
    `CREATE UNIQUE INDEX ${t.holds}_key ON ${t.holds}(key) WHERE key IS NOT NULL`,
    `CREATE INDEX ${t.holds}_expiry ON ${t.holds}(expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL`,
    `CREATE INDEX ${t.holds}_state ON ${t.holds}(state)`,
    `CREATE TRIGGER ${t.holds}_once BEFORE UPDATE ON ${t.holds} WHEN OLD.state <> 'pending'
      BEGIN SELECT RAISE(ABORT, 'a hold is resolved once'); END`,
    `CREATE TRIGGER ${t.holds}_no_delete BEFORE DELETE ON ${t.holds}
      BEGIN SELECT RAISE(ABORT, 'holds are voided, not deleted'); END`,
    expiry('placed', 'INSERT', 'NEW'),
    expiry('resolved', 'UPDATE', 'OLD'),
    `CREATE TABLE ${t.holdLines}(
      hold_id INTEGER NOT NULL, n INTEGER NOT NULL, account_id INTEGER NOT NULL, currency TEXT NOT NULL,
      side INTEGER NOT NULL CHECK (side IN (1, -1)), amount INTEGER NOT NULL CHECK (amount > 0), item TEXT, due INTEGER,
      PRIMARY KEY (hold_id, n)
    ) STRICT, WITHOUT ROWID`,
    ...immutable(t.holdLines, 'lines of holds are immutable'),

    // Keys whose request the books refused. Applied keys are those of entries and holds.
    `CREATE TABLE ${t.refusals}(
      key TEXT PRIMARY KEY, request TEXT NOT NULL, code TEXT NOT NULL, field TEXT, message TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,

    // Every lock and unlocking, in order: the last row holds. `through` is a day, or null when nothing is locked.
    `CREATE TABLE ${t.periods}(
      id INTEGER PRIMARY KEY AUTOINCREMENT, through INTEGER, reason TEXT, at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TRIGGER ${t.periods}_locked AFTER INSERT ON ${t.periods} BEGIN
      UPDATE ${t.state} SET locked = NEW.through;
    END`,
    ...immutable(t.periods, 'the history of locks is immutable'),

    // One whole unit of `currency` costs `rate` whole units of `quote` on `day`: decimal text, exact.
    `CREATE TABLE ${t.prices}(
      currency TEXT NOT NULL, quote TEXT NOT NULL, day INTEGER NOT NULL, rate TEXT NOT NULL,
      PRIMARY KEY (currency, quote, day)
    ) STRICT, WITHOUT ROWID`,
  ]
}

/** Makes them where there are none: in one transaction, so that there are all or none. */
export function createTables(sql: Sql, tables: Tables): void {
  const [there] = sql.all('SELECT 1 AS there FROM sqlite_schema WHERE name = ?', tables.state)
  if (there !== undefined) return
  for (const statement of statements(tables)) sql.run(statement)
  sql.run(`INSERT INTO ${tables.state}(id, version) VALUES (1, hex(randomblob(8)))`)
}
