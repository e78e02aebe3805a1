import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from '../../scripts/lib/workspace.mjs'

/**
 * Files that take longest, the longest first. Vitest would run one project after the other and, on a clean checkout, the files
 * of each by their size: the matrix inside workerd, a short file, would begin last and leave all cores but one without work.
 */
export const slowest: readonly string[] = [
  'test/conformance/matrix.test.ts',
  'test/conformance/matrix-workerd.test.ts',
  'test/money-path/money-path.test.ts',
  'test/oracle/hledger.test.ts',
  'test/docs/docs.test.ts',
  'packages/core/src/rpc/test/equivalence.runtime.test.ts',
  'test/scenario/scenario.test.ts',
  'test/scenario/effects.test.ts',
  'test/packed/import.test.ts',
  'test/oracle/hledger-large.test.ts',
  'packages/ledger/src/simulation.test.ts',
  'packages/core/src/changes/kills.test.ts',
  'test/packed/stranger.test.ts',
  'test/cli/command-line.test.ts',
  'packages/core/src/rpc/rpc.test.ts',
  'test/packed/alone.test.ts',
  'test/effects/random-faults.test.ts',
  'conformance/src/mutants/mutants.test.ts',
  'packages/ledger/src/mutants.test.ts',
  'packages/core/src/expose/fuzz.test.ts',
  'packages/core/src/schedules/year.test.ts',
  'test/scenario/models.test.ts',
]

/** Those first; then the other projects, whose files each start a process; then what is short and can fill any gap at the end. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return slowestFirst(await super.sort(files), ({ moduleId, project }) => [relative(root, moduleId), project.name])
  }
}

/** `of` answers a file's path from the root, and its project. What it says nothing about keeps its order. */
export function slowestFirst<T>(files: readonly T[], of: (file: T) => readonly [path: string, project: string]): T[] {
  const rank = (file: T) => {
    const [path, project] = of(file)
    const place = slowest.indexOf(path)
    return place >= 0 ? place : slowest.length + (project === 'node' ? 1 : 0)
  }
  return files.toSorted((a, b) => rank(a) - rank(b))
}
