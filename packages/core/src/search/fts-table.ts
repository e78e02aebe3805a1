import { extract, live, namePart, type Table } from '../collection/table.ts'
import type { ObjectStorage } from '../platform/types.ts'
import { first, run, transaction } from '../storage/sql.ts'

export type Tokens = 'words' | 'english' | 'parts'

const tokenizers: Readonly<Record<Tokens, string>> = {
  words: 'unicode61 remove_diacritics 2',
  english: 'porter unicode61 remove_diacritics 2',
  parts: 'trigram',
}

/** Quoted names of what belongs to the search of one collection. */
export function indexNames(table: Table) {
  const label = namePart(table)
  return { index: `"f_${label}"`, view: `"fv_${label}"`, triggers: ['fi', 'fu', 'fd'].map((kind) => `"${kind}_${label}"`) }
}

/** The note of what was made stands beside those of the collections. */
function noteName({ name }: Table): string {
  return `${name}:search`
}

export function makeIndex(storage: ObjectStorage, table: Table, fields: readonly string[], tokens: Tokens): void {
  const wanted = JSON.stringify([tokens, ...fields])
  const known = first<{ indexes: string }>(storage, 'SELECT indexes FROM do_collections WHERE name = ?', noteName(table))
  if (known?.indexes === wanted) return
  transaction(storage, () => {
    if (known !== undefined) dropIndex(storage, table)
    const { index, view, triggers } = indexNames(table)
    const columns = fields.map((_, position) => `t${position}`).join(', ')
    const values = (body: string) => fields.map((field) => extract(field, body)).join(', ')
    const named = fields.map((field, position) => `${extract(field)} AS t${position}`).join(', ')
    // The text is stored once, in the documents: the index reads it there when places are asked for.
    run(storage, `CREATE VIEW ${view} AS SELECT n, ${named} FROM ${table.name} WHERE ${live}`)
    run(
      storage,
      `CREATE VIRTUAL TABLE ${index} USING fts5(${columns}, content=${view}, content_rowid='n', tokenize='${tokenizers[tokens]}')`,
    )
    const add = `INSERT INTO ${index} (rowid, ${columns}) SELECT new.n, ${values('new.body')} WHERE new.deleted_at IS NULL;`
    const remove = `INSERT INTO ${index} (${index}, rowid, ${columns}) SELECT 'delete', old.n, ${values('old.body')} WHERE old.deleted_at IS NULL;`
    const differs = fields.map((field) => `${extract(field, 'old.body')} IS NOT ${extract(field, 'new.body')}`).join(' OR ')
    const [inserted, updated, deleted] = triggers
    run(storage, `CREATE TRIGGER ${inserted} AFTER INSERT ON ${table.name} BEGIN ${add} END`)
    run(storage, `CREATE TRIGGER ${deleted} AFTER DELETE ON ${table.name} BEGIN ${remove} END`)
    run(
      storage,
      `CREATE TRIGGER ${updated} AFTER UPDATE OF body, deleted_at ON ${table.name}
        WHEN old.deleted_at IS NOT new.deleted_at OR ${differs} BEGIN ${remove} ${add} END`,
    )
    run(storage, `INSERT INTO ${index} (${index}) VALUES ('rebuild')`)
    run(storage, 'INSERT INTO do_collections VALUES (?, ?)', noteName(table), wanted)
  })
}

export function dropIndex(storage: ObjectStorage, table: Table): void {
  const { index, view, triggers } = indexNames(table)
  for (const trigger of triggers) run(storage, `DROP TRIGGER IF EXISTS ${trigger}`)
  run(storage, `DROP TABLE IF EXISTS ${index}`)
  run(storage, `DROP VIEW IF EXISTS ${view}`)
  run(storage, 'DELETE FROM do_collections WHERE name = ?', noteName(table))
}
