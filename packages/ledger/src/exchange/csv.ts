import { cellText } from '../reports/format.ts'
import { linesOf, type Report } from '../reports/report.ts'

/**
 * A report as CSV (RFC 4180: comma, double quotes, CR LF, with a heading line). Amounts are plain decimals without thousands
 * marks. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
 */
export function reportCsv(report: Report): string {
  const head = ['Section', ...report.headings, 'Currency', ...report.columns.map(({ title }) => title)]
  const records = linesOf(report).flatMap((line) => {
    if (line.kind === 'heading') return []
    const { row, section } = line
    const cells = report.columns.map((_, index) => cellText(report, row, index))
    return [[...[section?.title ?? '', ...row.texts, row.currency].map(harmless), ...cells]]
  })
  return csv([head.map(harmless), ...records])
}

/** Records as CSV, field by field as they are. */
export const csv = (records: readonly (readonly string[])[]): string =>
  records.map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('')

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)

/**
 * Spreadsheets run what begins with one of these, full-width forms and what stands after blanks included
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const harmless = (text: string): string => (/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text)
