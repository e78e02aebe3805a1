import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/lib/workspace.mjs'
import { extract } from '../docs/pages.ts'
import { install, strangerFolder } from './stranger.ts'

// Somebody who has only the packages and the guide: the guide's adapter for a vendor nobody here knows passes the suite, and
// when it is broken in one place, the suite names the promise that is broken.

const folder = strangerFolder()
const adapter = join(folder.path, 'acme.ts')
let whole = ''

beforeAll(async () => {
  extract(join(root, 'docs/writing-an-adapter.md'), folder.path)
  whole = readFileSync(adapter, 'utf8')
  await install(
    folder,
    ['@do/provider', '@do/sms', '@do/telephony', '@do/payments', '@do/llm', '@do/conformance'],
    ['msw@3', 'vitest@5'],
  )
})

afterAll(() => folder.remove())

/** Runs the guide's test. Answers the ids of the checks that failed, and the whole output. */
async function conformance() {
  const ran = await folder.run(
    join(folder.path, 'node_modules/.bin/vitest'),
    ['run', '--reporter=json', '--outputFile=report.json'],
    { NO_COLOR: '1' },
  )
  const report = JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as {
    numPassedTests: number
    testResults: readonly { assertionResults: readonly { status: string; title: string }[] }[]
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = tests.filter(({ status }) => status === 'failed').map(({ title }) => title.split(':')[0])
  return { ...ran, passed: report.numPassedTests, failed: [...new Set(failed)] }
}

describe('a stranger with the guide and the tarballs', () => {
  it('passes the suite', async () => {
    const { passed, failed, code, output } = await conformance()
    expect(failed, output).toEqual([])
    expect(code).toBe(0)
    expect(passed).toBeGreaterThan(100)
  })

  it.each([
    ['trims what it sends', 'text: body, tag', 'text: body.trim(), tag', 'sms.send.whitespace'],
    ['forgets the reference', 'tag: reference, callback', 'callback', 'sms.send.effect.cut-after'],
    [
      'reads one page of a list',
      'return answer.next === null ? { items }',
      'return answer.messages ? { items }',
      'sms.list.all-pages',
    ],
    ['believes every webhook', "throw webhookError('webhook_signature')", 'void 0', 'sms.webhook.forged'],
  ])('learns by name which promise is broken: it %s', async (_, right, wrong, check) => {
    expect(whole.split(right), `the guide no longer says ${right}`).toHaveLength(2)
    folder.write('acme.ts', whole.replace(right, wrong))
    const { failed, code, output } = await conformance()
    folder.write('acme.ts', whole)
    expect(failed, output).toContain(check)
    expect(code).not.toBe(0)
  })
})
