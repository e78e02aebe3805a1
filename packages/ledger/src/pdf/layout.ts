import { cellText } from '../reports/format.ts'
import { linesOf, type Report } from '../reports/report.ts'
import { type Typeface, widthOf, wrapped } from './type.ts'

export const size = 8.5
export const lineHeight = 11.5
export const margin = 40
const gap = 12
const indent = 10

/** A page's paper in points: A4. */
export interface Paper {
  readonly orientation: 'portrait' | 'landscape'
  readonly width: number
  readonly height: number
}

const portrait: Paper = { orientation: 'portrait', width: 595, height: 842 }
const landscape: Paper = { orientation: 'landscape', width: 842, height: 595 }

/** A printed line: where each text stands. Amounts have their right edge at `right`. */
export interface PrintedLine {
  readonly kind: 'heading' | 'row' | 'total'
  readonly texts: readonly { readonly text: string; readonly left: number; readonly line: number }[]
  readonly amounts: readonly { readonly text: string; readonly right: number }[]
  /** How many lines of text it is high. */
  readonly lines: number
}

/** Columns that fit beside each other, with all rows: a report that is too wide has several of these, one after the other. */
export interface Part {
  readonly head: PrintedLine
  readonly lines: readonly PrintedLine[]
}

export interface Layout {
  readonly paper: Paper
  readonly parts: readonly Part[]
}

/** Where everything goes: upright if it fits, else across, else in parts. */
export function layoutOf(report: Report, face: Typeface): Layout {
  const rows = linesOf(report).flatMap((line) => (line.kind === 'row' ? [line.row] : []))
  const amounts = report.columns.map((column, index) => {
    const texts = [column.title, ...rows.map((row) => cellText(report, row, index, 'grouped'))]
    return Math.max(...texts.map((text) => widthOf(face.writable(text), face.bold, size)))
  })
  const currency = Math.max(...['Currency', ...rows.map((row) => row.currency)].map((text) => widthOf(text, face.bold, size)))
  const wanted = report.headings.map((heading, index) => {
    const texts = [heading, ...rows.map((row) => row.texts[index] ?? '')]
    const widths = texts.map(
      (text, place) => widthOf(face.writable(text), face.bold, size) + (rows[place - 1]?.depth ?? 0) * indent,
    )
    return Math.max(60, Math.min(Math.max(...widths), 230))
  })
  const fixed = wanted.reduce((sum, width) => sum + width + gap, 0) + currency
  const total = fixed + amounts.reduce((sum, width) => sum + width + gap, 0)
  const paper = total <= portrait.width - 2 * margin ? portrait : landscape
  const room = paper.width - 2 * margin
  // Text gives way before amounts do: a number is never broken or cut.
  const widest = Math.max(...amounts)
  const spare = Math.min(1, Math.max(0.3, (room - currency - widest - gap) / (fixed - currency)))
  const texts = wanted.map((width) => width * (fixed + widest + gap > room ? spare : 1))
  const start = texts.reduce((sum, width) => sum + width + gap, 0) + currency
  const parts = chunks(amounts, room - start).map((columns) =>
    partOf(report, face, { texts, currency, amounts, columns, right: paper.width - margin }),
  )
  return { paper, parts }
}

/** Runs of columns that fit; one that fits nowhere stands alone. */
function chunks(widths: readonly number[], room: number): number[][] {
  const found: number[][] = []
  let used = Number.POSITIVE_INFINITY
  for (const [index, width] of widths.entries()) {
    if (used + width + gap > room) {
      found.push([])
      used = 0
    }
    found.at(-1)?.push(index)
    used += width + gap
  }
  return found.length === 0 ? [[]] : found
}

interface Widths {
  readonly texts: readonly number[]
  readonly currency: number
  readonly amounts: readonly number[]
  readonly columns: readonly number[]
  readonly right: number
}

function partOf(report: Report, face: Typeface, widths: Widths): Part {
  const places: number[] = []
  let right = widths.right
  for (const column of widths.columns.toReversed()) {
    places.unshift(right)
    right -= (widths.amounts[column] ?? 0) + gap
  }
  const currencyAt = widths.texts.reduce((left, width) => left + width + gap, margin)
  const texts = (all: readonly string[], depth: number, font: Typeface['bold']) => {
    let left = margin
    return all.flatMap((text, index) => {
      const width = widths.texts[index] ?? 60
      const inside = index === 0 ? Math.min(depth * indent, width / 2) : 0
      const lines = wrapped(face.writable(text), font, size, width - inside)
      const placed = lines.map((line, place) => ({ text: line, left: left + inside, line: place }))
      left += width + gap
      return placed
    })
  }
  const print = (
    kind: PrintedLine['kind'],
    all: readonly string[],
    depth: number,
    currency: string,
    cells: readonly string[],
  ): PrintedLine => {
    const placed = texts(all, depth, kind === 'row' ? face.plain : face.bold)
    return {
      kind,
      texts: [...placed, ...(currency === '' ? [] : [{ text: currency, left: currencyAt, line: 0 }])],
      amounts: cells.map((text, index) => ({ text: face.writable(text), right: places[index] ?? right })),
      lines: Math.max(1, ...placed.map(({ line }) => line + 1)),
    }
  }
  const head = print(
    'total',
    report.headings,
    0,
    'Currency',
    widths.columns.map((column) => report.columns[column]?.title ?? ''),
  )
  const lines = linesOf(report).map((line) => {
    if (line.kind === 'heading') return print('heading', [line.title], 0, '', [])
    const { row } = line
    const cells = widths.columns.map((column) => cellText(report, row, column, 'grouped'))
    return print(row.kind === 'total' ? 'total' : 'row', row.texts, row.depth, row.currency, cells)
  })
  return { head, lines }
}
