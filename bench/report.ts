/** A line of the table. Without a gate it is there to be known. */
export interface Row {
  readonly what: string
  readonly measured: string
  readonly gate?: string
  readonly passed?: boolean
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, gate = '', passed }) => [
    what,
    measured,
    gate,
    passed === undefined ? '' : passed ? 'held' : 'MISSED',
  ])
  const head = ['what', 'measured', 'gate', '']
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)].join('\n')
}

/** A row whose measured number must not be more than the gate. */
export function atMost(what: string, measured: number, limit: number, unit: string, digits = 3): Row {
  return { what, measured: `${measured.toFixed(digits)}${unit}`, gate: `≤ ${limit}${unit}`, passed: measured <= limit }
}

/** A row whose measured number must not be less than the gate. */
export function atLeast(what: string, measured: number, limit: number, unit: string, digits = 3): Row {
  return { what, measured: `${measured.toFixed(digits)}${unit}`, gate: `≥ ${limit}${unit}`, passed: measured >= limit }
}
