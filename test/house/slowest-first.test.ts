import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { root } from '../../scripts/lib/workspace.mjs'
import { slowest, slowestFirst } from './slowest-first.ts'

it('names only files that are there, each once', () => {
  expect(slowest.filter((path) => !existsSync(root + path))).toEqual([])
  expect(new Set(slowest).size).toBe(slowest.length)
})

it('loses no file: the slowest come first, of whichever project, then the other projects, then the rest in its order', () => {
  const [first, second] = slowest as readonly [string, string]
  const files = [
    ['packages/a.test.ts', 'node'],
    [second, 'workerd'],
    ['packages/b.test.ts', 'node'],
    [first, 'node'],
    ['packages/c.workerd.test.ts', 'workerd'],
  ] as const
  const sorted = slowestFirst(files, (file) => file).map(([path]) => path)
  expect(sorted).toEqual([first, second, 'packages/c.workerd.test.ts', 'packages/a.test.ts', 'packages/b.test.ts'])
})
