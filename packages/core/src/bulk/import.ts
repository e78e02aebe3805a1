import { type ProviderError, refuse } from '@do/provider'
import { type Inside, insideOf } from '../collection/inside.ts'
import type { Collection } from '../collection/types.ts'
import { maxRowBytes } from '../storage/json.ts'
import { type Entry, entriesOf, type ImportRows } from './lines.ts'
import { type ImportProgress, progressOf, saveProgress } from './progress.ts'
import { type BulkMode, known, type Prepared, prepare, writeRows } from './write.ts'

export interface ImportOptions {
  /** Names this import in this collection: the same name goes on where it stopped. 1 to 128 characters. */
  readonly name: string
  /** Rows of one transaction, 1 to 5,000. Default 500. */
  readonly batch?: number
  /** Default `insert`: an id that is there already is an error of its row. */
  readonly mode?: BulkMode
  /** Makes a document, with `$id` where it is to have one, of a row as it came; `undefined` leaves it out. */
  readonly map?: (row: unknown) => unknown
  /** So many rows may be wrong, up to 1,000. Default 100. */
  readonly maxErrors?: number
  /** After each batch, when it is on disk. */
  readonly onProgress?: (progress: ImportProgress) => void | Promise<void>
  readonly signal?: AbortSignal
}

/** The rows, or what opens them where an earlier run stopped: `bytes` into a file, or after so many `rows`. */
export type ImportSource =
  | ImportRows
  | ((from: { readonly rows: number; readonly bytes: number }) => ImportRows | Promise<ImportRows>)

/**
 * Reads many rows into a collection: values, or lines of JSON as a stream of bytes. Each batch, its changes and the place that
 * was reached are one transaction. Killed or aborted at any point, the same call goes on with the first row that is not stored; once
 * done, it answers what it did. A row that is wrong is noted with its number and left out.
 * @throws ProviderError `invalid_import`; `too_many_errors` (all before is stored); `import_conflict` when another run of this name
 * goes on meanwhile; the signal's reason.
 */
export async function importInto<T extends object>(
  collection: Collection<T>,
  source: ImportSource,
  options: ImportOptions,
): Promise<ImportProgress> {
  const { batch, maxErrors } = checked(options)
  const { signal } = options
  const inside = insideOf(collection)
  let progress = progressOf(inside, options.name)
  if (progress.done) return progress
  signal?.throwIfAborted()
  const { rows: begun, bytes } = progress
  const opened = typeof source === 'function'
  const given = opened ? await source({ rows: begun, bytes }) : source
  let skip = opened ? 0 : begun
  let waiting: Entry[] = []

  const store = async (entries: readonly Entry[], done: boolean) => {
    progress = inside.mutate(() => storeBatch(collection, inside, entries, progress, options, done))
    await inside.storage.sync()
    await options.onProgress?.(progress)
    await turn()
    if (progress.failed > maxErrors) {
      throw refuse(
        'too_many_errors',
        `More than ${maxErrors} rows of the import "${options.name}" are wrong. Correct the source, or allow more.`,
      )
    }
    signal?.throwIfAborted()
  }

  for await (const group of abortable(entriesOf(given, batch, opened ? bytes : 0, maxRowBytes), signal)) {
    const fresh = skip === 0 ? group : group.slice(skip)
    skip -= Math.min(skip, group.length)
    waiting.push(...fresh)
    for (let size = batchOf(waiting, batch); size !== undefined; size = batchOf(waiting, batch)) {
      await store(waiting.slice(0, size), false)
      waiting = waiting.slice(size)
    }
  }
  signal?.throwIfAborted()
  if (skip > 0)
    throw refuse('invalid_import', `The import "${options.name}" was further than this source goes. Give it the same source.`)
  await store(waiting, true)
  return progress
}

/** A batch is in memory as a whole: of long lines it has fewer. */
const maxBatchBytes = 8_000_000

