import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
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
  /** A free one: vendors are told it before anything starts. */
  readonly port: number
  /** Where the vendor twins listen. */
  readonly vendorOrigins: readonly string[]
}

export async function openDesk({ dataFolder, keys, port, vendorOrigins }: DeskOptions): Promise<Desk> {
  const url = `http://127.0.0.1:${port}`
  const workerd = await launchWorkerd({
    entry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    objects: ['Tenant', 'SaaS', 'Business'],
    dataFolder,
    port,
    // Twins only: nothing leaves this machine.
    outbound: ['local'],
    env: {
      OPERATOR_TOKEN: keys.operatorToken,
      VAULT_KEYS: keys.vaultKeys,
      PUBLIC_URL: url,
      VENDOR_ORIGINS: vendorOrigins.join(','),
    },
  })
  if (workerd.port !== port) throw new Error(`Port ${port} was taken in the last moment. Start again.`)
  return { url, operatorToken: keys.operatorToken, workerd }
}
