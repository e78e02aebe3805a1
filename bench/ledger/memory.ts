import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { nodeSqlite } from '@do/ledger/node'
import type { Cost } from '../rounds.ts'
import { openOurs } from './ours.ts'
import { check, insertAccount, postRow, type Run, tables } from './raw.ts'
import { accountCount, transfers } from './work.ts'

/** SQLite in this process and in memory: no disk, hardly any commit. Row by row, 1,000 in a transaction: the limit. */
export function rawInMemory(count: number, size: number): Cost {
  const database = new DatabaseSync(':memory:')
  const prepared = new Map<string, StatementSync>()
  const run: Run = (statement, ...parameters) => {
    let ready = prepared.get(statement)
    if (ready === undefined) {
      ready = database.prepare(statement)
      prepared.set(statement, ready)
    }
    ready.run(...parameters)
  }
  for (const table of tables) run(table)
  for (let index = 1; index <= accountCount; index++) run(insertAccount, index, `a${index}`)
  const work = transfers(count)
  const cost = timedHere(count, () => {
    for (let from = 0; from < count; from += size) {
      database.exec('BEGIN')
      for (const transfer of work.slice(from, from + size)) postRow(run, transfer)
      database.exec('COMMIT')
    }
  })
  const found = database.prepare(check).get()
  if (found?.entries !== count || found.wrong !== 0 || found.unbalanced !== 0) throw new Error('The raw books are wrong.')
  database.close()
  return cost
}

export function oursInMemory(count: number, size: number): Cost {
  const database = new DatabaseSync(':memory:')
  const ours = openOurs(nodeSqlite(database))
  const work = transfers(count)
  const cost = timedHere(count, () => {
    for (let from = 0; from < count; from += size) {
      if (size === 1) ours.post(work[from] as (typeof work)[number])
      else ours.postAll(work.slice(from, from + size))
    }
  })
  ours.check(count)
  database.close()
  return cost
}

function timedHere(calls: number, work: () => void): Cost {
  const before = process.cpuUsage()
  const started = performance.now()
  work()
  const time = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { time: time / calls, cpu: (user + system) / 1000 / calls, calls }
}
