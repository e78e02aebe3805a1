import { expect, it } from 'vitest'
import { serverEvents, serverEventsIn } from './server-events.ts'

const text =
  'data: one\n\nevent: named\r\ndata:two\r\ndata:  three\r\n\r\n: comment\r\rid: 7\n\ndata\ndata:\n\ndata: Zürich 東京\n'

it('cuts events apart, with any line end, and leaves nothing out between them', () => {
  const events = serverEventsIn(text)
  expect(events.map(({ name, data, ended }) => [name, data, ended])).toEqual([
    ['', 'one', true],
    ['named', 'two\n three', true],
    ['', undefined, true],
    ['', undefined, true],
    ['', '', true],
    ['', 'Zürich 東京', false],
  ])
  expect(events.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
  expect(serverEventsIn('')).toEqual([])
  expect(serverEventsIn('data: x')).toMatchObject([{ data: 'x', ended: false }])
})

it.each([1, 2, 3, 7, 1_000])('reads a body in chunks of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode(text)
  const said: (string | undefined)[] = []
  async function* body() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  for await (const { data } of serverEvents(body())) if (data !== undefined) said.push(data)
  expect(said).toEqual(['one', 'two\n three', '', 'Zürich 東京'])
})
