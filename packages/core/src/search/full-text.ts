import { type Page, refuse } from '@do/provider'
import { documentOf, type Row, rowColumns } from '../collection/document.ts'
import { insideOf } from '../collection/inside.ts'
import { conditionsOf } from '../collection/query.ts'
import { isPath, live } from '../collection/table.ts'
import type { Collection, Document, Where } from '../collection/types.ts'
import { limitOf, pageOf, readCursor } from '../storage/paging.ts'
import { once, rows } from '../storage/sql.ts'
import { dropIndex, indexNames, makeIndex, type Tokens } from './fts-table.ts'
import { type MatchOptions, matchOf } from './query.ts'

export interface FullTextOptions {
  /**
   * How text becomes words: `words` (default; any language that has spaces, accents and case ignored), `english` (the same, and
   * "runs", "running" are "run"), `parts` (any three characters: finds within words and in scripts without spaces).
   */
  readonly tokens?: Tokens
  /** How much a hit in each field counts, in the order of the fields. Default 1 each. */
  readonly weights?: readonly number[]
}

export interface SearchOptions extends MatchOptions {
  /** As in `list`: of indexed fields. */
  readonly where?: Where
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  /** Scores move when documents change: pages read meanwhile may miss or repeat one. */
  readonly cursor?: string
  /** Also gives the places that were hit. */
  readonly highlight?: boolean
}

export interface Hit<T> {
  readonly document: Document<T>
  /** Greater is better; only to be compared within one search (BM25, negated). */
  readonly score: number
  /** By field, those that were hit: the text around, in pieces. Put each into the page as text, the hits in `<mark>`. */
  readonly highlights?: Readonly<Record<string, readonly Piece[]>>
}

export interface Piece {
  readonly text: string
  readonly hit: boolean
}

export interface FullText<T> {
  /** The best first. @throws ProviderError `invalid_search`, `not_indexed`, `invalid_where`, `invalid_cursor`, `invalid_limit` */
  search(words: string, options?: SearchOptions): Page<Hit<T>>
  /** Takes the index and what keeps it away, for a field that is no longer searched. Do it in a migration. */
  drop(): void
}

interface Found extends Row {
  score: number
}

// From the area for private use: text that has them loses no more than the right place of a mark.
const begin = '\u{e000}'
const end = '\u{e001}'

/**
 * Full-text search over text fields of a collection, on SQLite's FTS5. Call it where the class declares the collection, before
 * anything is written; what is there already is indexed at once. Triggers keep it right in the transaction of each write.
 * @throws ProviderError `invalid_collection` for a field that cannot be one.
 */
export function fullText<T extends object>(
  collection: Collection<T>,
  fields: readonly string[],
  { tokens = 'words', weights = [] }: FullTextOptions = {},
): FullText<T> {
  if (fields.length === 0 || fields.length > 16 || !fields.every(isPath) || !weights.every(Number.isFinite)) {
    throw refuse(
      'invalid_collection',
      `Search in ${collection.name} is over 1 to 16 fields, each a path such as "customer.name".`,
    )
  }
  const { storage, table, there, mutate, onOpen } = insideOf(collection)
  const names = indexNames(table)
  let dropped = false
  onOpen(() => {
    if (!dropped) once(storage, `search ${names.index}`, () => makeIndex(storage, table, fields, tokens))
  })
  const bm25 = `bm25(${[names.index, ...fields.map((_, index) => weights[index] ?? 1)].join(', ')})`

  return {
    search: (words, options = {}) => {
      const match = matchOf(words, options)
      const limit = limitOf(options.limit)
      const where = conditionsOf(table, options.where)
      const after = options.cursor === undefined ? undefined : markOf(options.cursor)
      if (!there()) return { items: [] }
      const beyond = after === undefined ? '1' : '("$score" > ? OR ("$score" = ? AND n > ?))'
      // The score is a function of the index alone and may be asked for only there; the filter knows nothing of it.
      const query = `WITH hits AS MATERIALIZED (SELECT rowid AS "$hit", ${bm25} AS "$score" FROM ${names.index} WHERE ${names.index} MATCH ?)
        SELECT ${rowColumns}, "$score" AS score FROM hits JOIN ${table.name} ON n = "$hit"
        WHERE ${live} AND (${where.sql}) AND ${beyond} ORDER BY "$score", n LIMIT ?`
      const bindings = [match, ...where.bindings, ...(after === undefined ? [] : [after[0], after[0], after[1]]), limit + 1]
      const found = rows<Found>(storage, query, ...bindings)
      const places = options.highlight === true ? placesOf(found.slice(0, limit), match) : undefined
      const hitOf = (row: Found) => ({
        document: documentOf<T>(row),
        score: -row.score,
        ...(places === undefined ? {} : { highlights: places.get(row.n) ?? {} }),
      })
      return pageOf(found, limit, hitOf, ({ score, n }) => [score, n])
    },
    drop: () => {
      dropped = true
      mutate(() => dropIndex(storage, table))
    },
  }

  /** For the page alone, not for every hit. */
  function placesOf(page: readonly Found[], match: string): Map<number, Record<string, readonly Piece[]>> {
    const columns = fields.map((_, index) => `snippet(${names.index}, ${index}, ?1, ?2, '…', 32) AS s${index}`)
    const query = `SELECT rowid AS n, ${columns.join(', ')} FROM ${names.index} WHERE ${names.index} MATCH ?3
      AND rowid IN (SELECT value FROM json_each(?4))`
    const found = rows(storage, query, begin, end, match, JSON.stringify(page.map(({ n }) => n)))
    return new Map(
      found.map((row) => {
        const pieces = fields.map((field, index) => [field, piecesOf(row[`s${index}`])] as const)
        return [Number(row.n), Object.fromEntries(pieces.filter(([, list]) => list.some(({ hit }) => hit)))]
      }),
    )
  }
}

function piecesOf(marked: unknown): Piece[] {
  if (typeof marked !== 'string') return []
  return marked
    .split(begin)
    .flatMap((part, index) => {
      const [hit, ...rest] = index === 0 ? ['', part] : part.split(end)
      return [
        { text: hit ?? '', hit: true },
        { text: rest.join(''), hit: false },
      ]
    })
    .filter(({ text }) => text !== '')
}

function markOf(cursor: string): [number, number] {
  const [score, n] = readCursor(cursor, 2)
  if (typeof score === 'number' && typeof n === 'number') return [score, n]
  throw refuse('invalid_cursor', 'This cursor is not one of this search. Use it as the page gave it.', { field: 'cursor' })
}
