import type { TestProject } from 'vitest/node'
import { packAll } from '../../scripts/build/pack.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of each package's tarball, by name. */
    tarballs: Readonly<Record<string, string>>
  }
}

/** Before the packed tests: what would be published is built and packed, once. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('tarballs', await packAll())
}
