import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inDurableObject, openWorkerd } from './ledger/durable.ts'
import { oursInMemory, rawInMemory } from './ledger/memory.ts'
import { readBook } from './ledger/reports.ts'
import { dayMs } from './ledger/work.ts'
import { atLeast, atMost, type Row } from './report.ts'
import { inTurns, typical } from './rounds.ts'

// The ledger against SQLite with nothing around it, all in one run: every way posts the same entries into a book of its own, in
// turns, and every book is checked afterwards. The gates compare CPU, of this process or of workerd: wall time moves with the
// load of the machine.

export async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ledger-'))
  const workerd = await openWorkerd(folder)
  try {
    const rounds = await inTurns(
      {
        limit: async () => rawInMemory(16_000, 1000),
        rawSingle: () => inDurableObject(workerd, 'raw', 8000, 1),
        ourSingle: () => inDurableObject(workerd, 'ours', 8000, 1),
        ourBatch: () => inDurableObject(workerd, 'ours', 20_000, 1000),
        ourTens: () => inDurableObject(workerd, 'ours', 8000, 10),
        ourMemory: async () => oursInMemory(16_000, 1000),
      },
      { rounds: 5, warmUp: 1 },
    )
    const rate = (name: keyof (typeof rounds)[number], by: 'time' | 'cpu' = 'time') =>
      typical(rounds, (round) => 1000 / round[name][by])
    const row = (what: string, name: keyof (typeof rounds)[number]): Row => ({
      what,
      measured: `${Math.round(rate(name))}/s, ${Math.round(rate(name, 'cpu'))}/CPU-s`,
    })
    const against = (ours: keyof (typeof rounds)[number], raw: keyof (typeof rounds)[number], by: 'time' | 'cpu') =>
      typical(rounds, (round) => round[raw][by] / round[ours][by])
    console.log('  books of 100,000 entries …')
    const month = readBook(30_000)
    const years = readBook((3 * 365 * dayMs) / 100_000)
    return [
      row('raw SQLite, in memory, 1,000 in a transaction (the limit)', 'limit'),
      row('raw Durable Object, one entry in a transaction', 'rawSingle'),
      row('ledger in a Durable Object, one post', 'ourSingle'),
      row('ledger in a Durable Object, batches of 10', 'ourTens'),
      row('ledger in a Durable Object, batches of 1,000', 'ourBatch'),
      row('ledger in memory, batches of 1,000', 'ourMemory'),
      atLeast('one post / raw Durable Object, CPU', against('ourSingle', 'rawSingle', 'cpu'), 0.9, '', 2),
      { what: 'one post / raw Durable Object, wall time', measured: against('ourSingle', 'rawSingle', 'time').toFixed(2) },
      atLeast('batch of 1,000 in a Durable Object / raw SQLite limit, CPU', against('ourBatch', 'limit', 'cpu'), 0.8, '', 2),
      {
        what: 'batch of 1,000 in a Durable Object / raw SQLite limit, wall time',
        measured: against('ourBatch', 'limit', 'time').toFixed(2),
      },
      { what: 'batch of 1,000 in memory / raw SQLite limit, CPU', measured: against('ourMemory', 'limit', 'cpu').toFixed(2) },
      atMost('balance sheet at a past date, 100,000 entries over a month, CPU', month.balanceSheet, 2, ' ms', 2),
      atMost('balance sheet at a past date, 100,000 entries over three years, CPU', years.balanceSheet, 2, ' ms', 2),
      { what: '… as known at an earlier entry too', measured: `${month.asKnown.toFixed(2)} ms, ${years.asKnown.toFixed(2)} ms` },
      { what: 'one balance at a past date', measured: `${month.oneBalance.toFixed(3)} ms, ${years.oneBalance.toFixed(3)} ms` },
      { what: 'all balances now', measured: `${month.now.toFixed(2)} ms, ${years.now.toFixed(2)} ms` },
      {
        what: 'bytes an entry takes (with its key and its change event)',
        measured: `${month.bytesPerEntry.toFixed(0)}, ${years.bytesPerEntry.toFixed(0)}`,
      },
    ]
  } finally {
    await workerd.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