/** How many of the rows that wait make a batch; undefined while it is not full. */
function batchOf(waiting: readonly Entry[], batch: number): number | undefined {
  let bytes = 0
  for (const [index, { line }] of waiting.entries()) {
    bytes += line?.length ?? 0
    if (index + 1 === batch || bytes > maxBatchBytes) return index + 1
  }
  return undefined
}

/** Waiting for the disk keeps other requests out; without a pause a source that is in memory would keep them out to its end. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

/** A source that never answers is left when the signal says so. */
async function* abortable<V>(from: AsyncGenerator<V>, signal: AbortSignal | undefined): AsyncGenerator<V> {
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => undefined)
  const abort = () => aborted.reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    for (;;) {
      const next = await Promise.race([from.next(), aborted.promise])
      if (next.done) return
      yield next.value
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    // Not awaited: a source that hangs would be waited for here.
    void from.return(undefined).catch(() => undefined)
  }
}

function storeBatch<T extends object>(
  collection: Collection<T>,
  inside: Inside,
  entries: readonly Entry[],
  before: ImportProgress,
  options: ImportOptions,
  done: boolean,
): ImportProgress {
  // Somebody else may have gone on with it while this one waited for its source.
  if (progressOf(inside, options.name).rows !== before.rows) {
    throw refuse('import_conflict', `Another run of the import "${options.name}" went on meanwhile. Let only one run at a time.`)
  }
  const prepared: Prepared[] = []
  const places: number[] = []
  const errors: { row: number; error: ProviderError }[] = []
  let left = 0
  for (const [index, entry] of entries.entries()) {
    const row = before.rows + index + 1
    try {
      const value = readEntry(entry, row)
      const mapped = value === undefined || options.map === undefined ? value : options.map(value)
      if (mapped === undefined) left += 1
      else {
        prepared.push(prepare(inside, mapped))
        places.push(row)
      }
    } catch (error) {
      errors.push({ row, error: known(error) })
    }
  }
  const { written, skipped, errors: refused } = writeRows(collection, prepared, options.mode ?? 'insert')
  errors.push(...refused.map(({ index, error }) => ({ row: places[index] as number, error })))
  const progress: ImportProgress = {
    name: options.name,
    rows: before.rows + entries.length,
    bytes: entries.at(-1)?.bytes ?? before.bytes,
    written: before.written + written,
    skipped: before.skipped + skipped + left,
    failed: before.failed + errors.length,
    errors: [...before.errors, ...errors.toSorted((a, b) => a.row - b.row).map(noted)].slice(0, 1_000),
    done,
  }
  saveProgress(inside, progress)
  return progress
}

function noted({ row, error }: { readonly row: number; readonly error: ProviderError }) {
  const { code, field, message } = error
  return { row, code, ...(field === undefined || field === '' ? {} : { field }), message: message.slice(0, 200) }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Undefined for an empty line. */
function readEntry(entry: Entry, row: number): unknown {
  if ('value' in entry) return entry.value
  if (entry.line === undefined) throw refuse('too_large', 'This line is larger than 2 MB. Split its document.')
  try {
    const text = decoder.decode(entry.line)
    return text.trim() === '' ? undefined : JSON.parse(text)
  } catch {
    throw refuse('malformed_json', `Line ${row} is no JSON in UTF-8. Write one JSON object a line.`)
  }
}

function checked({ name, batch = 500, maxErrors = 100, mode = 'insert' }: ImportOptions) {
  const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most
  if (typeof name !== 'string' || name === '' || name.length > 128) {
    throw refuse('invalid_import', 'An import has a name of 1 to 128 characters, by which it goes on.', { field: 'name' })
  }
  if (!whole(batch, 1, 5_000)) throw refuse('invalid_import', 'A batch is 1 to 5,000 rows.', { field: 'batch' })
  if (!whole(maxErrors, 0, 1_000)) throw refuse('invalid_import', 'At most 1,000 rows may be wrong.', { field: 'maxErrors' })
  if (!['insert', 'skip', 'replace'].includes(mode)) {
    throw refuse('invalid_import', 'The mode is insert, skip or replace.', { field: 'mode' })
  }
  return { batch, maxErrors }
}
