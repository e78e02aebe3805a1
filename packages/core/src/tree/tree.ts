import { ProviderError, refuse } from '@do/provider'
import type { ChangeRoom } from '../changes/changes.ts'
import { isoTime } from '../kernel/iso-time.ts'
import type { Kernel } from '../kernel/types.ts'
import { addressOf, type ObjectAddress, reach } from '../object/reach.ts'
import { limitOf, pageOf, readCursor } from '../storage/paging.ts'
import { ours, same } from './address.ts'
import { deleting, lifecycleRoom } from './lifecycle.ts'
import { treeTable } from './table.ts'
import type { Child, Lifecycle, RemoteLifecycle, Tree } from './types.ts'
import { createWalk, cycle, type Visited } from './walk.ts'

export interface TreeRoom extends Tree {
  /** Throws what a suspended or deleting object answers to whoever would write. @throws ProviderError `suspended`, `deleting` */
  admit(): void
  /** Before every write: of a deleted object nothing comes back by itself. @throws `gone`; ProviderError `deleting` when it is nearly gone */
  writable(): void
  /** Around the making of the object's record: one that was deleted begins another epoch. */
  born<T>(make: () => T): T
  /** The object's `$context` was set by its own code: tells the old and the new parent, by a job. */
  moved(from: string | null, to: string | null): void
  /** For rooms that owe something to others: throws while there is something left that has to be written for. `retryAfterMs` says when to look again. */
  beforeDelete(check: () => void): void
}

export interface TreeSetting {
  readonly kernel: Kernel
  /** Sets `$context` without telling anybody. */
  readonly setContext: (context: string | null) => void
  readonly log: ChangeRoom
}

/** A crash leaves the link to this job, which comes after the direct attempt has had its time. */
const linkAgainMs = 5_000

