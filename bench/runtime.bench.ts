import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from './report.ts'
import { capture } from './runtime/capture.ts'
import { commits } from './runtime/commits.ts'
import { http } from './runtime/http.ts'
import { memory } from './runtime/memory.ts'
import { rpc } from './runtime/rpc.ts'
import { withAll } from './runtime/servers.ts'
import { sizes } from './runtime/sizes.ts'
import { steps } from './runtime/steps.ts'
import { writes } from './runtime/writes.ts'

// The runtime against raw Durable Objects, stock Cap'n Web and two libraries, each in a workerd of its own with its data on disk.
// Ways take turns within a round and are compared within it; rates are medians over the rounds, ratios means over the middle half of them, CPU is that of the server's
// process. Rates follow the load of the machine and the disk; CPU moves less.

export async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-runtime-'))
  try {
    return await withAll(folder, async (servers) => {
      const rows: Row[] = []
      for (const part of [commits, http, rpc, writes, capture, steps]) {
        console.log(`  ${part.name} …`)
        rows.push(...(await part(servers, folder)))
      }
      console.log('  memory, sizes …')
      return [...rows, ...(await memory(folder)), ...(await sizes())]
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
