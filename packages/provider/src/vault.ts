import { refuse } from './errors.ts'
import { fromBase64, toBase64 } from './webhook.ts'

/** Where sealed credentials are kept: any key-value store. The vault never gives it a plain text. */
export interface VaultStore {
  get(key: string): Promise<string | undefined>
  put(key: string, sealed: string): Promise<void>
  delete(key: string): Promise<void>
  keys(prefix: string): Promise<readonly string[]>
}

/** Where a tenant's credentials come from. */
export interface CredentialSource {
  /** The credential of one provider instance of one tenant, or undefined when there is none. */
  get(tenant: string, instance: string): Promise<Credentials | undefined>
}

/** What an adapter needs to log in: `{ accountSid, authToken }`, `{ apiKey, publicKey }` … */
export type Credentials = Readonly<Record<string, unknown>>

export interface Vault extends CredentialSource {
  put(tenant: string, instance: string, credentials: Credentials): Promise<void>
  delete(tenant: string, instance: string): Promise<void>
  /** The instances that have a credential; never the credentials. */
  instances(tenant: string): Promise<readonly string[]>
  /** Seals everything again that is not under the current key; answers how many. Then the old key may go. */
  rotate(): Promise<number>
}

export interface VaultOptions {
  readonly store: VaultStore
  /**
   * `<id>:<32 bytes in base64>`, several separated by commas; the first seals, all of them open. From the environment,
   * never from the store. Make one with `openssl rand -base64 32`.
   */
  readonly keys: string
}

/** As it is stored; `iv` and `data` in base64. */
interface Sealed {
  /** Id of the key. */
  readonly k: string
  readonly iv: string
  readonly data: string
}

/**
 * Credentials at rest: AES-256-GCM by WebCrypto, a random nonce for each record, tenant and instance bound in as
 * additional data, so that a record moved to another tenant does not open.
 * @throws ProviderError `vault_keys_invalid` for unreadable keys.
 */
export async function createVault(options: VaultOptions): Promise<Vault> {
  const { store } = options
  const keys = await importKeys(options.keys)
  const current = keys.keys().next().value as string
  const place = (tenant: string, instance: string) => `credential/${encodeURIComponent(tenant)}/${encodeURIComponent(instance)}`

  const open = async (key: string, text: string): Promise<Credentials> => {
    const sealed = readSealed(text)
    const secret = keys.get(sealed.k)
    if (secret === undefined) {
      throw refuse(
        'vault_key_missing',
        `The vault key "${sealed.k}" is not in the environment. Add it behind the current key until rotate() has run.`,
        {
          fault: 'credential',
        },
      )
    }
    const algorithm = { name: 'AES-GCM', iv: sealed.iv, additionalData: encoder.encode(key) }
    const bytes = await crypto.subtle.decrypt(algorithm, secret, sealed.data).catch(damaged)
    return JSON.parse(new TextDecoder().decode(bytes)) as Credentials
  }

  const seal = async (key: string, credentials: Credentials): Promise<string> => {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(key) }
    const data = await crypto.subtle.encrypt(algorithm, keys.get(current) as Key, encoder.encode(JSON.stringify(credentials)))
    return JSON.stringify({ k: current, iv: toBase64(iv), data: toBase64(new Uint8Array(data)) } satisfies Sealed)
  }

  // One writer after the other: a rotation must not put back what was replaced while it sealed.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const mine = last.then(write, write)
    last = mine
    return mine
  }

  return {
    async get(tenant, instance) {
      const key = place(tenant, instance)
      const text = await store.get(key)
      return text === undefined ? undefined : open(key, text)
    },
    async put(tenant, instance, credentials) {
      const key = place(tenant, instance)
      await inTurn(async () => store.put(key, await seal(key, credentials)))
    },
    delete: (tenant, instance) => inTurn(() => store.delete(place(tenant, instance))),
    async instances(tenant) {
      const prefix = place(tenant, '')
      return (await store.keys(prefix)).map((key) => decodeURIComponent(key.slice(prefix.length))).sort()
    },
    async rotate() {
      let count = 0
      for (const key of await store.keys('credential/')) {
        await inTurn(async () => {
          const text = await store.get(key)
          if (text === undefined || readSealed(text).k === current) return
          await store.put(key, await seal(key, await open(key, text)))
          count += 1
        })
      }
      return count
    },
  }
}

/** A vault store in this process's memory, for tests and tools. */
export function memoryVaultStore(): VaultStore {
  const records = new Map<string, string>()
  return {
    get: async (key) => records.get(key),
    put: async (key, sealed) => void records.set(key, sealed),
    delete: async (key) => void records.delete(key),
    keys: async (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)),
  }
}

function readSealed(text: string): {
  readonly k: string
  readonly iv: Uint8Array<ArrayBuffer>
  readonly data: Uint8Array<ArrayBuffer>
} {
  try {
    const { k, iv, data } = JSON.parse(text) as Sealed
    return { k, iv: fromBase64(iv), data: fromBase64(data) }
  } catch {
    return damaged()
  }
}

function damaged(): never {
  throw refuse(
    'vault_record_damaged',
    'A credential does not open: it was changed, moved, or sealed with another key of the same id. Put it again.',
    {
      fault: 'credential',
    },
  )
}

const encoder = new TextEncoder()

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

async function importKeys(text: string): Promise<Map<string, Key>> {
  const keys = new Map<string, Key>()
  if (typeof text !== 'string') invalidKeys()
  for (const part of text
    .split(',')
    .map((piece) => piece.trim())
    .filter(Boolean)) {
    const [, id, encoded] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(part) ?? invalidKeys()
    if (keys.has(id as string)) invalidKeys()
    keys.set(
      id as string,
      await crypto.subtle.importKey('raw', fromBase64(encoded as string), 'AES-GCM', false, ['encrypt', 'decrypt']),
    )
  }
  return keys.size === 0 ? invalidKeys() : keys
}

function invalidKeys(): never {
  throw refuse(
    'vault_keys_invalid',
    'The vault keys must be "<id>:<32 bytes in base64>", comma separated, each id once. Make one with: openssl rand -base64 32',
    {
      fault: 'credential',
      field: 'keys',
    },
  )
}