export function createTree({ kernel, setContext, log }: TreeSetting): TreeRoom {
  const { doors, jobs, storage, transaction } = kernel
  const table = treeTable(storage)
  const linking = new Map<string, Promise<Child>>()
  const me = (): ObjectAddress & { readonly url: string } => {
    const { $id: url, $type: type } = kernel.record()
    return { type, name: kernel.ctx.id.name ?? addressOf(url).name, url }
  }
  const now = () => kernel.clock().now()
  const { lifecycle, beforeDelete, writable } = lifecycleRoom({ kernel, table, me, linking, log })
  const walk = createWalk({ kernel, table })

  const admit = () => {
    const status = table.status()
    // What a deleted one may do is said where it writes: to make it anew is allowed.
    if (status === 'active' || status === 'deleted') return
    if (status === 'deleting') throw deleting()
    throw refuse('suspended', 'This object is suspended. Resume it first.', { fault: 'policy' })
  }

  const born = <T>(make: () => T): T =>
    transaction(() => {
      const before = table.unbury()
      const made = make()
      if (before !== undefined) log.anew(before)
      return made
    })

  const drop = (child: ObjectAddress & { readonly url: string }) =>
    transaction(() => {
      table.remove(child.url)
      jobs.cancel(linkKey(child.url))
    })

  /** Tells the child, and notes that it knows. Any part of it may be repeated. */
  const link = async (child: Child): Promise<Child> => {
    const { type, name, url } = child
    try {
      const { leaf } = (await doors.knock({ type, name }, 'core.tree.adopt', { parent: { ...me() } })) as { leaf: boolean }
      // Whoever has no children has nobody below to come back to. For others the way up is walked after the child has
      // committed: of several that close a ring at the same time, the last one sees all of it.
      if (!leaf && (await walk.above(me(), { type, name }))) {
        await doors.knock({ type, name }, 'core.tree.release', { parent: { ...me() } })
        throw cycle()
      }
    } catch (error) {
      if (ProviderError.is(error) && error.effect === 'none') drop(child)
      throw error
    }
    if (table.childAt(url) === undefined) {
      await doors.knock({ type, name }, 'core.tree.release', { parent: { ...me() } })
      throw deleting()
    }
    transaction(() => {
      table.linked(url)
      jobs.cancel(linkKey(url))
    })
    return { ...child, state: 'linked' }
  }

  const adopt = async (type: string, name: string): Promise<Child> => {
    const { url } = reach(kernel.env, { type, name })
    const known = table.child(type, name)
    if (known?.state === 'linked') return known
    const begun = linking.get(url)
    if (begun !== undefined) return begun
    admit()
    if (same(me(), { type, name })) throw cycle()
    const child = transaction(() => {
      kernel.exists()
      if (known === undefined) table.insert({ type, name, url }, now())
      jobs.schedule({ name: 'core.tree.link', key: linkKey(url), payload: { type, name }, at: now() + linkAgainMs })
      return table.child(type, name) as Child
    })
    const work = link(child).finally(() => linking.delete(url))
    linking.set(url, work)
    return work
  }

  jobs.define<ObjectAddress>(
    'core.tree.link',
    async ({ type, name }) => {
      const child = table.child(type, name)
      if (child === undefined || table.status() === 'deleting') return
      try {
        await link(child)
      } catch (error) {
        // A refusal is final, and the child is off the list; whoever asked for it has been told or is gone.
        if (!ProviderError.is(error) || error.effect !== 'none') throw error
      }
    },
    { attempts: Number.POSITIVE_INFINITY },
  )
  jobs.define<{ readonly from: string | null; readonly to: string | null }>(
    'core.tree.move',
    async ({ from, to }) => {
      const { type, name } = me()
      for (const [parent, door] of [
        [from, 'core.tree.gone'],
        [to, 'core.tree.join'],
      ] as const) {
        const address = parent === null ? undefined : ours(parent)
        // A later move may have taken it elsewhere: the last one counts.
        const stale = door === 'core.tree.join' ? kernel.record().$context !== to : kernel.record().$context === from
        if (address === undefined || stale) continue
        try {
          await doors.knock(address, door, { child: { type, name } })
        } catch (error) {
          if (!ProviderError.is(error) || error.effect !== 'none') throw error
          // The new parent says no, for good: this object stands alone then, rather than in a ring.
          kernel.log({ at: isoTime(now()), level: 'warn', event: 'tree.refused', code: error.code })
          transaction(() => {
            if (door === 'core.tree.join' && kernel.record().$context === to) setContext(null)
          })
        }
      }
    },
    { attempts: Number.POSITIVE_INFINITY },
  )

  doors.on('core.tree.adopt', (payload) => {
    const { parent } = payload as { readonly parent: ObjectAddress & { readonly url: string } }
    if (table.status() === 'deleting') admit()
    const { $context } = kernel.record()
    if ($context !== null && !same(ours($context), parent)) {
      throw refuse('has_other_parent', 'This object is the child of another one already.')
    }
    if (table.child(parent.type, parent.name) !== undefined) throw cycle()
    if ($context === null) born(() => setContext(parent.url))
    return { leaf: !table.any() }
  })
  doors.on('core.tree.release', (payload) => {
    const { parent } = payload as { readonly parent: ObjectAddress }
    const { $context } = kernel.record()
    if ($context !== null && same(ours($context), parent)) transaction(() => setContext(null))
    return null
  })
  doors.on('core.tree.join', async (payload) => {
    const { child } = payload as { readonly child: ObjectAddress }
    if (table.status() === 'deleting') admit()
    if (await walk.above(me(), child)) throw cycle()
    const { url } = reach(kernel.env, child)
    transaction(() => {
      kernel.exists()
      if (table.childAt(url) === undefined) table.insert({ ...child, url }, now())
      table.linked(url)
    })
    return null
  })
  doors.on('core.tree.gone', (payload) => {
    const { child } = payload as { readonly child: ObjectAddress }
    const row = table.child(child.type, child.name)
    if (row === undefined) return null
    transaction(() => {
      drop(row)
      if (table.status() === 'deleting') jobs.schedule({ name: 'core.tree.delete', key: 'core.tree.delete' })
    })
    return null
  })
  doors.on('core.tree.visit', (payload): Visited => walk.visited(payload))
  doors.on('core.tree.lifecycle', (payload) => {
    const { act, options = {} } = payload as {
      readonly act: keyof Lifecycle
      readonly options?: { readonly children?: 'delete' }
    }
    if (act === 'suspend' || act === 'resume') lifecycle[act]()
    if (act === 'delete') lifecycle.delete(options)
    return table.status()
  })

  const lifecycleOf = (address: ObjectAddress | string): RemoteLifecycle => {
    const ask = async (act: string, options = {}) =>
      (await doors.knock(address, 'core.tree.lifecycle', { act, options })) as Lifecycle['status']
    return {
      status: () => ask('status'),
      suspend: () => ask('suspend').then(() => {}),
      resume: () => ask('resume').then(() => {}),
      delete: (options) => ask('delete', options).then(() => {}),
    }
  }

  return {
    adopt,
    admit,
    writable,
    born,
    lifecycle,
    lifecycleOf,
    beforeDelete,
    moved: (from, to) => {
      if (from === to || [from, to].every((url) => url === null || ours(url) === undefined)) return
      jobs.schedule({ name: 'core.tree.move', payload: { from, to } })
    },
    children: ({ type, limit, cursor } = {}) => {
      const count = limitOf(limit)
      const after = cursor === undefined ? undefined : (readCursor(cursor, 2).map(String) as [string, string])
      return pageOf(
        table.list(type, after, count + 1),
        count,
        (child) => child,
        ({ type, name }) => [type, name],
      )
    },
    parent: async () => (await walk.up(1))[0],
    ancestors: () => walk.up(64),
    descendants: (query) => walk.down(query),
  }
}

function linkKey(url: string): string {
  return `core.tree.link:${url}`
}
