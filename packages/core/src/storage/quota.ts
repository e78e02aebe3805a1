import { type Clock, refuse } from '@do/provider'
import type { LogLine } from '../http/log.ts'
import { isoTime } from '../kernel/iso-time.ts'
import type { Mutation } from '../kernel/types.ts'
import type { ObjectStorage } from '../platform/types.ts'

export interface StorageOptions {
  /** What the database may hold, in bytes. Default, and most on the platform: 10,000,000,000. */
  readonly limitBytes?: number
  /** From here on a line is logged. Default: nine tenths of the limit. */
  readonly warnBytes?: number
}

export interface StorageUsage {
  readonly bytes: number
  readonly limitBytes: number
  readonly state: 'ok' | 'nearly_full' | 'full'
}

export interface Quota {
  usage(): StorageUsage
  /** Before a mutation is done. @throws ProviderError `storage_full`; deleting is always allowed. */
  check(mutation: Pick<Mutation, 'source' | 'operation'>): void
}

interface QuotaSetting {
  readonly storage: ObjectStorage
  readonly clock: () => Pick<Clock, 'now'>
  readonly log: (line: LogLine) => void
  readonly options?: StorageOptions
}

/** What the runtime must still be able to end: lives, actions and schedules that were begun. They change the rows they have. */
const ownSources = ['record', 'actions', 'schedules', 'schedules.runs']

/** Mutations between two looks at the size, while there is room. */
const interval = 64

/**
 * The platform ends an object's writes at 10 GB with an error of its own, in the middle of whatever runs. This warns before, and
 * refuses while there is still room to delete, deliver and move away.
 */
export function createQuota({ storage, clock, log, options = {} }: QuotaSetting): Quota {
  const { limitBytes = 10_000_000_000, warnBytes = limitBytes * 0.9 } = options
  /** The last 1 % is for deleting and for the runtime's own tables. */
  const fullBytes = limitBytes * 0.99
  let untilLook = 0
  let warnedAt = 0

  const usage = (): StorageUsage => {
    const bytes = storage.sql.databaseSize
    return { bytes, limitBytes, state: bytes >= fullBytes ? 'full' : bytes >= warnBytes ? 'nearly_full' : 'ok' }
  }

  return {
    usage,
    check: ({ source, operation }) => {
      untilLook -= 1
      if (untilLook > 0) return
      const { bytes, state } = usage()
      untilLook = state === 'ok' ? interval : 0
      // Again with each further hundredth, not with each write.
      if (state !== 'ok' && bytes >= warnedAt + limitBytes / 100) {
        warnedAt = bytes
        log({ at: isoTime(clock().now()), level: 'warn', event: `storage.${state}`, bytes, limitBytes })
      }
      const ends = operation === 'delete' || (operation === 'update' && ownSources.includes(source))
      if (state !== 'full' || ends) return
      throw refuse(
        'storage_full',
        `The object holds ${bytes} of ${limitBytes} bytes. Delete what is not needed, shorten the retention of its changes, or shard it.`,
        { fault: 'quota' },
      )
    },
  }
}
