import { grayscale, PDF, type PDFPage } from '@libpdf/core'
import type { Report } from '../reports/report.ts'
import { type Layout, layoutOf, lineHeight, margin, type Part, type PrintedLine, size } from './layout.ts'
import { type Typeface, typefaceOf, widthOf, wrapped } from './type.ts'

export interface PdfOptions {
  /** Whose books these are: stands at the top of each page. */
  readonly organization?: string
  /** Stands at the foot of each page, such as when it was made. */
  readonly footer?: string
  /** TrueType or OpenType files, for names in letters that Helvetica lacks: a letter that is missing is printed as "?", with a note. */
  readonly fonts?: { readonly plain: Uint8Array; readonly bold?: Uint8Array }
  /** Epoch milliseconds: when the document was made. Default: the system's clock. */
  readonly now?: number
}

const titleSize = 14
const headHeight = 58
const footHeight = 24
const grey = grayscale(0.45)

/**
 * The report as a PDF document: A4, upright or across, page by page with title, column heads, and page numbers; amounts aligned to
 * the right, never cut. Columns that do not fit beside each other follow in parts, each with all rows.
 */
export async function reportPdf(report: Report, options: PdfOptions = {}): Promise<Uint8Array> {
  const pdf = PDF.create()
  const face = typefaceOf(pdf, options.fonts)
  const layout = layoutOf(report, face)
  const pages = layout.parts.flatMap((part) => pagesOf(part, layout).map((lines) => ({ part, lines })))
  const date = new Date(options.now ?? Date.now())
  pdf.setTitle(report.title)
  pdf.setCreator('@do/ledger')
  pdf.setCreationDate(date)
  pdf.setModificationDate(date)
  for (const [index, { part, lines }] of pages.entries()) {
    const page = pdf.addPage({ size: 'a4', orientation: layout.paper.orientation })
    const last = index === pages.length - 1
    drawHead(page, report, options, face, layout)
    drawFoot(page, `Page ${index + 1} of ${pages.length}`, options.footer ?? '', face, layout)
    let y = layout.paper.height - margin - headHeight
    for (const [place, line] of [part.head, ...lines].entries()) {
      const ruled = line.kind === 'total' && lines[place - 2]?.kind !== 'total'
      y = drawLine(page, line, y, face, layout, place === 0 ? 'head' : ruled ? 'ruled' : 'plain')
    }
    if (last) drawNotes(page, report, face, layout, y)
  }
  return pdf.save({ subsetFonts: true })
}

/** Splits the lines of a part so that each page is full and no heading stands last. */
function pagesOf(part: Part, { paper }: Layout): PrintedLine[][] {
  const room = paper.height - 2 * margin - headHeight - footHeight - 3 * lineHeight
  const pages: PrintedLine[][] = [[]]
  let used = 0
  for (const [index, line] of part.lines.entries()) {
    const following = line.kind === 'heading' ? heightOf(part.lines[index + 1]) : 0
    if (used + heightOf(line) + following > room && pages.at(-1)?.length !== 0) {
      pages.push([])
      used = 0
    }
    pages.at(-1)?.push(line)
    used += heightOf(line)
  }
  return pages
}

const heightOf = (line: PrintedLine | undefined): number =>
  line === undefined ? 0 : line.lines * lineHeight + (line.kind === 'heading' ? lineHeight / 2 : 0)

function drawHead(page: PDFPage, report: Report, options: PdfOptions, face: Typeface, { paper }: Layout): void {
  const top = paper.height - margin
  page.drawText(face.writable(report.title), { x: margin, y: top - titleSize, size: titleSize, font: face.bold })
  page.drawText(face.writable(report.subtitle), { x: margin, y: top - titleSize - 15, size: 9, font: face.plain, color: grey })
  if (options.organization === undefined) return
  const organization = face.writable(options.organization)
  const x = paper.width - margin - widthOf(organization, face.plain, 9)
  page.drawText(organization, { x, y: top - titleSize, size: 9, font: face.plain })
}

function drawFoot(page: PDFPage, number: string, footer: string, face: Typeface, { paper }: Layout): void {
  page.drawText(face.writable(footer), { x: margin, y: margin - 14, size: 7.5, font: face.plain, color: grey })
  const x = paper.width - margin - widthOf(number, face.plain, 7.5)
  page.drawText(number, { x, y: margin - 14, size: 7.5, font: face.plain, color: grey })
}

function drawLine(
  page: PDFPage,
  line: PrintedLine,
  from: number,
  face: Typeface,
  { paper }: Layout,
  look: 'head' | 'ruled' | 'plain',
): number {
  const y = line.kind === 'heading' ? from - lineHeight / 2 : from
  const font = line.kind === 'row' ? face.plain : face.bold
  if (look === 'ruled') rule(page, y + 8.5, paper.width, 0.3)
  for (const { text, left, line: place } of line.texts) page.drawText(text, { x: left, y: y - place * lineHeight, size, font })
  for (const { text, right } of line.amounts) page.drawText(text, { x: right - widthOf(text, font, size), y, size, font })
  const end = y - line.lines * lineHeight
  if (look === 'head') rule(page, end + 8, paper.width, 0.8)
  return end - (look === 'head' ? 2 : 0)
}

const rule = (page: PDFPage, y: number, width: number, thickness: number): void => {
  page.drawLine({ start: { x: margin, y }, end: { x: width - margin, y }, thickness, color: grey })
}

function drawNotes(page: PDFPage, report: Report, face: Typeface, { paper }: Layout, from: number): void {
  const notes = [...report.notes, ...(face.lacked() ? ['Letters that the font does not have are printed as "?".'] : [])]
  const lines = notes.flatMap((note) => wrapped(face.writable(note), face.plain, 7.5, paper.width - 2 * margin))
  for (const [index, text] of lines.entries()) {
    page.drawText(text, { x: margin, y: from - 8 - index * 9.5, size: 7.5, font: face.plain, color: grey })
  }
}
