import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchSources } from './watch.ts'

let folder: string
let entry: string
const stop = new AbortController()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dobj-watch-'))
  entry = join(folder, 'worker.ts')
  writeFileSync(entry, 'export const a = 1')
})
afterEach(() => {
  stop.abort()
  rmSync(folder, { recursive: true, force: true })
})

describe('sources that change', () => {
  it('are told: the entry at once, then what changed while the change before was still built, then what changes', async () => {
    const changes = watchSources(entry, stop.signal)
    const told = async () => (await changes.next()).value
    expect(await told()).toContain('worker.ts')
    for (const text of ['import "./other.ts"', 'import "./other.ts"; 1']) {
      writeFileSync(join(folder, 'other.ts'), '')
      writeFileSync(entry, text)
      expect(await told()).toContain('worker.ts')
    }
    const next = told()
    writeFileSync(join(folder, 'other.ts'), 'export const b = 2')
    expect(await next).toContain('other.ts')
    stop.abort()
    expect(await told()).toBeUndefined()
  })
})
