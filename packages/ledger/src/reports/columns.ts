import type { Day } from '../types.ts'
import { dayYearBefore, type Interval, onePeriod, type Period, periods, previous, type Span, yearBefore } from './calendar.ts'
import type { Column } from './report.ts'
import { percentage } from './valuation.ts'

/** The days a report covers. */
export interface Coverage {
  /** First day. A balance sheet of one day needs none. */
  readonly from?: Day
  /** Last day. */
  readonly to: Day
  /** Side by side, one column each: the whole intervals of the calendar that cover `from` to `to`. */
  readonly every?: Interval
  /** Beside each column the period before it, or the same days a year before, with the change in amount and per cent. */
  readonly compare?: 'previous' | 'year-before'
}

/** Columns and where their values come from: spans by index. */
export interface ColumnPlan {
  readonly spans: readonly Span[]
  readonly columns: readonly Column[]
  /** Makes the cells of a row from the values of the spans. */
  readonly cells: (values: readonly bigint[]) => (bigint | undefined)[]
}

type Source =
  | { readonly span: number }
  | { readonly change: readonly [number, number] }
  | { readonly percent: readonly [number, number] }

/** Flows: what happened from the first to the last day of each period. */
export function planFlows(coverage: Coverage & { readonly from: Day }): ColumnPlan {
  const { from, to, every, compare } = coverage
  const main = every === undefined ? [onePeriod(from, to)] : periods(from, to, every)
  const before = compare === 'previous' ? previous : yearBefore
  return plan(main, compare === undefined ? undefined : (period) => before(period as Period))
}

/** Balances: what stood at the end of each period, since the first entry. */
export function planBalances({ from, to, every, compare }: Coverage): ColumnPlan {
  const ends = (span: Span): Span => ({ to: span.to, title: span.title })
  const main: readonly Span[] = every === undefined ? [upTo(to)] : periods(from ?? to, to, every)
  const before = (span: Span): Span => {
    if (compare === 'year-before') return upTo(dayYearBefore(span.to))
    // A single day has no period before it but the day before.
    return upTo(previous(onePeriod(span.from ?? from ?? span.to, span.to)).to)
  }
  return plan(main, compare === undefined ? undefined : before, ends)
}

const upTo = (to: Day): Span => ({ to, title: to })

function plan(
  main: readonly Span[],
  before: ((span: Span) => Span) | undefined,
  counted = (span: Span): Span => span,
): ColumnPlan {
  const spans: Span[] = []
  const columns: Column[] = []
  const sources: Source[] = []
  const add = (source: Source, column: Column) => {
    sources.push(source)
    columns.push(column)
  }
  for (const covered of main) {
    const span = counted(covered)
    const now = spans.push(span) - 1
    const days = { ...(span.from === undefined ? {} : { from: span.from }), to: span.to }
    add({ span: now }, { title: span.title, kind: 'amount', role: 'period', ...days })
    if (before === undefined) continue
    const past = before(covered)
    const then = spans.push(past) - 1
    const pastDays = { ...(past.from === undefined ? {} : { from: past.from }), to: past.to }
    add({ span: then }, { title: past.title, kind: 'amount', role: 'compared', ...pastDays })
    add({ change: [now, then] }, { title: 'Change', kind: 'amount', role: 'change', ...days })
    add({ percent: [now, then] }, { title: 'Change %', kind: 'percent', role: 'change', ...days })
  }
  const cells = (values: readonly bigint[]) => sources.map((source) => cellOf(source, values))
  return { spans, columns, cells }
}

function cellOf(source: Source, values: readonly bigint[]): bigint | undefined {
  const at = (index: number) => values[index] ?? 0n
  if ('span' in source) return at(source.span)
  if ('change' in source) return at(source.change[0]) - at(source.change[1])
  return percentage(at(source.percent[0]), at(source.percent[1]))
}
