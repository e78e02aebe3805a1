import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { hasEdges, stepsFrom } from './table.ts'
import type { Reached, TraverseOptions } from './types.ts'

export interface Walk {
  /** Nearest first, then by id. */
  readonly reached: readonly Reached[]
  readonly truncated: boolean
}

/**
 * Breadth first, one query for each step away and direction, however many things there are. Each thing is visited once, so
 * cycles end. Stops when `enough` says so.
 * @throws ProviderError `invalid_query`
 */
export function walk(
  storage: ObjectStorage,
  start: string,
  { verbs, direction = 'out', depth = 3, most = 10_000 }: TraverseOptions,
  enough: (reached: ReadonlyMap<string, Reached>) => boolean = () => false,
): Walk {
  if (!Number.isInteger(depth) || depth < 1 || depth > 32) throw invalid('depth', 'The depth of a traversal is 1 to 32.')
  if (!Number.isInteger(most) || most < 1 || most > 100_000) throw invalid('most', 'A traversal looks at 1 to 100,000 things.')
  if (!['out', 'in', 'both'].includes(direction)) throw invalid('direction', 'The direction is out, in or both.')
  const seen = new Map<string, Reached>()
  if (!hasEdges(storage)) return { reached: [], truncated: false }
  let frontier = [start]
  for (let level = 1; level <= depth && frontier.length > 0 && !enough(seen); level++) {
    const next: string[] = []
    for (const step of steps(storage, frontier, direction, verbs)) {
      const { from_id: from, verb, to_id: to } = step.edge
      const id = step.out ? to : from
      if (id === start || seen.has(id)) continue
      if (seen.size === most) return { reached: inOrder(seen), truncated: true }
      seen.set(id, { id, depth: level, via: { from, verb, to } })
      next.push(id)
    }
    frontier = next
  }
  return { reached: inOrder(seen), truncated: false }
}

function* steps(storage: ObjectStorage, frontier: readonly string[], direction: string, verbs: readonly string[] | undefined) {
  if (direction !== 'in') for (const edge of stepsFrom(storage, frontier, 'from_id', verbs)) yield { edge, out: true }
  if (direction !== 'out') for (const edge of stepsFrom(storage, frontier, 'to_id', verbs)) yield { edge, out: false }
}

function inOrder(seen: ReadonlyMap<string, Reached>): Reached[] {
  return [...seen.values()].sort((a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1))
}

export function invalid(field: string, message: string) {
  return refuse('invalid_query', message, { field })
}
