import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { fileURLToPath } from 'node:url'
import { openPort } from './ports.ts'
import type { Keys } from './keys.ts'

/** The runtime of the example: workerd with its data on disk. */
export interface Desk {
  readonly url: string
  readonly operatorToken: string
  readonly workerd: Workerd
}

export interface DeskOptions {
  readonly dataFolder: string
  readonly keys: Keys
  /** Wanted port; another one when it is taken. */
  readonly port?: number
  /** Where the vendor twins listen. */
  readonly vendorOrigins: readonly string[]
}

export async function openDesk({ dataFolder, keys, port = 0, vendorOrigins }: DeskOptions): Promise<Desk> {
  // Vendors must be told the port before anything starts, so it is picked here.
  const open = await openPort(port)
  const url = `http://127.0.0.1:${open}`
  const workerd = await launchWorkerd({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    objects: ['Tenant', 'Directory'],
    dataFolder,
    port: open,
    // Twins only: nothing leaves this machine.
    outbound: ['local'],
    env: {
      OPERATOR_TOKEN: keys.operatorToken,
      VAULT_KEYS: keys.vaultKeys,
      PUBLIC_URL: url,
      VENDOR_ORIGINS: vendorOrigins.join(','),
    },
  })
  if (workerd.port !== open) throw new Error(`Port ${open} was taken in the last moment. Start again.`)
  return { url, operatorToken: keys.operatorToken, workerd }
}
