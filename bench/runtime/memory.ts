import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Workerd } from '@do/core/workerd'
import type { Row } from '../report.ts'
import { agentsCaller, type Caller, echoCaller, stockCaller } from './callers.ts'
import { open, residentKilobytes, type ServerName, serverNames } from './servers.ts'
import { posted } from './writes.ts'

// By how much a fresh workerd grows with objects that were written to once, and with connections to one object that made one call
// each. Nobody has gone to sleep yet.

const count = 120
const atATime = 20

interface Paths {
  readonly write: (name: string) => string
  readonly connect: (url: string) => Promise<Caller>
}

const paths: Readonly<Record<ServerName, Paths>> = {
  raw: { write: (name) => `/Entries/${name}`, connect: (url) => echoCaller(`${url}/Hibernating/a`) },
  ours: { write: (name) => `/thing/${name}/each`, connect: async (url) => stockCaller(`${url}/thing/a/rpc`) },
  agents: { write: (name) => `/agents/peer/${name}`, connect: (url) => agentsCaller(`${url}/agents/peer/a`) },
  partyserver: { write: (name) => `/parties/peer/${name}`, connect: (url) => echoCaller(`${url}/parties/peer/a`) },
}

export async function memory(folder: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of serverNames) {
    const home = join(folder, 'memory')
    const server = await open(name, home)
    try {
      const [object, connection] = [await ofObjects(server, paths[name]), await ofConnections(server, paths[name])]
      const measured = `${object.toFixed(0)} kB, ${connection.toFixed(0)} kB`
      rows.push({ what: `memory of an object in use, of a connection: ${name}`, measured })
    } finally {
      await server.kill()
      rmSync(home, { recursive: true, force: true })
    }
  }
  return rows
}

async function ofObjects(server: Workerd, { write }: Paths): Promise<number> {
  return growth(server, (index) => posted(server.url + write(`object-${index}`)))
}

async function ofConnections(server: Workerd, { connect }: Paths): Promise<number> {
  const callers: Caller[] = []
  try {
    return await growth(server, async () => {
      const caller = await connect(server.url)
      callers.push(caller)
      await caller.call('x'.repeat(32))
    })
  } finally {
    for (const caller of callers) caller.close()
  }
}

/** Kilobytes for each, after the first few. */
async function growth(server: Workerd, make: (index: number) => Promise<unknown>): Promise<number> {
  const some = async (from: number, to: number) => {
    for (let index = from; index < to; index += atATime) {
      await Promise.all(Array.from({ length: atATime }, (_, offset) => make(index + offset)))
    }
  }
  await some(0, 2 * atATime)
  const before = residentKilobytes(server)
  await some(2 * atATime, 2 * atATime + count)
  return (residentKilobytes(server) - before) / count
}
