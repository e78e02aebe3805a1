import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { sha256 } from './sha256.ts'

it('is the SHA-256 of the text’s UTF-8 bytes, whatever its length', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const texts = ['', 'é', '日本語 😀', 'x'.repeat(100_000), `${'x'.repeat(70)}ß`]
  for (let length = 0; length < 200; length++) texts.push('a'.repeat(length), 'ü'.repeat(length))
  // A long one before a short one must leave nothing behind.
  for (const text of texts) expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
})
