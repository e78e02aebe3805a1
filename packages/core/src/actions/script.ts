import { ActionError } from './errors.ts'
import type { StepRow } from './journal.ts'

/** A place in the run: where a step stands, and what the journal knows of it. */
export interface Place {
  readonly pos: number
  /** The name, with `#2` for its second use in the run. */
  readonly name: string
  readonly joint: number
  row: StepRow | undefined
}

/**
 * Compares what a run does with what the journal says it did. Steps are found by their name; those called one after another
 * must also stand where they stood, those called side by side may change places among themselves.
 */
export interface Script {
  /** @throws ActionError `journal_mismatch`, `invalid_step` */
  enter(name: string, kind: StepRow['kind'], alongside: boolean): Place
  /** @throws ActionError `journal_mismatch` when steps of the journal were left out. */
  finish(): void
}

export function createScript(action: string, rows: readonly StepRow[]): Script {
  const byName = new Map(rows.map((row) => [row.name, row]))
  const byPos = new Map(rows.map((row) => [row.pos, row]))
  const uses = new Map<string, number>()
  const seen = new Set<string>()
  let next = 0
  const mismatch = (step: string, what: string) =>
    new ActionError(
      'journal_mismatch',
      `The action "${action}" ${what}. Its code has changed under a run: define it as a new version, and keep this one.`,
      { step, final: true },
    )

  return {
    enter: (name, kind, alongside) => {
      if (typeof name !== 'string' || name === '' || name.length > 200 || name.includes('#')) {
        throw new ActionError('invalid_step', 'The name of a step has 1 to 200 characters, none of them "#".', { final: true })
      }
      const use = (uses.get(name) ?? 0) + 1
      uses.set(name, use)
      const id = use === 1 ? name : `${name}#${use}`
      const pos = next++
      const row = byName.get(id)
      const joint = Number(alongside)
      if (row !== undefined) {
        if (row.kind !== kind) throw mismatch(id, `has the step "${id}" as another kind than before`)
        if (row.pos !== pos && row.joint === 0) throw mismatch(id, `does the step "${id}" at another place than before`)
        seen.add(id)
        return { pos: row.pos, name: id, joint, row }
      }
      const there = byPos.get(pos)
      if (there !== undefined && there.joint === 0) throw mismatch(id, `does "${id}" where it did "${there.name}" before`)
      let free = pos
      while (byPos.has(free)) free += 1
      return { pos: free, name: id, joint, row: undefined }
    },
    finish: () => {
      const left = rows.find((row) => row.joint === 0 && !seen.has(row.name))
      if (left !== undefined) throw mismatch(left.name, `no longer does the step "${left.name}"`)
    },
  }
}
