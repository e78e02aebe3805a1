import { ProviderError, refuse } from '@do/provider'
import type { ChangeRoom } from '../changes/changes.ts'
import { problem } from '../http/problem.ts'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectAddress } from '../object/reach.ts'
import { forgetAll } from '../storage/sql.ts'
import { ours } from './address.ts'
import type { TreeTable } from './table.ts'
import type { Lifecycle, LifecycleStatus } from './types.ts'

interface LifecycleSetting {
  readonly kernel: Kernel
  readonly table: TreeTable
  readonly me: () => ObjectAddress
  /** Children that are being told of their parent just now. */
  readonly linking: ReadonlyMap<string, Promise<unknown>>
  readonly log: ChangeRoom
}

/** Children are asked this many at a time. */
const atOnce = 6
/** A child that deletes tells its parent; this is for the case that nobody could. */
const lookAgainMs = 30_000

export function lifecycleRoom({ kernel, table, me, linking, log }: LifecycleSetting) {
  const { doors, jobs, storage, transaction } = kernel
  const checks: (() => void)[] = []
  const now = () => kernel.clock().now()

  const change = (to: LifecycleStatus, more: () => void = () => {}) =>
    transaction(() => {
      const before = table.status()
      if (before === to) return
      kernel.exists()
      table.setStatus(to, now())
      kernel.mutated({
        source: 'record',
        operation: 'update',
        key: '$status',
        before: JSON.stringify(before),
        after: JSON.stringify(to),
      })
      more()
    })

  /**
   * The last moment at which anything is written. Together with the look whether all is done that needs writing: what comes
   * in between would be lost.
   */
  const seal = () =>
    transaction(() => {
      if (table.sealed()) return
      for (const check of checks) check()
      // Whoever remembers that he may write looks again.
      forgetAll(storage)
      table.setStatus('deleting', now(), log.changes.epoch)
    })

  /** Children first, then what others must know, then everything. Each step may be repeated after a crash. */
  const remove = async (): Promise<() => void> => {
    await Promise.allSettled(linking.values())
    for (let children = table.list(undefined, undefined, 1_000); children.length > 0; ) {
      for (let first = 0; first < children.length; first += atOnce) {
        await Promise.all(
          children.slice(first, first + atOnce).map(async ({ type, name, url }) => {
            const { yours } = (await doors.knock({ type, name }, 'core.tree.delete', { parent: { ...me() } })) as {
              yours: boolean
            }
            if (!yours) transaction(() => table.remove(url))
          }),
        )
      }
      const last = children.at(-1)
      children = last === undefined ? [] : table.list(undefined, [last.type, last.name], 1_000)
    }
    if (table.any()) {
      return () => {
        jobs.schedule({ name: 'core.tree.delete', key: 'core.tree.delete', at: now() + (table.any() ? lookAgainMs : 0) })
      }
    }
    try {
      seal()
      await log.farewell()
    } catch (error) {
      const pauseMs = ProviderError.is(error) ? error.retryAfterMs : undefined
      if (pauseMs === undefined) throw error
      // Not yet, and no failure: it comes again when it was told to.
      return () => void jobs.schedule({ name: 'core.tree.delete', key: 'core.tree.delete', at: now() + pauseMs })
    }
    const { $context } = kernel.record()
    const parent = $context === null ? undefined : ours($context)
    const { type, name } = me()
    if (parent !== undefined) await doors.knock(parent, 'core.tree.gone', { child: { type, name } })
    for (const socket of kernel.ctx.getWebSockets()) socket.close(1001, 'This object was deleted')
    const last = log.changes.epoch
    // In this order: should the machine die in between, an alarm finds nothing to do. The other way round nobody would come.
    const wiped = storage.deleteAll()
    // In the same turn, and so in the same commit.
    table.setStatus('deleted', now(), last)
    await wiped
    await storage.deleteAlarm()
    await storage.sync()
    // What this life still remembers of its storage must not be written again.
    kernel.ctx.abort('This object was deleted')
    return () => {}
  }
  jobs.define('core.tree.delete', remove, { attempts: Number.POSITIVE_INFINITY, maxBackoffMs: 60_000 })
  jobs.define('core.tree.resume', () => {})

  const begin = () => change('deleting', () => jobs.schedule({ name: 'core.tree.delete', key: 'core.tree.delete' }))
  doors.on('core.tree.delete', (payload) => {
    const { parent } = payload as { readonly parent: ObjectAddress }
    const { $context, $version } = kernel.record()
    const above = $context === null ? undefined : ours($context)
    if ($version === 0 || above?.type !== parent.type || above.name !== parent.name) return { yours: false }
    begin()
    return { yours: true }
  })

  const lifecycle: Lifecycle = {
    get status() {
      return table.status()
    },
    suspend: () => {
      if (table.status() === 'deleting') throw deleting()
      change('suspended')
    },
    resume: () => {
      if (table.status() === 'deleting') throw deleting()
      // Scheduling sets the alarm to the first of all jobs: what fell due meanwhile follows.
      change('active', () => jobs.schedule({ name: 'core.tree.resume', key: 'core.tree.resume' }))
    },
    delete: ({ children } = {}) => {
      if (table.status() === 'deleted') return
      if (children !== 'delete' && table.any()) {
        throw refuse('has_children', "This object has children. Delete them, or confirm with { children: 'delete' }.", {
          fault: 'policy',
        })
      }
      begin()
    },
  }
  return {
    lifecycle,
    beforeDelete: (check: () => void) => void checks.push(check),
    writable: () => {
      if (!table.sealed()) return
      if (table.status() === 'deleting') throw deleting()
      throw problem(410, 'gone', 'This object was deleted. Create it anew first.')
    },
  }
}

export function deleting() {
  return refuse('deleting', 'This object is being deleted. That cannot be taken back.', { fault: 'policy' })
}
