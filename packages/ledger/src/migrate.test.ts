import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openLedger } from './index.ts'
import { nodeSqlite } from './sql/node.ts'
import { codeOf, openBooks, sale, transfer } from './test/books.ts'

const earlier = (version: 1 | 2): DatabaseSync => {
  const database = new DatabaseSync(':memory:')
  database.exec(readFileSync(new URL(`./test/version-${version}.sql`, import.meta.url), 'utf8'))
  return database
}

/**
 * Tables, indexes, triggers and views by name, without what only spaces and the order of columns say, nor the index of accounts,
 * which older books keep.
 */
function shapeOf(database: DatabaseSync): [unknown, unknown][] {
  const rows = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE name LIKE 'ledger_%' AND name <> 'ledger_lines_account' ORDER BY name`)
    .all()
  return rows.map(({ name, sql }) => [
    name,
    name === 'ledger_state'
      ? 'state'
      : String(sql).replaceAll('"', '').replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')'),
  ])
}

describe('a database of an earlier version', () => {
  it('is brought up to date when it is opened: the same books, the same tables as new ones', () => {
    const database = earlier(1)
    const ledger = openLedger(nodeSqlite(database), { now: () => Date.UTC(2026, 9, 1, 12) })
    expect(ledger.verify()).toEqual({
      ok: true,
      entries: 7,
      head: '92bfb05a6824d9c0ad4e296226021b39d6222f2e0ddb71e802eaa17af03f1b8f',
      problems: [],
    })
    expect(shapeOf(database)).toEqual(shapeOf(openBooks().database))
    const wallet = (effective: string) => ledger.balance('Assets:Wallet', 'EUR', { effective }).posted
    expect(['2026-07-14', '2026-07-31', '2026-08-31', '2026-09-30', '2026-12-31'].map(wallet)).toEqual([
      0n,
      9007199254740993n,
      9007199254741493n,
      9007199254741472n,
      9007199254740960n,
    ])
    expect(ledger.outcome('no').state).toBe('refused')
    // What comes late moves every opening after it.
    ledger.post(transfer('Revenue:Sales', 'Assets:Wallet', 5n, { date: '2026-07-16' }), { key: 'late' })
    expect(wallet('2026-08-31')).toBe(9007199254741498n)
    expect(ledger.verify().problems).toEqual([])
    // Opened again, nothing is left to do.
    expect(openLedger(nodeSqlite(database)).verify().entries).toBe(8)
  })

  it('of version 2 is the same books too, and takes entries late, in a batch and with metadata', () => {
    const database = earlier(2)
    const ledger = openLedger(nodeSqlite(database), { now: () => Date.UTC(2026, 9, 5, 12) })
    expect(ledger.verify()).toEqual({
      ok: true,
      entries: 21,
      head: 'f40634f4e7e57759bcf3e016ecb209bdfa47cd74a8a417c9d97b7f5be9087e4a',
      problems: [],
    })
    expect(shapeOf(database)).toEqual(shapeOf(openBooks().database))
    const wallet = (effective: string) => ledger.balance('Assets:Wallet', 'EUR', { effective }).posted
    const days = ['2026-07-14', '2026-07-31', '2026-08-31', '2026-09-30', '2026-10-04', '2026-10-31', '2026-11-30', '2026-12-31']
    // As version 2 itself answered.
    const stood = [0n, 993n, 1484n, 1463n, 1444n, 1479n, 1521n, 1021n].map((low) => low && 9007199254740000n + low)
    expect(days.map(wallet)).toEqual(stood)
    expect(ledger.entries({ metadata: { order: '43' } }).map(({ key }) => key)).toEqual(['v2_4'])
    const late = { entry: transfer('Revenue:Sales', 'Assets:Wallet', 1n, { date: '2026-08-10', metadata: { order: '44' } }) }
    ledger.postAll(Array.from({ length: 9 }, () => late))
    ledger.post({ ...late.entry, date: '2026-07-15' }, { key: 'late' })
    expect(days.map(wallet)).toEqual(stood.map((before, index) => before + (index > 0 ? 1n : 0n) + (index > 1 ? 9n : 0n)))
    expect(ledger.entries({ metadata: { order: '44' } })).toHaveLength(10)
    expect(ledger.verify().problems).toEqual([])
  })

  it('stays as it was when the step cannot be finished', () => {
    const database = earlier(1)
    database.exec('CREATE TABLE ledger_pairs(already INTEGER)')
    const months = () => database.prepare('SELECT quote(month) || quote(debit) || quote(credit) AS row FROM ledger_months').all()
    const before = [shapeOf(database), months()]
    expect(() => openLedger(nodeSqlite(database))).toThrow(/ledger_pairs/)
    expect([shapeOf(database), months()]).toEqual(before)
  })
})

it('refuses the tables of a later version, and leaves them alone', () => {
  const { database, ledger } = openBooks()
  ledger.post(sale(5n))
  database.exec('UPDATE ledger_state SET schema = 99')
  expect(codeOf(() => openLedger(nodeSqlite(database)))).toBe('newer_schema')
  expect(database.prepare('SELECT schema FROM ledger_state').get()).toEqual({ schema: 99 })
})

describe('rows that were replaced, which no trigger sees', () => {
  const changes: [string, string, string][] = [
    [
      'chain',
      'an entry',
      `ledger_entries SELECT sequence, day, recorded_at, 'other', key, request, reverses, hold_id, draft_id,
      metadata, hash FROM ledger_entries WHERE sequence = 2`,
    ],
    [
      'sequence',
      'an entry by its key',
      `ledger_entries SELECT 9, day, recorded_at, description, key, request, reverses, hold_id,
      draft_id, metadata, hash FROM ledger_entries WHERE sequence = 2`,
    ],
    [
      'chain',
      'a line',
      `ledger_lines SELECT sequence, n, account_id, currency, side, amount + 1, item, due FROM ledger_lines
      WHERE sequence = 2`,
    ],
    ['balances', 'a balance', `ledger_balances SELECT account_id, currency, debit + 1, credit, 0, 0 FROM ledger_balances`],
    [
      'days',
      'a day',
      `ledger_days SELECT account_id, currency, day, recorded_day, debit + 1, credit, run_debit, run_credit FROM ledger_days`,
    ],
    [
      'days',
      'what ran up',
      `ledger_days SELECT account_id, currency, day, recorded_day, debit, credit, run_debit + 1, run_credit FROM ledger_days`,
    ],
    ['days', 'an opening', `ledger_openings SELECT account_id, currency, block, debit + 1, credit FROM ledger_openings`],
    [
      'holds',
      'a hold',
      `ledger_holds SELECT id, day, description, metadata, key, request, created_at, expires_at, 'voided', 1, NULL
      FROM ledger_holds`,
    ],
    [
      'chain',
      'an account',
      `ledger_accounts SELECT id, 'Assets:Other', parent_id, type, currencies, minimum, maximum, cash, clearing,
      metadata, opened_at, closed_at FROM ledger_accounts WHERE name = 'Assets:Wallet'`,
    ],
    ['keys', 'a refusal', `ledger_refusals VALUES ('sold', 'r', 'overdraft', NULL, 'm', 1)`],
  ]
  it('cannot be locks, nor lines of holds', () => {
    const { ledger, database } = openBooks()
    ledger.periods.lock('2026-01-31')
    ledger.holds.place(sale(3n))
    for (const table of ['ledger_periods', 'ledger_hold_lines'])
      expect(() => database.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`)).toThrow(/immutable/)
  })

  it.each(changes)('are found by verify as %s: %s', (invariant, _, change) => {
    const { ledger, database, sql } = openBooks()
    ledger.post(sale(500n), { key: 'first' })
    ledger.post(sale(70n), { key: 'sold' })
    ledger.post(sale(9n))
    ledger.holds.place(transfer('Assets:Wallet', 'Assets:Bank', 3n))
    ledger.periods.lock('2026-01-31')
    expect(ledger.verify().problems).toEqual([])
    database.exec(`INSERT OR REPLACE INTO ${change}`)
    expect(
      openLedger(sql)
        .verify()
        .problems.map((problem) => problem.invariant),
    ).toContain(invariant)
  })
})
