import { AsyncLocalStorage } from 'node:async_hooks'
import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { transaction } from '../storage/sql.ts'

export interface WriterOptions {
  /** Callers that may wait at a time. Default 10,000. */
  readonly maxWaiting?: number
  /** Callers that share one commit. Default 1,000. */
  readonly maxGroup?: number
}

/** Durable writes that share their commit: the disk is asked once for all who come while it is busy. */
export interface Writer {
  /**
   * Runs `run` in a savepoint of its own, in the order of the calls, and resolves with its answer when that is on disk. One that
   * throws takes nothing of the others with it.
   * @throws ProviderError `overloaded` when too many wait already: nothing was run; `async_transaction` when `run` answers a promise.
   */
  write<T>(run: () => T): Promise<T>
  /** Callers that wait now. */
  readonly waiting: number
}

interface Caller {
  /** In the caller's own call context: its request id and principal stand in the changes it makes. */
  readonly enter: <T>(run: () => T) => T
  readonly run: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

type Settle = () => void

/** Turns that a group gathers at most. */
const maxTurns = 20

export function createWriter(storage: ObjectStorage, options: WriterOptions = {}): Writer {
  const { maxWaiting = 10_000, maxGroup = 1_000 } = options
  let queue: Caller[] = []
  let busy = false

  /** All of a group in one transaction; what each of them hears when it is on disk. */
  const commit = (group: readonly Caller[]): Settle[] => {
    try {
      return transaction(storage, () => group.map((caller) => runOne(storage, caller)))
    } catch (error) {
      return group.map(
        ({ reject }) =>
          () =>
            reject(error),
      )
    }
  }

  /** A turn of the event loop, and another as long as each brings somebody: whoever is on the way comes along. */
  const gathered = async () => {
    for (let turn = 0, before = 0; turn < maxTurns && queue.length > before && queue.length < maxGroup; turn += 1) {
      before = queue.length
      await new Promise<void>((resolve) => setTimeout(resolve, 0))
    }
  }

  const drain = async () => {
    while (queue.length > 0) {
      await gathered()
      const group = queue.slice(0, maxGroup)
      queue = queue.slice(group.length)
      const settles = commit(group)
      try {
        await storage.sync()
        for (const settle of settles) settle()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    busy = false
  }

  return {
    write: <T>(run: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (queue.length >= maxWaiting) {
          throw refuse('overloaded', `${queue.length} writes wait already and nothing of this one was done. Repeat it later.`, {
            fault: 'quota',
            retryAfterMs: 1_000,
          })
        }
        queue.push({ enter: AsyncLocalStorage.snapshot(), run, resolve: resolve as (value: never) => void, reject })
        if (busy) return
        busy = true
        void drain()
      }),
    get waiting() {
      return queue.length
    },
  }
}

function runOne(storage: ObjectStorage, { enter, run, resolve, reject }: Caller): Settle {
  try {
    const value = enter(() => transaction(storage, run)) as never
    return () => resolve(value)
  } catch (error) {
    return () => reject(error)
  }
}
