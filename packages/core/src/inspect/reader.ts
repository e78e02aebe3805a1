/** Rows of an object's database: inside the object by its storage, outside by any SQLite that has opened its file. */
export interface Reader {
  rows<Row extends Record<string, unknown>>(query: string, ...bindings: (string | number | null)[]): Row[]
}

/** Is there such a table? */
export function has(reader: Reader, table: string): boolean {
  return reader.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table).length > 0
}

/** How many rows there are of each value of a column. */
export function countBy(reader: Reader, table: string, column: string): Readonly<Record<string, number>> {
  if (!has(reader, table)) return {}
  const found = reader.rows<{ value: string; n: number }>(
    `SELECT ${column} AS value, count(*) AS n FROM ${table} GROUP BY 1 ORDER BY 1`,
  )
  return Object.fromEntries(found.map(({ value, n }) => [value, n]))
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
