import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packages, root } from '../../scripts/lib/workspace.mjs'
import { install, node22, strangerFolder, tarballs } from './stranger.ts'

// Every published entry point is imported as published, under the oldest Node that we promise.

const folder = strangerFolder()

const entries = packages(root).flatMap(({ name, manifest }) => Object.keys(manifest.exports).map((path) => name + path.slice(1)))

beforeAll(async () => {
  await install(folder, Object.keys(tarballs()), [node22.install, 'vitest@5'])
})

afterAll(() => folder.remove())

describe('under Node 22', () => {
  it.each(entries)('%s can be imported', async (entry) => {
    const source = `const found = await import(${JSON.stringify(entry)}); console.log(Object.keys(found).length)`
    const ran = await folder.run(join(folder.path, node22.path), ['--input-type=module', '-e', source])
    expect(ran.output, ran.output).toMatch(/^\d+\n$/)
    expect(ran.code).toBe(0)
  })
})
