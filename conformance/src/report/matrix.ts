import type { Level } from '../check.ts'
import type { ConformanceResult, Status } from '../run.ts'

export interface Cell {
  readonly status: Status
  readonly reason?: string
  readonly issue?: string
}

export interface MatrixLine {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly why: string
  /** One for each row of providers, in their order; absent where the check was not run. */
  readonly cells: readonly (Cell | undefined)[]
}

export type Totals = Readonly<Record<Status, number>>

/** Checks against providers, for one interface. */
export interface Matrix {
  readonly interface: string
  readonly providers: readonly { readonly label: string; readonly ok: boolean; readonly totals: Totals }[]
  readonly lines: readonly MatrixLine[]
}

/** One matrix for each interface among the results, in order of appearance. */
export function matrixOf(results: readonly ConformanceResult[]): readonly Matrix[] {
  const names = [...new Set(results.map((result) => result.interface))]
  return names.map((name) =>
    oneMatrix(
      name,
      results.filter((result) => result.interface === name),
    ),
  )
}

function oneMatrix(name: string, results: readonly ConformanceResult[]): Matrix {
  const lines = new Map<string, MatrixLine>()
  for (const { results: checks } of results) {
    for (const { id, level, title, why } of checks) {
      if (lines.has(id)) continue
      const cells = results.map((result) => cellOf(result, id))
      lines.set(id, { id, level, title, why, cells })
    }
  }
  return {
    interface: name,
    providers: results.map((result) => ({ label: result.label, ok: result.ok, totals: totalsOf(result) })),
    lines: [...lines.values()],
  }
}

function cellOf(result: ConformanceResult, id: string): Cell | undefined {
  const found = result.results.find((check) => check.id === id)
  if (found === undefined) return undefined
  const { status, reason, issue } = found
  return { status, ...(reason === undefined ? {} : { reason }), ...(issue === undefined ? {} : { issue }) }
}

function totalsOf({ results }: ConformanceResult): Totals {
  const count = (status: Status) => results.filter((result) => result.status === status).length
  return { pass: count('pass'), fail: count('fail'), 'not-applicable': count('not-applicable'), deviation: count('deviation') }
}
