import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ConformanceResult, matrixOf, toTerminal } from '@do/conformance/run'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vendors } from './rows.ts'

// The same matrix, inside workerd, from a bundle as it would be deployed. Whatever forgets to use the twin's fetch reaches nothing
// beyond this machine.
const folder = mkdtempSync(join(tmpdir(), 'matrix-'))
let workerd: Workerd
const ask = async (path: string) => {
  const answer = await fetch(workerd.url + path)
  if (answer.status !== 200) throw new Error(`The worker answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  workerd = await launchWorkerd({ entry, objects: [], dataFolder: folder, outbound: ['local'], healthPath: '/' })
})

afterAll(async () => {
  await workerd?.kill()
  rmSync(folder, { recursive: true, force: true })
})

it('runs in workerd and not in Node', async () => {
  expect(await ask('/')).toEqual({ runtime: 'Cloudflare-Workers' })
})

describe.each(vendors.map((vendor) => [vendor.name, vendor] as const))('%s in workerd', (_, vendor) => {
  it.each(vendor.rows().map((row, index) => [`${row.interface}: ${row.label}`, index] as const))(
    '%s',
    async (_label, index) => {
      const result = (await ask(`/${vendor.name}/${index}`)) as ConformanceResult
      expect(
        result.results.filter(({ status }) => status === 'fail'),
        toTerminal(matrixOf([result])),
      ).toEqual([])
      expect(result.results.filter(({ status }) => status === 'pass').length).toBeGreaterThan(100)
    },
    300_000,
  )
})
