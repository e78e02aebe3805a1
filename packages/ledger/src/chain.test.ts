import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Sealable, seal } from './chain.ts'
import { random } from './test/random.ts'

const texts = [
  '',
  'plain',
  'a "quote"',
  'back\\slash',
  'tab\t',
  'new\nline',
  '\u0001\u001f',
  '~ \u007f',
  'é',
  '😀',
  '\u2028',
  `x'y`,
  '[]{}',
]

it('is the SHA-256 of the JSON text that it is said to be, whatever stands in the entry', () => {
  const { int, pick, chance } = random(7)
  const maybe = <T>(value: T) => (chance(0.5) ? null : value)
  const text = () => Array.from({ length: int(4) }, () => pick(texts)).join('')
  for (let round = 0; round < 500; round++) {
    const previous = round === 0 ? '' : 'ab'.repeat(32)
    const lines = Array.from({ length: 1 + int(4) }, () => ({
      account: { name: text() },
      sign: pick([1, -1]),
      amount: 2n ** 63n - BigInt(1 + int(1000)),
      currency: pick(['EUR', 'JPY', 'TOKEN']),
      item: maybe(text()),
      due: maybe(int(20_000)),
    }))
    const entry: Sealable = {
      sequence: 1 + int(1e9),
      day: int(30_000) - 10_000,
      recordedAt: int(2 ** 31) * 1000,
      description: text(),
      key: maybe(text()),
      request: maybe(text()),
      reverses: maybe(int(9)),
      hold: maybe(int(9)),
      draft: maybe(int(9)),
      metadataText: maybe(JSON.stringify({ [text()]: text() })),
      lines,
    }
    const parts = [
      ...[previous, entry.sequence, new Date(entry.day * 86_400_000).toISOString().slice(0, 10), entry.recordedAt],
      ...[entry.description, entry.key, entry.request, entry.reverses, entry.hold, entry.draft, entry.metadataText],
      ...lines.flatMap(({ account, sign, amount, currency, item, due }) => [
        ...[account.name, sign, String(amount), currency, item, due],
      ]),
    ]
    expect(seal(previous, entry)).toBe(createHash('sha256').update(JSON.stringify(parts)).digest('hex'))
  }
})
