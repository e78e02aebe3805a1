import type { Status } from '../run.ts'
import type { Matrix, MatrixLine } from './matrix.ts'

export interface TerminalOptions {
  /** ANSI colours. Default: none. */
  readonly colour?: boolean
  /** Every check, not only those that are not passed by all. */
  readonly all?: boolean
}

const signs: Readonly<Record<Status, string>> = { pass: '✓', fail: '✗', 'not-applicable': '–', deviation: '≈' }
const colours: Readonly<Record<Status, number>> = { pass: 32, fail: 31, 'not-applicable': 90, deviation: 33 }

/** For people at a terminal: one column for each provider, and the reason of each failure. */
export function toTerminal(matrices: readonly Matrix[], options: TerminalOptions = {}): string {
  return matrices.map((matrix) => one(matrix, options)).join('\n')
}

function one(matrix: Matrix, { colour = false, all = false }: TerminalOptions): string {
  const paint = (status: Status, text: string) => (colour ? `\u001b[${colours[status]}m${text}\u001b[0m` : text)
  const widths = matrix.providers.map(({ label }) => Math.max(label.length, 4))
  const first = Math.max(...matrix.lines.map(({ id }) => id.length), 'not applicable'.length)
  const shown = matrix.lines.filter(({ cells }) => all || cells.some((cell) => cell?.status !== 'pass'))
  const line = (name: string, cells: readonly string[]) => `${name.padEnd(first)}  ${cells.join('  ')}`.trimEnd()
  const cell = (text: string, index: number) => text.padEnd(widths[index] as number)
  const total = (status: Status) =>
    line(
      status.replace('-', ' '),
      matrix.providers.map(({ totals }, index) => paint(status, cell(String(totals[status]), index))),
    )
  const row = ({ id, cells }: MatrixLine) =>
    line(
      id,
      cells.map((each, index) => (each === undefined ? cell('', index) : paint(each.status, cell(signs[each.status], index)))),
    )
  return [
    line(
      matrix.interface,
      matrix.providers.map(({ label }, index) => cell(label, index)),
    ),
    ...shown.map(row),
    ...(['pass', 'fail', 'not-applicable', 'deviation'] as const).map(total),
    ...failures(matrix),
    '',
  ].join('\n')
}

function failures(matrix: Matrix): string[] {
  return matrix.lines.flatMap(({ id, level, why, cells }) =>
    cells.flatMap((cell, index) =>
      cell?.status === 'fail'
        ? ['', `✗ ${matrix.providers[index]?.label}: ${id} (${level})`, `  ${cell.reason}`, `  Why it matters: ${why}`]
        : [],
    ),
  )
}
