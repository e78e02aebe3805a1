import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchWorkerd } from '@do/core/workerd'

/** Starts a bundle on workerd without any storage or network, asks `/` once, and ends it. */
export async function runOnce(bundle: string): Promise<unknown> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dobj-run-'))
  try {
    const workerd = await launchWorkerd({ bundle, objects: [], dataFolder, outbound: ['local'], healthPath: '/' })
    try {
      return await (await fetch(workerd.url)).json()
    } finally {
      await workerd.kill()
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
