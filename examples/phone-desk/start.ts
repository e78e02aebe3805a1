import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ServedTwin } from '@do/fixtures/server'
import { type Desk, openDesk } from './desk.ts'
import { readKeys, writeKeys } from './keys.ts'
import { openPort } from './ports.ts'
import { openAllMinds, openAllTills, openAllVendors, runScenario } from './scenario/run.ts'
import type { StepResult } from './scenario/steps.ts'

export interface StartOptions {
  /** Everything that is kept lies here. */
  readonly dataFolder: string
  /** Wanted port of the desk; a free one when it is taken. */
  readonly port: number
  readonly print: (line: string) => void
}

export interface Started {
  readonly desk: Desk
  readonly results: readonly StepResult[]
  /** Signs in to the page at once. */
  readonly link: string
  close(): Promise<void>
}

/** Vendors, runtime and scenario: what `npm start` does. */
export async function start({ dataFolder, port: wanted, print }: StartOptions): Promise<Started> {
  const found = existsSync(join(dataFolder, 'keys.json'))
  const old = readKeys(dataFolder)
  const keys = writeKeys(dataFolder, { ...old, starts: old.starts + 1 })
  const port = await openPort(wanted)
  const vendors = await openAllVendors(keys.starts, `http://127.0.0.1:${port}`)
  const tills = await openAllTills(keys.starts, `http://127.0.0.1:${port}`)
  const minds = await openAllMinds(keys.starts)
  const accounts: readonly { readonly server: ServedTwin }[] = [
    ...Object.values(vendors).flatMap((own) => Object.values(own)),
    ...Object.values(minds).flatMap((own) => Object.values(own)),
    ...Object.values(tills),
  ]
  const servers = accounts.map(({ server }) => server)
  const origins = servers.map(({ url }) => url)
  const desk = await openDesk({ dataFolder: join(dataFolder, 'objects'), keys, port, vendorOrigins: origins }).catch(
    async (error) => {
      await closeAll(servers)
      throw error
    },
  )
  print(`${found ? `Data of ${old.starts} earlier ${old.starts === 1 ? 'start' : 'starts'}` : 'New data'} in ${dataFolder}`)
  print(`Runtime on ${desk.url} · ${origins.length} vendor accounts on loopback`)
  const close = async () => {
    await desk.workerd.stop()
    await closeAll(servers)
  }
  try {
    const results = await runScenario({ desk, vendors, tills, minds, keys, dataFolder, print })
    return { desk, results, link: `${desk.url}/console#token=${keys.operatorToken}`, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function closeAll(servers: readonly ServedTwin[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()))
}
