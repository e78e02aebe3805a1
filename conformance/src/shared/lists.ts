import type { Listing } from '@do/provider'
import { collect, holds, outcome, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { why } from '../why.ts'

/** A list, as the checks see it that are the same for all lists. */
export interface ListSubject<W extends World = World> {
  /** `sms.list`. */
  readonly name: string
  readonly needs?: readonly string[]
  /** The twin's name of the request: `messages.list`. */
  readonly request: string
  /** Sees to it that there are at least five items, at different times, old enough to be listed. Answers the ids that must be there. */
  fill(world: W): Promise<readonly string[]>
  read(world: W, input?: { readonly limit?: number }): Listing<{ readonly id: string }>
}

/** Lists are read page by page: complete, once each, resumable, and no further than somebody looks. */
export function listChecks<W extends World>(list: ListSubject<W>): Check<W>[] {
  const check = (name: string, title: string, run: Check<W>['run']): Check<W> => ({
    id: `${list.name}.${name}`,
    level: 'must',
    title,
    why: why.paging,
    ...(list.needs === undefined ? {} : { needs: list.needs }),
    run,
  })
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id)
  const complete = (seen: readonly string[], wanted: readonly string[]) => {
    const missing = wanted.filter((id) => !seen.includes(id))
    holds(missing.length === 0, `${missing.length} of ${wanted.length} items are missing from the list.`)
    same(new Set(seen).size, seen.length, 'Different items in the list')
  }
  return [
    check('lazy', 'A list that nobody reads sends nothing', async (world) => {
      await list.fill(world)
      const before = world.requests(list.request).length
      list.read(world)
      // Whatever the unread list had sent would have arrived before this page.
      await list.read(world).page()
      same(world.requests(list.request).length - before, 1, 'Requests sent, one page having been read in another list')
    }),
    check('all-pages', 'Reading a list gives every item of every page, once', async (world) => {
      const wanted = await list.fill(world)
      complete(ids(await collect(list.read(world, { limit: 2 }))), wanted)
      holds(
        world.requests(list.request).length >= 3,
        'Five items in pages of two take three requests; the limit did not reach the vendor.',
      )
    }),
    check('page-limit', 'A page has no more items than asked for', async (world) => {
      await list.fill(world)
      let pages = 0
      for await (const page of list.read(world, { limit: 2 }).pages()) {
        holds(page.items.length <= 2, `A page of at most 2 has ${page.items.length} items.`)
        if (++pages > 40) break
      }
      holds(pages <= 40, 'The list has no last page.')
    }),
    check('resumes', 'The cursor of a page goes on where that page ended, in a new list too', async (world) => {
      const wanted = await list.fill(world)
      const seen: string[] = []
      let cursor: string | undefined
      for (let pages = 0; pages < 40; pages++) {
        const page = await list.read(world, { limit: 2 }).page(cursor)
        seen.push(...ids(page.items))
        cursor = page.cursor
        if (cursor === undefined) break
        holds(typeof cursor === 'string', 'The cursor is no text, so it cannot be kept.')
      }
      same(cursor, undefined, 'The cursor of the last page')
      complete(seen, wanted)
    }),
    check('stops', 'Who stops reading causes no more requests', async (world) => {
      await list.fill(world)
      const before = world.requests(list.request).length
      for await (const _ of list.read(world, { limit: 2 })) break
      same(world.requests(list.request).length - before, 1, 'Requests sent for the first item')
    }),
    check('fails-typed', 'A list that breaks throws an error without effect while it is read', async (world) => {
      await list.fill(world)
      world.twin.faults.always({ kind: 'unauthorized' }, { operation: list.request })
      const result = await outcome(() => collect(list.read(world)))
      holds(!result.ok, 'The vendor refused, but the list was read.')
      same(result.error.effect, 'none', 'Effect')
      same(result.error.fault, 'credential', 'Fault')
      same(result.error.operation, list.name, 'Operation')
    }),
    check('survives-hiccup', 'A passing fault while a list is read is read over', async (world) => {
      const wanted = await list.fill(world)
      world.twin.faults.next({ kind: 'error', status: 503, when: 'before' }, { operation: list.request })
      complete(ids(await collect(list.read(world, { limit: 2 }))), wanted)
    }),
  ]
}
