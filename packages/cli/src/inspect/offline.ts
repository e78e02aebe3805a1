import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import { type Inspection, inspect, type Reader } from '@do/core/inspect'
import { CommandError } from '../failure.ts'

export interface Stored {
  readonly type: string
  readonly name: string
  readonly file: string
}

/**
 * The objects of a data folder: workerd keeps one SQLite file for each, in a folder of its class.
 * @throws CommandError `no_data`
 */
export function listObjects(folder: string, type?: string): readonly Stored[] {
  if (!existsSync(folder))
    throw new CommandError('no_data', `There is no folder ${folder}. Name the one that --data of "dobj dev" had.`)
  const types = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && (type === undefined || entry.name === type))
    .map(({ name }) => name)
    .sort()
  return types.flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => /^[0-9a-f]+\.sqlite$/.test(file))
      .flatMap((file) =>
        nameOf(join(folder, name, file)).map((own) => ({ type: name, name: own, file: join(folder, name, file) })),
      ),
  )
}

/** @throws CommandError `no_data`, `not_found` */
export function inspectFile(folder: string, { type, name }: { readonly type: string; readonly name: string }): Inspection {
  const found = listObjects(folder, type).find((stored) => stored.name === name)
  if (found === undefined) {
    throw new CommandError('not_found', `${folder} has no ${type} "${name}". See: dobj inspect ${type} --data ${folder}`)
  }
  return withReader(found.file, inspect)
}

function nameOf(file: string): string[] {
  return withReader(file, (reader) => {
    if (reader.rows("SELECT 1 FROM sqlite_master WHERE name = 'do_record'").length === 0) return []
    const ids = reader.rows<{ id: string }>('SELECT id FROM do_record')
    return ids.map(({ id }) => decodeURIComponent(id.slice(id.lastIndexOf('/') + 1)))
  })
}

/** Opened for reading only: a running worker may have the file open too. */
function withReader<T>(file: string, look: (reader: Reader) => T): T {
  // Only now, since Node 22 warns whoever loads it.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return look({
      rows: <Row extends Record<string, unknown>>(query: string, ...bindings: SQLInputValue[]) =>
        database.prepare(query).all(...bindings) as Record<string, unknown>[] as Row[],
    })
  } finally {
    database.close()
  }
}
