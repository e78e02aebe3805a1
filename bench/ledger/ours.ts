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
      const bodies: string[] = []
      collected = bodies
      sql.transaction(() => {
        ledger.postAll(batch.map((transfer) => ({ entry: entryOf(transfer), key: `tx_${transfer.sequence}` })))
        // One text with all bodies, and where each begins and how long it is: JSON would have to be taken apart and written again.
        let start = 1
        const places = bodies.map((body) => {
          const place = start * 65_536 + body.length
          start += body.length
          return place
        })
        sql.run(
          `INSERT INTO event(at, kind, key, operation, body)
            SELECT ?1, 'entry', substr(body, 8, instr(body, ',') - 9), 'c', body FROM (
              SELECT CAST(substr(CAST(?3 AS BLOB), value >> 16, value & 65535) AS TEXT) AS body FROM json_each(?2) LIMIT -1 OFFSET 0)`,
          ...[at, JSON.stringify(places), bodies.join('')],
        )
      })
      collected = undefined
    },
    check: (entries: number) => {
      const found = ledger.verify()
      const events = sql.all<{ count: number }>(
        `SELECT count(*) AS count FROM event WHERE key = 'entry_' || sequence AND json_valid(body) AND body ->> 'id' = key`,
      )[0]?.count
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
