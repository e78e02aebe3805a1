import { type Credentials, createVault as createSealer, ProviderError, refuse, type Vault } from '@do/provider'
import { currentCall } from '../kernel/call-context.ts'
import type { Kernel } from '../kernel/types.ts'
import { checkKey, encodeJson, exceeds, type Json } from '../storage/json.ts'
import { limitOf } from '../storage/paging.ts'
import { type SealedRow, vaultTable } from './table.ts'
import type { ObjectVault, VaultAccess, VaultRoomOptions } from './types.ts'

const jobName = 'core.vault.rotate'
const maxBytes = 65_536

/**
 * Secrets of one object, sealed by the vault of `@do/provider` (AES-256-GCM; name and version are bound in, so that a record
 * that was moved does not open). Keys come from the environment only.
 */
export function createVault(kernel: Kernel, { keys }: VaultRoomOptions): ObjectVault {
  const table = vaultTable(kernel)
  const current = String(keys).split(',')[0]?.split(':')[0]?.trim() ?? ''

  /** The provider's vault around one record: it seals and opens, the rows are kept here. */
  const sealer = (sealed: { text?: string }): Promise<Vault> => {
    const store = {
      get: async () => sealed.text,
      put: async (_: string, text: string) => {
        sealed.text = text
      },
      delete: async () => {},
      keys: async () => [],
    }
    return createSealer({ keys, store })
  }
  const seal = async (name: string, version: number, value: Json): Promise<string> => {
    const sealed: { text?: string } = {}
    await (await sealer(sealed)).put(name, String(version), { value })
    return sealed.text as string
  }
  const open = async ({ name, version, sealed }: SealedRow): Promise<Json> => {
    const opened = (await (await sealer({ text: sealed })).get(name, String(version))) as { value: Json }
    return opened.value
  }

  const who = (by: string | undefined) => by ?? currentCall()?.principal ?? null
  const record = (action: VaultAccess['action'], name: string, version: number, by: string | null, error?: unknown) => {
    // An unknown error's text may hold anything; its code does not.
    const outcome = error === undefined ? 'ok' : ProviderError.is(error) ? error.code : 'error'
    table.record(action, name, version, by, outcome)
  }
  const nameOf = (name: string) => {
    checkKey(name, 'The name of a secret')
    if (name.length > 500) throw refuse('invalid_key', 'The name of a secret has at most 500 characters.', { field: 'name' })
  }

  const rotation = () => {
    const job = kernel.jobs.get(jobName)
    return {
      key: current,
      ...table.counts(current),
      damaged: table.damaged(),
      running: job !== undefined && job.state !== 'dead',
    }
  }
  /** One record after the other, each in a transaction of its own: what is done stays done when the process dies. */
  kernel.jobs.define(
    jobName,
    async (_, { signal }) => {
      for (let row = table.nextUnder(current); row !== undefined; row = table.nextUnder(current)) {
        signal.throwIfAborted()
        const next = row
        try {
          const sealed = await seal(next.name, next.version, await open(next))
          table.change(() => {
            if (table.reseal(next, current, sealed)) record('rotate', next.name, next.version, null)
          })
        } catch (error) {
          // A key that is missing may come back with the next deployment; a damaged record never does, and holds up no other.
          if (!ProviderError.is(error) || error.code !== 'vault_record_damaged') throw error
          table.change(() => {
            table.damage(next)
            record('rotate', next.name, next.version, null, error)
          })
        }
      }
    },
    { attempts: 20, timeoutMs: 240_000 },
  )

  const get = async (name: string, { version, by }: { readonly version?: number; readonly by?: string } = {}): Promise<Json> => {
    const actor = who(by)
    const row = table.find(name, version)
    try {
      if (row === undefined) {
        throw refuse(
          'secret_not_found',
          `There is no secret "${String(name).slice(0, 200)}"${version === undefined ? '' : ` of version ${version}`}. Put it first.`,
          {
            fault: 'credential',
            field: 'name',
          },
        )
      }
      if (row.expires_at !== null && row.expires_at <= kernel.clock().now()) {
        throw refuse('secret_expired', `The secret "${name}" of version ${row.version} has expired. Put a new one.`, {
          fault: 'credential',
          field: 'name',
        })
      }
      const value = await open(row)
      record('get', name, row.version, actor)
      return value
    } catch (error) {
      // Somebody asking for what is not there is worth knowing, where there is a vault at all.
      if (table.there()) record('get', String(name).slice(0, 500), row?.version ?? version ?? 0, actor, error)
      throw error
    }
  }

  return {
    put: async (name, value, { expiresAt, by } = {}) => {
      nameOf(name)
      if (exceeds(encodeJson(value, 'The secret'), maxBytes)) {
        throw refuse('too_large', 'A secret has at most 64 kB. Keep what is larger elsewhere, under a key that is kept here.', {
          field: 'value',
        })
      }
      if (expiresAt !== undefined && !(Number.isFinite(expiresAt) && expiresAt > kernel.clock().now())) {
        throw refuse('invalid_time', 'A secret expires at epoch milliseconds to come.', { field: 'expiresAt' })
      }
      const actor = who(by)
      // Bad keys are found before anything is written.
      await sealer({})
      const version = table.reserve(name)
      const sealed = await seal(name, version, value)
      return table.change(() => {
        table.insert(name, version, current, sealed, expiresAt ?? null)
        record('put', name, version, actor)
        return table.info(name) as NonNullable<ReturnType<typeof table.info>>
      })
    },
    get: get as ObjectVault['get'],
    list: ({ prefix = '', limit } = {}) => table.list(prefix, limitOf(limit)),
    info: (name) => table.info(name),
    delete: (name, { version, by } = {}) => {
      if (table.find(name, version) === undefined) return false
      const actor = who(by)
      table.change(() => {
        for (const gone of table.remove(name, version)) record('delete', name, gone, actor)
      })
      return true
    },
    rotate: () => {
      if (table.nextUnder(current) !== undefined) kernel.jobs.schedule({ name: jobName, key: jobName })
      return rotation()
    },
    rotation,
    audit: ({ name, limit } = {}) => table.audit(name ?? null, limitOf(limit)),
    credentials: {
      get: async (tenant, instance) => {
        const name = `${encodeURIComponent(tenant)}/${encodeURIComponent(instance)}`
        return table.find(name) === undefined ? undefined : ((await get(name)) as Credentials)
      },
    },
  }
}
