import { type EntryInput, type LedgerMutation, openLedger, type Sql } from '@do/ledger'
import { accountCount, type Transfer } from './work.ts'

// The same transfers through @do/ledger, with a change event for each as well: what its onMutation tells is kept in the same
// transaction, one row by itself or a batch's rows by one statement.

export const eventTable = `CREATE TABLE event(sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
  key TEXT NOT NULL, operation TEXT NOT NULL, body TEXT NOT NULL) STRICT`

export function openOurs(sql: Sql) {
  sql.run(eventTable)
  let at = 0
  let collected: string[] | undefined
  const onMutation = ({ collection, after }: LedgerMutation) => {
    if (collection !== 'entries') return
    const { id, lines } = after as { readonly id: string; readonly lines: EntryInput['lines'] }
    const legs = lines.map(
      ({ account, side, amount, currency }) => `{"a":"${account}","s":"${side}","m":"${amount}","c":"${currency}"}`,
    )
    const body = `{"id":"${id}","lines":[${legs.join()}]}`
    if (collected === undefined)
      sql.run(`INSERT INTO event(at, kind, key, operation, body) VALUES (?, 'entry', ?, 'c', ?)`, at, id, body)
    else collected.push(body)
  }
  const ledger = openLedger(sql, { now: () => at, onMutation })
  sql.transaction(() => {
    for (let index = 1; index <= accountCount; index++) ledger.accounts.open({ name: `Assets:a${index}`, type: 'asset' })
  })
  return {
    ledger,
    post: (transfer: Transfer) => {
      at = transfer.at
      ledger.post(entryOf(transfer), { key: `tx_${transfer.sequence}` })
    },
    postAll: (batch: readonly Transfer[]) => {
      at = batch.at(-1)?.at ?? 0
      collected = []
      sql.transaction(() => {
        ledger.postAll(batch.map((transfer) => ({ entry: entryOf(transfer), key: `tx_${transfer.sequence}` })))
        sql.run(
          // The id is what stands between the first quotes: reading JSON again for it is more work than all the rest.
          `INSERT INTO event(at, kind, key, operation, body)
            SELECT ?, 'entry', substr(value, 8, instr(value, ',') - 9), 'c', value FROM json_each(?)`,
          ...[at, `[${collected?.join()}]`],
        )
      })
      collected = undefined
    },
    check: (entries: number) => {
      const found = ledger.verify()
      const events = sql.all<{ count: number }>('SELECT count(*) AS count FROM event')[0]?.count
      if (!found.ok || found.entries !== entries || events !== entries) {
        throw new Error(`The books are wrong: ${found.entries} entries, ${events} events, ${JSON.stringify(found.problems[0])}`)
      }
    },
  }
}

const days = new Map<number, string>()

export function entryOf({ debit, credit, amount, currency, day }: Transfer): EntryInput {
  let date = days.get(day)
  if (date === undefined) {
    date = new Date(day * 86_400_000).toISOString().slice(0, 10)
    days.set(day, date)
  }
  return {
    date,
    description: 'm',
    lines: [
      { account: `Assets:a${debit}`, side: 'debit', amount: BigInt(amount), currency },
      { account: `Assets:a${credit}`, side: 'credit', amount: BigInt(amount), currency },
    ],
  }
}
