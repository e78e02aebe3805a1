import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportPdf } from '@do/ledger/pdf'
import { balanceSheet, cellText, linesOf, type Report } from '@do/ledger/reports'
import { describe, expect, it } from 'vitest'
import { coverage, posted } from './books.ts'
import { debianProgram } from './debian.ts'
import { generate } from './generate.ts'

const program = debianProgram('pdftotext', 'poppler-utils') ?? ''
const sans = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'

/** What a reader of the document sees, page by page, in the places where it stands. */
function pagesOf(pdf: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-pdf-'))
  try {
    writeFileSync(join(folder, 'report.pdf'), pdf)
    return execFileSync(program, ['-layout', '-enc', 'UTF-8', join(folder, 'report.pdf'), '-'], { encoding: 'utf8' })
      .split('\f')
      .slice(0, -1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
const book = generate(3, 400)
const ledger = posted(book)

describe.skipIf(program === '')('a report as PDF, read back by poppler', () => {
  it('holds every row with every amount, in order', async () => {
    const report = balanceSheet(ledger, { to: coverage(book).to, compare: 'previous' })
    const pdf = await reportPdf(report, { organization: 'Acme Ltd.', footer: 'Printed for the test' })
    const text = pagesOf(pdf)
    for (const [index, page] of text.entries()) {
      expect(page).toContain('Balance sheet')
      expect(page).toContain('Acme Ltd.')
      expect(page).toContain('Printed for the test')
      expect(page).toContain(`Page ${index + 1} of ${text.length}`)
    }
    const lines = text.flatMap((page) => page.split('\n'))
    let at = 0
    for (const line of linesOf(report)) {
      if (line.kind === 'heading') continue
      const { row } = line
      const expected = [row.currency, ...report.columns.map((_, index) => cellText(report, row, index, 'grouped'))].filter(
        (cell) => cell !== '',
      )
      const label = words(row.texts[0] ?? '')
      const found = lines.findIndex(
        (one, index) =>
          (index >= at &&
            words(one)
              .join(' ')
              .endsWith([...label.slice(0, 2), ...expected].join(' '))) ||
          (index >= at && words(one).join(' ').endsWith(expected.join(' ')) && one.includes(label[0] ?? '')),
      )
      expect(found, `${row.texts[0]} ${expected.join(' ')}`).toBeGreaterThanOrEqual(at)
      at = found + 1
    }
  })

  it('goes on to new pages, and in parts where columns do not fit beside each other', async () => {
    const report = balanceSheet(ledger, { ...coverage(book), every: 'month' })
    const pages = pagesOf(await reportPdf(report))
    expect(pages.length).toBeGreaterThan(4)
    const all = new Set(words(pages.join(' ')))
    for (const { title } of report.columns) expect(all).toContain(title)
    for (const { row } of linesOf(report).filter((line) => line.kind === 'row')) {
      for (const index of report.columns.keys()) expect(all).toContain(cellText(report, row, index, 'grouped'))
    }
  })

  it('aligns amounts to the right: units under units', async () => {
    const report: Report = { ...balanceSheet(ledger, { to: coverage(book).to }), notes: [] }
    const lines = pagesOf(await reportPdf(report))[0]?.split('\n') ?? []
    const ends = lines.filter((line) => /\d\.\d\d$/.test(line.trimEnd())).map((line) => line.trimEnd().length)
    expect(ends.length).toBeGreaterThan(20)
    // Letters have different widths and the text is a grid: a character more or less is the same edge.
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(2)
  })

  it('says which letters it could not print, and prints them with a font that has them', async () => {
    const report: Report = { ...balanceSheet(ledger, { to: coverage(book).to }), title: 'Größe in Łódź, 5 €' }
    const plain = pagesOf(await reportPdf(report))
    expect(plain[0]).toContain('Größe in ?ód?, 5 €')
    expect(plain.at(-1)).toContain('are printed as "?"')
    if (!existsSync(sans)) return
    const full = pagesOf(await reportPdf(report, { fonts: { plain: readFileSync(sans) } }))
    expect(full[0]).toContain('Größe in Łódź, 5 €')
    expect(full.at(-1)).not.toContain('are printed as "?"')
  })
})
