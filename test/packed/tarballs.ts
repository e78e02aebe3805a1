import type { TestProject } from 'vitest/node'
import { packAll } from '../../scripts/build/pack.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of each package's tarball, by name. */
    tarballs: Readonly<Record<string, string>>
    /** Why there are none. Empty when there are. */
    packProblem: string
  }
}

/**
 * Before the packed tests: what would be published is built and packed, once. A package that cannot be built fails these
 * tests, each with the reason, and not the whole run.
 */
export default async function setup(project: TestProject): Promise<void> {
  try {
    project.provide('tarballs', await packAll())
    project.provide('packProblem', '')
  } catch (error) {
    project.provide('tarballs', {})
    project.provide('packProblem', error instanceof Error ? error.message : String(error))
  }
}
