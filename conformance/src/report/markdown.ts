import type { Status } from '../run.ts'
import type { Cell, Matrix, MatrixLine } from './matrix.ts'

const signs: Readonly<Record<Status, string>> = { pass: '✓', fail: '✗', 'not-applicable': '–', deviation: '≈' }

/** For documentation: totals, then every check, then the reason of whatever is not a pass. */
export function toMarkdown(matrices: readonly Matrix[]): string {
  return matrices.map(section).join('\n')
}

function section(matrix: Matrix): string {
  const labels = matrix.providers.map(({ label }) => label)
  return [
    `## ${matrix.interface}`,
    '',
    table(['', ...labels], totals(matrix)),
    `✓ pass, ✗ fail, – not applicable, ≈ known deviation. Checks in *italics* are recommendations.`,
    '',
    table(['Check', ...labels], matrix.lines.map(line)),
    ...notes(matrix, labels),
  ].join('\n')
}

function totals({ providers }: Matrix): string[][] {
  const count = (name: string, status: Status) => [name, ...providers.map((provider) => String(provider.totals[status]))]
  return [
    count('Pass', 'pass'),
    count('Fail', 'fail'),
    count('Not applicable', 'not-applicable'),
    count('Known deviation', 'deviation'),
  ]
}

function line({ id, level, title, why, cells }: MatrixLine): string[] {
  const name = `[${escaped(title)}](${why})<br>\`${id}\``
  return [level === 'must' ? name : `*${name}*`, ...cells.map((cell) => (cell === undefined ? '' : signs[cell.status]))]
}

function notes(matrix: Matrix, labels: readonly string[]): string[] {
  const lines = matrix.lines.flatMap(({ id, cells }) => grouped(cells, labels).map((text) => `- \`${id}\` ${text}`))
  return lines.length === 0 ? [] : ['Why not everywhere:', '', ...lines, '']
}

/** The same reason is said once, with everybody to whom it applies. */
function grouped(cells: readonly (Cell | undefined)[], labels: readonly string[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const [index, cell] of cells.entries()) {
    if (cell === undefined || cell.status === 'pass') continue
    const issue = cell.issue === undefined ? '' : ` (${cell.issue})`
    const text = `${signs[cell.status]} ${escaped(cell.reason ?? '')}${issue}`
    reasons.set(text, [...(reasons.get(text) ?? []), labels[index] as string])
  }
  return [...reasons].map(([text, who]) => `${who.join(', ')}: ${text}`)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n')
}

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
