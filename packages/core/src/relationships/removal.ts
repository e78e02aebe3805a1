import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { type EdgeRow, edgeOf, edgesAt } from './table.ts'
import type { Edge, VerbRule } from './types.ts'

const most = 10_000

/** What goes with a thing: all that its edges pull along, and every edge of theirs. Things that hang on it come before it. */
export function removalOf(storage: ObjectStorage, rules: ReadonlyMap<string, VerbRule>, start: string) {
  const doomed = new Set([start])
  const edges = new Map<string, Edge>()
  const forbidding: { readonly edge: Edge; readonly other: string }[] = []
  // The set grows while it is walked.
  for (const id of doomed) {
    for (const row of touching(storage, id)) {
      const edge = edgeOf(row)
      edges.set(JSON.stringify([edge.from, edge.verb, edge.to]), edge)
      const rule = rules.get(edge.verb)?.onRemove
      for (const [here, other, what] of [
        [edge.from, edge.to, rule?.from],
        [edge.to, edge.from, rule?.to],
      ] as const) {
        if (here !== id || other === id) continue
        if (what === 'cascade') doomed.add(other)
        if (what === 'restrict') forbidding.push({ edge, other })
      }
      if (doomed.size > most || edges.size > most * 10) {
        throw refuse('too_many', `More than ${most} things would be removed with this one. Remove them in parts first.`)
      }
    }
  }
  // Whoever goes as well forbids nothing.
  const held = forbidding.find(({ other }) => !doomed.has(other))
  if (held !== undefined) {
    const { from, verb, to } = held.edge
    throw refuse(
      'restricted',
      `"${from}" ${verb} "${to}": while this is so, neither may be removed in this way. Take the edge away first.`,
      {
        field: verb,
      },
    )
  }
  return { things: [...doomed].toReversed(), edges: [...edges.values()] }
}

function touching(storage: ObjectStorage, id: string): EdgeRow[] {
  return [...edgesAt(storage, 'from_id = ?', id), ...edgesAt(storage, 'to_id = ?', id)]
}
