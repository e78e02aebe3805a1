import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The secrets of this installation, and what it remembers of its tenants. Only this user may read the file. */
export interface Keys {
  readonly operatorToken: string
  /** For credentials at rest. */
  readonly vaultKeys: string
  /** Tenant tokens by tenant. */
  readonly tenants: Readonly<Record<string, string>>
  /** How often the desk has been started: twins are new each time and must not repeat their ids. */
  readonly starts: number
}

const fileOf = (folder: string) => join(folder, 'keys.json')

/** Reads the keys, or makes them on the first start. */
export function readKeys(folder: string): Keys {
  mkdirSync(folder, { recursive: true })
  if (existsSync(fileOf(folder))) return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Keys
  return {
    operatorToken: randomBytes(32).toString('hex'),
    vaultKeys: `first:${randomBytes(32).toString('base64')}`,
    tenants: {},
    starts: 0,
  }
}

export function writeKeys(folder: string, keys: Keys): Keys {
  writeFileSync(fileOf(folder), `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  chmodSync(fileOf(folder), 0o600)
  return keys
}
