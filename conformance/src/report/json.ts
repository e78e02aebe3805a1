import type { Matrix } from './matrix.ts'

/** For tools. The same results give the same text, so that a report can be compared with an earlier one. */
export function toJson(matrices: readonly Matrix[]): string {
  return `${JSON.stringify({ format: 'do-conformance', version: 1, matrices }, null, 2)}\n`
}
