import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Workerd } from '@do/core/workerd'
import type { Row } from '../report.ts'
import type { Servers } from './servers.ts'
import { posted } from './writes.ts'

// How many writes share one commit, and so one flush of the disk, when 64 clients write at the same time: read from the database's
// own log. Unlike the rates beside it, it does not depend on how fast the disk flushes.

const clients = 64
const times = 3

export async function commits({ raw, ours }: Servers): Promise<Row[]> {
  return [
    await row('raw object, one commit each', raw, 'Entries', '/Entries/commits'),
    await row('raw object, group commit', raw, 'Grouped', '/Grouped/commits'),
    await row('ours, $writer', ours, 'Thing', '/thing/commits/grouped'),
  ]
}

async function row(name: string, server: Workerd, objects: string, path: string): Promise<Row> {
  // The first makes the tables.
  await posted(server.url + path)
  const folder = join(dirname(dirname(server.logFile)), objects)
  const before = commitsIn(folder)
  for (let time = 0; time < times; time++) {
    await Promise.all(Array.from({ length: clients }, () => posted(server.url + path)))
  }
  const each = (clients * times) / (commitsIn(folder) - before)
  return { what: `durable writes for each commit, ${clients} clients: ${name}`, measured: each.toFixed(1) }
}

const headerBytes = 32
const frameHeaderBytes = 24

/** Commits in the write-ahead logs of a folder, since each was last begun anew: https://sqlite.org/fileformat2.html#walformat */
function commitsIn(folder: string): number {
  let count = 0
  for (const name of readdirSync(folder).filter((one) => one.endsWith('-wal'))) {
    const log = readFileSync(join(folder, name))
    if (log.length < headerBytes) continue
    const frameBytes = frameHeaderBytes + log.readUInt32BE(8)
    const salts = log.subarray(16, 24)
    for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
      // Frames of an earlier time have other salts; only the last frame of a commit says how large the database is.
      if (log.subarray(at + 8, at + 16).equals(salts) && log.readUInt32BE(at + 4) !== 0) count++
    }
  }
  return count
}
