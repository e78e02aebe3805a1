import { DatabaseSync } from 'node:sqlite'
import { dayMs, formatDay } from '../days.ts'
import { nodeSqlite } from '../sql/node.ts'
import type { Invariant } from '../types.ts'
import { expire, pendingOf, sumOf } from './model.ts'
import { currencies, type World } from './world.ts'

const byVerifier: Readonly<Record<Invariant, string>> = {
  balanced: 'I1',
  balances: 'I2',
  days: 'I3',
  chain: 'I5',
  sequence: 'I6',
  keys: 'I7',
  bounds: 'I9',
  holds: 'I10',
  reversals: 'I12',
  accounts: 'I14',
  equation: 'I16',
  tags: 'I2',
}

/** The books against the model: every balance, every entry, and random points in the past. */
export function check(world: World): void {
  const { ledger, model, violated, database } = world
  expire(model)
  for (const [name, account] of model.accounts) {
    for (const currency of currencies) {
      const posted = account.normal * (sumOf(account.debit, currency) - sumOf(account.credit, currency))
      const is = ledger.balance(name, currency)
      if (is.posted !== posted) violated('I2', `${name} stands at ${is.posted} ${currency}, not ${posted}.`)
      const [debit, credit] = [pendingOf(model, name, currency, 'debit'), pendingOf(model, name, currency, 'credit')]
      if (is.pendingDebit !== debit || is.pendingCredit !== credit)
        violated('I10', `${name} has other holds of ${currency} pending.`)
    }
  }
  const rows = database.prepare('SELECT lower(hex(hash)) AS hash FROM ledger_entries ORDER BY sequence').all()
  if (rows.length !== model.entries.length) violated('I6', `There are ${rows.length} entries, not ${model.entries.length}.`)
  model.entries.forEach((entry, index) => {
    if (entry.hash !== '' && rows[index]?.hash !== entry.hash) violated('I4', `entry_${index + 1} is not what it was.`)
  })
  for (let count = 0; count < 4; count++) checkPoint(world)
}

/** I3, I11: a balance as of a day, as known after an entry, from nothing but lines. */
function checkPoint({ ledger, model, random, violated }: World): void {
  const effective = Math.floor(model.now / dayMs) - random.int(90)
  const bitemporal = random.chance(0.6)
  const known = bitemporal ? random.int(model.entries.length + 1) : model.entries.length
  const name = random.pick([...model.accounts.keys()])
  const sums = new Map<string, bigint>()
  for (const entry of model.entries.slice(0, known)) {
    if (entry.day > effective) continue
    for (const line of entry.lines) {
      if (line.account !== name) continue
      sums.set(line.currency, (sums.get(line.currency) ?? 0n) + (line.side === 'debit' ? line.amount : -line.amount))
    }
  }
  for (const currency of currencies) {
    const posted = (model.accounts.get(name)?.normal ?? 1n) * (sums.get(currency) ?? 0n)
    const is = ledger.balance(name, currency, { effective: formatDay(effective), ...(bitemporal ? { known } : {}) }).posted
    if (is !== posted) {
      violated(
        bitemporal ? 'I11' : 'I3',
        `${name} stood at ${is} ${currency} on ${formatDay(effective)} (${known}), not ${posted}.`,
      )
    }
  }
}

/** The ledger's own verifier, its triggers, a byte turned, and the log replayed: at the end of a book. */
export function checkWhole(world: World): void {
  const { ledger, violated, database, random } = world
  const { problems } = ledger.verify()
  for (const { invariant, where, message } of problems) violated(byVerifier[invariant], `${where}: ${message}`)
  for (const table of ['ledger_entries', 'ledger_lines']) {
    for (const change of [`UPDATE ${table} SET sequence = sequence`, `DELETE FROM ${table}`]) {
      if (world.model.entries.length > 0 && !raises(() => database.exec(change))) violated('I4', `${change} was possible.`)
    }
  }
  checkReplay(world)
  if (problems.length > 0 || world.model.entries.length === 0) return
  for (const name of database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all())
    database.exec(`DROP TRIGGER ${name.name}`)
  const sequence = 1 + random.int(world.model.entries.length)
  database.exec(
    random.pick([
      `UPDATE ledger_entries SET description = description || '.' WHERE sequence = ${sequence}`,
      `UPDATE ledger_entries SET day = day - 1 WHERE sequence = ${sequence}`,
      `UPDATE ledger_lines SET account_id = CASE account_id WHEN 2 THEN 3 ELSE 2 END WHERE sequence = ${sequence}`,
      `UPDATE ledger_lines SET amount = amount - 1 WHERE sequence = ${sequence} AND amount > 1`,
      `UPDATE ledger_lines SET item = 'x' WHERE sequence = ${sequence} AND n = 0`,
    ]),
  )
  const changed = database.prepare('SELECT changes() AS changes').get()?.changes
  if (changed !== 0 && !ledger.verify().problems.some(({ invariant }) => invariant === 'chain'))
    violated('I5', 'A changed entry was not found.')
}

function raises(work: () => void): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

/** I15: the log makes the same books again; twice is once; a first part of it is what there was then. */
function checkReplay(world: World): void {
  const { subject, log, violated, database } = world
  const again = new DatabaseSync(':memory:')
  const sql = nodeSqlite(again)
  try {
    subject.replay(sql, log)
    const [is, was] = [dump(again), dump(database)]
    const table = Object.keys(was).find((name) => is[name] !== was[name])
    if (table !== undefined) violated('I15', `The log replayed gives other rows in ${table}.`)
    subject.replay(sql, log)
    if (JSON.stringify(dump(again)) !== JSON.stringify(is))
      violated('I15', 'The log replayed twice is not the log replayed once.')
  } catch (error) {
    violated('I15', `The log cannot be replayed: ${error instanceof Error ? error.message : error}`)
  } finally {
    again.close()
  }
}

/** Every row of every table as text, but what only says that something changed. */
function dump(database: DatabaseSync): Record<string, string> {
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'ledger_%' ORDER BY name`)
    .all()
    .map(({ name }) => String(name))
  return Object.fromEntries(
    tables.map((table) => {
      const columns = database
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all()
        .map(({ name }) => String(name))
      const read = columns.filter((name) => name !== 'version').map((name) => `quote(${name})`)
      const rows = database.prepare(`SELECT ${read.join(` || ',' || `)} AS row FROM ${table} ORDER BY 1`).all()
      return [table, rows.map(({ row }) => row).join('\n')]
    }),
  )
}
