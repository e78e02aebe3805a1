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
  it('are told again where they changed while the change before was still worked on', async () => {
    const changes = watchSources(entry, stop.signal)
    const first = changes.next()
    // The first look at the sources takes a moment; whoever writes before it is over is not heard.
    const writing = setInterval(() => writeFileSync(entry, 'export const a = 12'), 20)
    expect((await first).value).toContain('worker.ts')
    clearInterval(writing)
    writeFileSync(entry, 'export const a = 123')
    expect((await changes.next()).value).toContain('worker.ts')
  })
})
