import type { Ledger } from '../types.ts'
import { type Amounts, added, negated, type Presentation, type Show } from './amounts.ts'
import { compareNames } from './books.ts'
import type { Report, Row, Section } from './report.ts'

/** Makes the cells of a row from its values. */
export type Cells = (values: readonly bigint[]) => (bigint | undefined)[]

/** How rows are made in one report. */
export interface Style {
  readonly presentation: Presentation
  readonly show: Show
  readonly cells: Cells
}

/** A section, and what it adds up to before any rounding. */
export interface Block {
  readonly section: Section
  readonly exact: Amounts
  readonly shown: Amounts
}

export interface BlockInput {
  readonly key: string
  readonly title: string
  readonly total: string
  /** By full name of the account, with the sign that the section shows. */
  readonly accounts: ReadonlyMap<string, Amounts>
  /** Rows that are no account. */
  readonly computed?: readonly (readonly [string, Amounts])[]
}

/** The rows of a section with its totals. In a currency of presentation the total is the rounded exact sum, and rounding has a row. */
export function blockOf(input: BlockInput, style: Style): Block {
  const { cells, show } = style
  const groups = groupsOf(input.accounts, style.presentation)
  const computed = (input.computed ?? []).map(([title, amounts]) => ({ title, shown: show(amounts) }))
  const exact = added([...input.accounts.values(), ...(input.computed ?? []).map(([, amounts]) => amounts)])
  const shown = show(exact)
  const shownGroups = groups.map((group) => ({ ...group, shown: show(group.exact) }))
  const parts = [...shownGroups.filter(({ depth }) => depth === 0), ...computed].map((part) => part.shown)
  const rows = [
    ...shownGroups.flatMap(({ name, label, depth, shown }) =>
      rowsOf({ kind: 'account', texts: [label], account: name, depth }, shown, cells, style.presentation.zeros),
    ),
    ...computed.flatMap(({ title, shown }) => rowsOf({ kind: 'computed', texts: [title], depth: 0 }, shown, cells)),
    ...roundingRows(parts, shown, cells),
  ]
  return { section: { key: input.key, title: input.title, rows, totals: totalRows(input.total, shown, cells) }, exact, shown }
}

interface Group {
  readonly name: string
  readonly label: string
  readonly depth: number
  readonly exact: Amounts
}

/** Accounts in the order of the tree: each for itself, or with its parents above it, down to the depth that is wanted. */
function groupsOf(accounts: ReadonlyMap<string, Amounts>, { accounts: form = 'flat', depth }: Presentation): Group[] {
  const groups = new Map<string, Amounts[]>()
  for (const [name, amounts] of accounts) {
    const segments = name.split(':')
    const deepest = Math.min(segments.length, depth ?? segments.length)
    for (let level = form === 'tree' ? 1 : deepest; level <= deepest; level += 1) {
      const place = segments.slice(0, level).join(':')
      const group = groups.get(place)
      if (group === undefined) groups.set(place, [amounts])
      else group.push(amounts)
    }
  }
  return [...groups]
    .sort(([one], [other]) => compareNames(one, other))
    .map(([name, all]) => {
      const exact = all.length === 1 && all[0] !== undefined ? all[0] : added(all)
      const segments = name.split(':')
      return form === 'tree'
        ? { name, label: segments.at(-1) ?? name, depth: segments.length - 1, exact }
        : { name, label: name, depth: 0, exact }
    })
}

type Label = Pick<Row, 'kind' | 'texts' | 'depth'> & { readonly account?: string }

/** A row for each currency that is not zero throughout. */
export function rowsOf(label: Label, shown: Amounts, cells: Cells, zeros = false): Row[] {
  return [...shown]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, values]) => ({ ...label, currency, cells: cells(values) }))
    .filter((row) => zeros || row.cells.some((cell) => cell !== undefined && cell !== 0n))
}

/** Totals are shown even when they are zero. */
export const totalRows = (title: string, shown: Amounts, cells: Cells): Row[] =>
  rowsOf({ kind: 'total', texts: [title], depth: 0 }, shown, cells, true)

/** What lies between the rounded sum and the sum of rounded parts: a row of its own, so that a column adds up as printed. */
export function roundingRows(parts: readonly Amounts[], whole: Amounts, cells: Cells): Row[] {
  const difference = added([whole, ...parts.map(negated)])
  return rowsOf({ kind: 'rounding', texts: ['Rounding'], depth: 0 }, difference, cells)
}

/** Digits after the point of every currency in the report. */
export function exponentsOf(ledger: Ledger, report: Pick<Report, 'sections' | 'summary'>): Record<string, number> {
  const rows = [...report.sections.flatMap(({ rows, totals }) => [...rows, ...totals]), ...report.summary]
  const currencies = [...new Set(rows.map(({ currency }) => currency))].sort()
  return Object.fromEntries(currencies.map((code) => [code, ledger.currencies.exponent(code)]))
}

/** What to say below a report in a currency of presentation. */
export function notesOn({ currency, pricesOf, known }: Presentation): string[] {
  const prices = pricesOf === undefined ? 'the last price on or before the last day of its column' : `the prices of ${pricesOf}`
  return [
    ...(currency === undefined
      ? []
      : [
          `In ${currency}: every amount at ${prices}, exact, then rounded half to even. Rows named Rounding are what that moves.`,
        ]),
    ...(known === undefined
      ? []
      : [`As the books were known ${typeof known === 'number' ? `at entry ${known}` : `on ${known}`}.`]),
  ]
}
