import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launched } from './launched.ts'

/** Starts a bundle on workerd without any storage or network, asks `/` once, and ends it. @throws CommandError `start_failed` */
export async function runOnce(bundle: string): Promise<unknown> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dobj-run-'))
  try {
    const workerd = await launched({ bundle, objects: [], dataFolder, outbound: ['local'], healthPath: '/' })
    try {
      return await (await fetch(workerd.url)).json()
    } finally {
      await workerd.kill()
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
