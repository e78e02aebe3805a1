import { irreplaceable, sumTables, sumTriggers, writing } from './schema-following.ts'

/** The tables of one ledger, by what they hold. */
export interface Tables {
  readonly state: string
  readonly currencies: string
  readonly accounts: string
  readonly entries: string
  readonly tags: string
  readonly lines: string
  readonly postings: string
  readonly pairs: string
  readonly balances: string
  readonly days: string
  readonly movements: string
  readonly openings: string
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
    pairs: `${prefix}_pairs`,
    balances: `${prefix}_balances`,
    days: `${prefix}_days`,
    movements: `${prefix}_movements`,
    openings: `${prefix}_openings`,
    drafts: `${prefix}_drafts`,
    holds: `${prefix}_holds`,
    holdLines: `${prefix}_hold_lines`,
    refusals: `${prefix}_refusals`,
    periods: `${prefix}_periods`,
    prices: `${prefix}_prices`,
  }
}

const money = (name: string) => `${name} INTEGER NOT NULL DEFAULT 0 CHECK (${name} >= 0)`

/**
 * Every table is STRICT: in an ordinary one a sum beyond 2^63 - 1 silently becomes a float; in a STRICT one the statement fails.
 * Money columns are INTEGER, bound as decimal text and read by CAST(… AS TEXT): no JavaScript number ever holds one.
 * A day is the number of days since 1970-01-01, an instant epoch milliseconds.
 */
export function statements(t: Tables): string[] {
  const immutable = (table: string, what: string) =>
    (['UPDATE', 'DELETE'] as const).map(
      (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
        BEGIN SELECT RAISE(ABORT, '${what}'); END`,
    )
  const expiry = (name: string, event: string, row: string) => `
    CREATE TRIGGER ${t.holds}_${name} AFTER ${event} ON ${t.holds} WHEN ${row}.expires_at IS NOT NULL BEGIN
      UPDATE ${t.state} SET next_expiry =
        (SELECT min(expires_at) FROM ${t.holds} WHERE state = 'pending' AND expires_at IS NOT NULL);
    END`

  return [
    // One row. `schema` is the version of these tables (migrate.ts). `version` changes with every change of accounts and currencies: what a ledger remembers of them holds for one
    // version. `locked` (a day) and `next_expiry` (of pending holds) follow from their tables, by trigger.
    `CREATE TABLE ${t.state}(
      id INTEGER PRIMARY KEY CHECK (id = 1), version TEXT NOT NULL, locked INTEGER, next_expiry INTEGER,
      schema INTEGER NOT NULL DEFAULT 0
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

    // One row for each piece of metadata, for queries; written with the entry.
    `CREATE TABLE ${t.tags}(
      name TEXT NOT NULL, value TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (name, value, sequence)
    ) STRICT, WITHOUT ROWID`,

    // The legs of posted entries, `n` from 0. side: 1 debit, -1 credit. `due` is a day.
    `CREATE TABLE ${t.lines}(
      sequence INTEGER NOT NULL, n INTEGER NOT NULL, account_id INTEGER NOT NULL, currency TEXT NOT NULL,
      side INTEGER NOT NULL CHECK (side IN (1, -1)), amount INTEGER NOT NULL CHECK (amount > 0), item TEXT, due INTEGER,
      PRIMARY KEY (sequence, n)
    ) STRICT, WITHOUT ROWID`,
    // Of a book that began before version 3 it has the currency before the sequence: it finds the same, in a little more room.
    `CREATE INDEX ${t.lines}_account ON ${t.lines}(account_id, sequence)`,
    `CREATE INDEX ${t.lines}_item ON ${t.lines}(account_id, item, sequence) WHERE item IS NOT NULL`,
    ...immutable(t.lines, 'lines of posted entries are immutable: reverse the entry'),

    // What stands now: all debits and all credits ever posted, and those of holds that are pending.
    `CREATE TABLE ${t.balances}(
      account_id INTEGER NOT NULL, currency TEXT NOT NULL,
      ${money('debit')}, ${money('credit')}, ${money('pending_debit')}, ${money('pending_credit')},
      PRIMARY KEY (account_id, currency)
    ) STRICT, WITHOUT ROWID`,

    ...sumTables(t),
    ...sumTriggers(t),
    ...writing(t),

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
    ...irreplaceable(t),
  ]
}
