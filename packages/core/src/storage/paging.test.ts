import { expect, it } from 'vitest'
import { readCursor, writeCursor } from './paging.ts'

it('a cursor survives a URL, whatever it is made of', () => {
  const letters = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)).join('')
  for (let from = 0; from < letters.length; from++) {
    for (const text of [letters[from] ?? '', letters.slice(from, from + 3), `${letters.slice(from)}~${from}`]) {
      const cursor = writeCursor([text, from, null])
      expect(cursor).toMatch(/^[A-Za-z0-9-]+$/)
      expect(readCursor(cursor, 3)).toEqual([text, from, null])
    }
  }
})

it.each(['', '!', 'e30', writeCursor([1]), writeCursor([{}] as never), writeCursor([1, 2]).slice(2)])(
  '"%s" is none of two parts',
  (cursor) => {
    expect(() => readCursor(cursor, 2)).toThrow(expect.objectContaining({ code: 'invalid_cursor', field: 'cursor' }))
  },
)
