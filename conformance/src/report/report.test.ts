import { expect, it } from 'vitest'
import type { CheckResult, ConformanceResult } from '../run.ts'
import { toJson } from './json.ts'
import { toMarkdown } from './markdown.ts'
import { matrixOf } from './matrix.ts'
import { toTerminal } from './terminal.ts'

const fact = (id: string, level: 'must' | 'should' = 'must') =>
  ({ id, level, title: `Title of ${id}`, why: 'https://example.com/why' }) as const

const row = (label: string, results: CheckResult[]): ConformanceResult => ({
  interface: 'sms',
  label,
  results,
  ok: label !== 'acme',
})

const results = [
  row('acme', [
    { ...fact('sms.a'), status: 'pass' },
    { ...fact('sms.b'), status: 'fail', reason: 'Two messages | instead of <one>.' },
    { ...fact('sms.c'), status: 'not-applicable', reason: 'mms: none' },
  ]),
  row('zeta', [
    { ...fact('sms.a'), status: 'pass' },
    { ...fact('sms.b'), status: 'deviation', reason: 'Known (until 2026-12-31)', issue: 'https://example.com/7' },
    { ...fact('sms.d', 'should'), status: 'pass' },
  ]),
]

it('the matrix has one line for each check and one cell for each provider', () => {
  const [matrix] = matrixOf(results)
  expect(matrix?.lines.map(({ id, cells }) => [id, ...cells.map((cell) => cell?.status)])).toEqual([
    ['sms.a', 'pass', 'pass'],
    ['sms.b', 'fail', 'deviation'],
    ['sms.c', 'not-applicable', undefined],
    ['sms.d', undefined, 'pass'],
  ])
  expect(matrix?.providers[0]).toEqual({
    label: 'acme',
    ok: false,
    totals: { pass: 1, fail: 1, 'not-applicable': 1, deviation: 0 },
  })
})

it('the terminal shows what is not passed by all, and why it failed', () => {
  expect(toTerminal(matrixOf(results))).toBe(`sms             acme  zeta
sms.b           ✗     ≈
sms.c           –
sms.d                 ✓
pass            1     2
fail            1     0
not applicable  1     0
deviation       0     1

✗ acme: sms.b (must)
  Two messages | instead of <one>.
  Why it matters: https://example.com/why
`)
  expect(toTerminal(matrixOf(results), { all: true, colour: true })).toContain('sms.a           \u001b[32m✓')
})

it('Markdown has totals, checks and reasons, and breaks no table', () => {
  const text = toMarkdown(matrixOf(results))
  expect(text).toContain('| Fail | 1 | 0 |')
  expect(text).toContain('| [Title of sms.b](https://example.com/why)<br>`sms.b` | ✗ | ≈ |')
  expect(text).toContain('| *[Title of sms.d](https://example.com/why)<br>`sms.d`* |  | ✓ |')
  expect(text).toContain('- `sms.b` acme: ✗ Two messages \\| instead of &lt;one>.')
  expect(text).toContain('- `sms.b` zeta: ≈ Known (until 2026-12-31) (https://example.com/7)')
})

it('JSON can be read back, and is the same for the same results', () => {
  expect(toJson(matrixOf(results))).toBe(toJson(matrixOf(structuredClone(results))))
  expect(JSON.parse(toJson(matrixOf(results)))).toMatchObject({
    format: 'do-conformance',
    version: 1,
    matrices: [{ interface: 'sms' }],
  })
})
