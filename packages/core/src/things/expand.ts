import { refuse } from '@do/provider'
import { isReference, mapObjects, referencesIn } from './forms.ts'
import type { Expanded, ExpandOptions, Thing } from './types.ts'

const mostThings = 1_000

interface Source {
  /** URL of the object whose things these are. */
  readonly context: string
  getMany(ids: readonly string[]): readonly (Thing | undefined)[]
}

/** Level by level: what one level refers to is read together, then put in its places. */
export function expandThing(source: Source, root: Thing, { depth = 1, fields, missing = 'mark' }: ExpandOptions): Expanded {
  if (!Number.isInteger(depth) || depth < 1 || depth > 8) {
    throw refuse('invalid_query', 'References are expanded 1 to 8 deep.', { field: 'depth' })
  }
  const wanted = (path: string) => fields === undefined || fields.some((field) => path === field || path.startsWith(`${field}.`))
  const known = new Map<string, Thing | undefined>([[root.$id, root]])
  let level = referencesIn(root, wanted)
  for (let at = 1; at <= depth && level.length > 0; at++) {
    const fresh = level.filter((id) => !known.has(id))
    if (known.size + fresh.length > mostThings) throw tooMany()
    const found = source.getMany(fresh)
    fresh.forEach((id, index) => {
      known.set(id, found[index])
    })
    level = [...new Set(found.flatMap((thing) => (thing === undefined ? [] : referencesIn(thing))))]
  }
  let things = 0
  const build = (thing: Thing, above: readonly string[]): Expanded => {
    things += 1
    // A thing that many refer to stands in many places: the answer has a limit, not only what is read.
    if (things > mostThings) throw tooMany()
    const within = [...above, thing.$id]
    const inside = mapObjects(thing, (item, path) => {
      if (!isReference(item)) return undefined
      if (within.length > depth || (above.length === 0 && !wanted(path))) return item
      // Within itself it would never end.
      if (within.includes(item.$ref)) return item
      const other = known.get(item.$ref)
      if (other !== undefined) return build(other, within)
      if (!item.$ref.startsWith(`${source.context}/`)) return item
      if (missing === 'mark') return { ...item, $missing: true }
      throw refuse('missing_reference', `"${path}" of ${thing.$id} refers to a thing that is not there.`, { field: path })
    }) as Thing
    return { $context: source.context, ...inside }
  }
  return build(root, [])
}

function tooMany() {
  return refuse(
    'too_many_references',
    `More than ${mostThings} things would be in the answer. Expand fewer fields, or less deep.`,
  )
}
