import { type Page, refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectAddress } from '../object/reach.ts'
import { foreignCursor, limitOf, readCursor, writeCursor } from '../storage/paging.ts'
import { ours, same } from './address.ts'
import type { TreeTable } from './table.ts'
import type { Child, DescendantQuery, TreeNode } from './types.ts'

/** What an object answers to whoever walks by. */
export interface Visited {
  /** Absent when nothing was ever stored there, or all of it is deleted. */
  readonly node?: Omit<TreeNode, 'depth'>
  readonly children: readonly Child[]
}

type Mark = readonly [type: string, name: string]

/** Further up there is a ring, or nobody who could be served. */
const highest = 64
const pageOfChildren = 100

export function createWalk({ kernel, table }: { readonly kernel: Kernel; readonly table: TreeTable }) {
  const visited = (payload: unknown): Visited => {
    const { after, limit } = payload as { readonly after?: Mark; readonly limit: number }
    const { $id, $type, $context, $version } = kernel.record()
    return {
      ...($version === 0 ? {} : { node: { $id, $type, $context, status: table.status() } }),
      children: table.list(undefined, after, limit),
    }
  }
  const visit = async (address: ObjectAddress | undefined, limit: number, after?: Mark): Promise<Visited> => {
    const payload = after === undefined ? { limit } : { limit, after }
    if (address === undefined) return visited(payload)
    return (await kernel.doors.knock({ type: address.type, name: address.name }, 'core.tree.visit', payload)) as Visited
  }

  const up = async (most: number): Promise<TreeNode[]> => {
    const found: TreeNode[] = []
    const seen: ObjectAddress[] = []
    let context = kernel.record().$context
    while (context !== null && found.length < most) {
      const address = ours(context)
      if (address === undefined) break
      if (seen.some((before) => same(before, address))) throw cycle()
      seen.push(address)
      const { node } = await visit(address, 0)
      if (node === undefined) break
      found.push({ ...node, depth: found.length + 1 })
      context = node.$context
    }
    if (found.length === highest && context !== null)
      throw refuse('too_deep', `There are more than ${highest} objects above this one.`)
    return found
  }

  /** Is `wanted` somewhere above `from`, or `from` itself? */
  const above = async (from: ObjectAddress, wanted: ObjectAddress): Promise<boolean> => {
    const seen: ObjectAddress[] = []
    let at: ObjectAddress | undefined = from
    while (at !== undefined && !seen.some((before) => same(before, at))) {
      if (same(at, wanted)) return true
      if (seen.length >= highest) return true
      seen.push(at)
      const context: string | null | undefined = same(at, from) ? kernel.record().$context : (await visit(at, 0)).node?.$context
      at = context === null || context === undefined ? undefined : ours(context)
    }
    return false
  }

  /** Each object below, parents before children, from behind `resume`: the way down to the last one seen. */
  async function* below(
    at: ObjectAddress | undefined,
    depth: number,
    path: readonly Mark[],
    resume: readonly Mark[],
  ): AsyncGenerator<Found> {
    const [head, ...rest] = resume
    if (head !== undefined && depth > path.length + 1) {
      yield* below({ type: head[0], name: head[1] }, depth, [...path, head], rest)
    }
    let after = head
    for (;;) {
      const { children } = await visit(at, pageOfChildren, after)
      for (const { type, name } of children) {
        const mark: Mark = [type, name]
        const { node } = await visit({ type, name }, 0)
        if (node !== undefined) {
          const way = [...path, mark]
          yield { node: { ...node, depth: way.length }, way }
          if (way.length < depth) yield* below({ type, name }, depth, way, [])
        }
        after = mark
      }
      if (children.length < pageOfChildren) return
    }
  }

  const down = async ({ depth = 16, limit, cursor }: DescendantQuery = {}): Promise<Page<TreeNode>> => {
    if (!Number.isInteger(depth) || depth < 1 || depth > 16)
      throw refuse('invalid_depth', 'The depth is a whole number from 1 to 16.', { field: 'depth' })
    const count = limitOf(limit)
    const found: Found[] = []
    for await (const next of below(undefined, depth, [], resumed(cursor))) {
      // One more than asked for tells that there is another page.
      if (found.length === count) {
        const last = found.at(-1) as Found
        return { items: found.map(({ node }) => node), cursor: writeCursor([JSON.stringify(last.way)]) }
      }
      found.push(next)
    }
    return { items: found.map(({ node }) => node) }
  }

  return { visited, up, above, down }
}

export function cycle() {
  return refuse('cycle', 'An object cannot stand above itself. Give it another $context.')
}

interface Found {
  readonly node: TreeNode
  readonly way: readonly Mark[]
}

function resumed(cursor: string | undefined): readonly Mark[] {
  if (cursor === undefined) return []
  const [text] = readCursor(cursor, 1)
  try {
    const way: unknown = JSON.parse(String(text))
    const fits = (mark: unknown) => Array.isArray(mark) && mark.length === 2 && mark.every((part) => typeof part === 'string')
    if (Array.isArray(way) && way.length <= 16 && way.every(fits)) return way as Mark[]
  } catch {
    // Said below.
  }
  throw foreignCursor()
}
