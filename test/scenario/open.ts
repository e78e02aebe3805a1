import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Desk, openDesk } from '../../examples/phone-desk/desk.ts'
import { type Keys, readKeys } from '../../examples/phone-desk/keys.ts'
import { openPort } from '../../examples/phone-desk/ports.ts'
import { type Client, client } from '../../examples/phone-desk/scenario/client.ts'
import { type Account, closeVendors, openVendors, type Vendors } from '../../examples/phone-desk/vendors.ts'

/** A desk on real workerd with data on disk, and one tenant, Acme, whose vendor accounts are twins. */
export interface AcmeDesk {
  readonly desk: Desk
  readonly keys: Keys
  readonly dataFolder: string
  readonly vendors: Vendors
  readonly operator: Client
  /** Acme's own, with its first token. */
  readonly tenant: Client
  readonly token: string
  close(): Promise<void>
}

/** `hooks`: the interface whose webhooks an account sends by itself. */
export async function openAcme(
  accounts: Readonly<Record<string, Account>>,
  seed: number,
  hooks: (provider: string) => 'sms' | 'telephony' = () => 'sms',
  /** Of twins that are opened elsewhere. */
  origins: readonly string[] = [],
): Promise<AcmeDesk> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'acme-'))
  const keys = readKeys(dataFolder)
  const port = await openPort(0)
  const vendors = await openVendors(accounts, seed, (name) => `http://127.0.0.1:${port}/t/acme/hooks/${hooks(name)}/${name}`)
  const vendorOrigins = [...Object.values(vendors).map(({ server }) => server.url), ...origins]
  const desk = await openDesk({ dataFolder, keys, port, vendorOrigins })
  const operator = client(() => desk.url, keys.operatorToken)
  const { token } = await operator.ok<{ token: string }>('PUT', '/t/acme', { name: 'Acme' })
  return {
    desk,
    keys,
    dataFolder,
    vendors,
    operator,
    token,
    tenant: client(() => `${desk.url}/t/acme`, token),
    close: async () => {
      await desk.workerd.stop()
      await closeVendors(vendors)
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Gives Acme its credentials for all its accounts, and an order to send messages in. */
export async function configureSms({ tenant, vendors }: AcmeDesk, order: readonly string[]): Promise<void> {
  for (const { name, credentials } of Object.values(vendors)) await tenant.ok('PUT', `/credentials/${name}`, credentials)
  const instances = Object.fromEntries(
    Object.values(vendors).map(({ name, server, twin }) => [name, { baseUrl: server.url, senders: [twin.sender] }]),
  )
  await tenant.ok('PUT', '/config', { sms: { order, instances, attemptTimeout: 2_000 } })
}
