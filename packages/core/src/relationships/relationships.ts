import { type Page, refuse } from '@do/provider'
import { encodeDocument } from '../collection/document.ts'
import type { CollectionKernel } from '../collection/in-kernel.ts'
import type { SqlValue } from '../platform/types.ts'
import { checkKey, type Json } from '../storage/json.ts'
import { limitOf, pageOf, readCursor, writeCursor } from '../storage/paging.ts'
import { first, once, run } from '../storage/sql.ts'
import { removalOf } from './removal.ts'
import { type EdgeRow, edgeOf, edgesAt, hasEdges, openEdges } from './table.ts'
import type { Edge, EdgeQuery, RelationshipOptions, Relationships } from './types.ts'
import { invalid, walk } from './walk.ts'

interface Ends {
  readonly from: string
  readonly verb: string
  readonly to: string
}

const key = 'from_id = ? AND verb = ? AND to_id = ?'

/** Edges between things, by their ids: of this object's things, or of any others that have a URL. */
export function createRelationships(kernel: CollectionKernel, options: RelationshipOptions = {}): Relationships {
  const { storage } = kernel
  const rules = new Map(Object.entries(options.rules ?? {}))

  const change = <R>(act: () => R): R =>
    kernel.transaction(() => {
      openEdges(storage)
      once(storage, 'record', kernel.exists)
      return act()
    })
  const tell = (operation: 'create' | 'update' | 'delete', { from, verb, to }: Ends, before?: Edge, after?: Edge) =>
    kernel.mutated({
      source: 'relationships',
      operation,
      key: JSON.stringify([from, verb, to]),
      ...(before === undefined ? {} : { before: JSON.stringify(before) }),
      ...(after === undefined ? {} : { after: JSON.stringify(after) }),
    })

  const meant = (word: string): { readonly action: string; readonly reverse: boolean } => {
    if (options.verbs !== undefined) return options.verbs.verbOf(word)
    if (typeof word === 'string' && /^[a-z][A-Za-z0-9]{0,63}$/.test(word)) return { action: word, reverse: false }
    throw refuse('unknown_verb', 'A verb is 1 to 64 letters and digits, a small letter first, such as "place".', {
      field: 'verb',
    })
  }
  /** As the edge is stored, whichever end it is told from. */
  const endsOf = (from: string, word: string, to: string): Ends => {
    checkKey(from, 'The id of one end')
    checkKey(to, 'The id of one end')
    const { action, reverse } = meant(word)
    return reverse ? { from: to, verb: action, to: from } : { from, verb: action, to }
  }
  const read = ({ from, verb, to }: Ends): Edge | undefined => {
    const row = hasEdges(storage) ? edgesAt(storage, key, from, verb, to)[0] : undefined
    return row === undefined ? undefined : edgeOf(row)
  }

  const refuseSecond = ({ from, verb, to }: Ends) => {
    const unique = rules.get(verb)?.unique
    const taken = (end: string, other: string, ...ids: string[]) =>
      first(
        storage,
        `SELECT 1 AS found FROM do_relationships WHERE ${end} = ? AND verb = ? AND ${other} <> ? LIMIT 1`,
        ...ids,
      ) !== undefined
    const out = (unique === 'from' || unique === 'both') && taken('from_id', 'to_id', from, verb, to)
    const into = (unique === 'to' || unique === 'both') && taken('to_id', 'from_id', to, verb, from)
    if (!out && !into) return
    throw refuse(
      'already_exists',
      `There is an edge "${verb}" ${out ? 'from the one' : 'to the other'} already, and only one may be.`,
      {
        field: out ? 'from' : 'to',
      },
    )
  }

  /** The condition of a query, and the end by which the edges are in order. */
  const selectionOf = (query: EdgeQuery): { sql: string; bindings: SqlValue[]; other: 'from_id' | 'to_id' } => {
    const words = query.verb === undefined ? [] : typeof query.verb === 'string' ? [query.verb] : query.verb
    const verbs = words.map(meant)
    if (verbs.some(({ reverse }) => reverse !== verbs[0]?.reverse)) {
      throw invalid('verb', 'Verbs of one query are told from the same end: all plain, or all in their reverse form.')
    }
    const turned = verbs[0]?.reverse === true
    const [from, to] = turned ? [query.to, query.from] : [query.from, query.to]
    if (from === undefined && to === undefined) throw invalid('from', 'A query of edges names at least one end: from or to.')
    const parts: string[] = []
    const bindings: SqlValue[] = []
    for (const [end, id] of [['from_id', from] as const, ['to_id', to] as const]) {
      if (id === undefined) continue
      checkKey(id, 'The id of one end')
      parts.push(`${end} = ?`)
      bindings.push(id)
    }
    if (query.verb !== undefined) {
      const actions = verbs.map(({ action }) => action)
      parts.push(actions.length === 1 ? 'verb = ?' : 'verb IN (SELECT value FROM json_each(?))')
      bindings.push(actions.length === 1 ? (actions[0] as string) : JSON.stringify(actions))
    }
    return { sql: parts.join(' AND '), bindings, other: from === undefined ? 'from_id' : 'to_id' }
  }

  const list = (query: EdgeQuery): Page<Edge> => {
    const { sql, bindings, other } = selectionOf(query)
    const limit = limitOf(query.limit)
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor, 2).map(String)
    if (!hasEdges(storage)) return { items: [] }
    const beyond = after === undefined ? '' : `AND (verb, ${other}) > (?, ?)`
    const order = `ORDER BY verb, ${other} LIMIT ?`
    const found = edgesAt(storage, `${sql} ${beyond} ${order}`, ...bindings, ...(after ?? []), limit + 1)
    return pageOf(found, limit, edgeOf, (last) => [last.verb, last[other]])
  }

  return {
    relate: (from, word, to, data) => {
      const ends = endsOf(from, word, to)
      const text = data === undefined ? null : encodeDocument('relationships', undefined, `${from} ${word} ${to}`, data)
      return change(() => {
        refuseSecond(ends)
        const before = read(ends)
        const query = `INSERT INTO do_relationships VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (from_id, verb, to_id) DO UPDATE SET data = excluded.data RETURNING *`
        const now = kernel.clock().now()
        const edge = edgeOf(first<EdgeRow>(storage, query, ends.from, ends.verb, ends.to, text, now) as EdgeRow)
        tell(before === undefined ? 'create' : 'update', ends, before, edge)
        return edge
      })
    },
    unrelate: (from, word, to) => {
      const ends = endsOf(from, word, to)
      if (read(ends) === undefined) return false
      return change(() => {
        const before = read(ends)
        run(storage, `DELETE FROM do_relationships WHERE ${key}`, ends.from, ends.verb, ends.to)
        tell('delete', ends, before)
        return true
      })
    },
    get: (from, word, to) => read(endsOf(from, word, to)),
    list,
    count: (query) => {
      const { sql, bindings } = selectionOf(query)
      if (!hasEdges(storage)) return 0
      return (
        first<{ count: number }>(storage, `SELECT count(*) AS count FROM do_relationships WHERE ${sql}`, ...bindings)?.count ?? 0
      )
    },
    related: (id, verb, page = {}) => {
      const { items, ...rest } = list({ ...page, from: id, verb })
      const { reverse } = meant(verb)
      return { items: items.map(({ from, to }) => (reverse ? from : to)), ...rest }
    },
    traverse: (start, { limit, cursor, ...how } = {}) => {
      checkKey(start, 'The id of the start')
      const size = limitOf(limit)
      const after = cursor === undefined ? undefined : readCursor(cursor, 2)
      const { reached, truncated } = walk(storage, start, withVerbs(how))
      const rest = after === undefined ? reached : reached.filter(({ depth, id }) => isAfter(depth, id, after))
      const items = rest.slice(0, size)
      const last = items.at(-1)
      return {
        items,
        ...(rest.length > size && last !== undefined ? { cursor: writeCursor([last.depth, last.id]) } : {}),
        ...(truncated ? { truncated } : {}),
      }
    },
    path: (from, to, how = {}) => {
      checkKey(from, 'The id of the start')
      checkKey(to, 'The id of the end')
      if (from === to) return []
      const { reached } = walk(storage, from, withVerbs(how), (seen) => seen.has(to))
      const by = new Map(reached.map((one) => [one.id, one]))
      const way: Ends[] = []
      for (let at = by.get(to); at !== undefined; ) {
        way.unshift(at.via)
        const previous: string = at.via.to === at.id ? at.via.from : at.via.to
        if (previous === from) return way
        at = by.get(previous)
      }
      return undefined
    },
    removeThing: (id, remove = () => {}) => {
      checkKey(id, 'The id of the thing')
      return change(() => {
        const { things, edges } = removalOf(storage, rules, id)
        for (const edge of edges) {
          run(storage, `DELETE FROM do_relationships WHERE ${key}`, edge.from, edge.verb, edge.to)
          tell('delete', edge, edge)
        }
        for (const thing of things) remove(thing)
        return things
      })
    },
  }

  function withVerbs<H extends { readonly verbs?: readonly string[] }>(how: H): H {
    return how.verbs === undefined ? how : { ...how, verbs: how.verbs.map((word) => meant(word).action) }
  }
}

function isAfter(depth: number, id: string, [lastDepth, lastId]: readonly (Json | undefined)[]): boolean {
  return depth > Number(lastDepth) || (depth === lastDepth && id > String(lastId))
}
