import { describe, expect, it } from 'vitest'
import { wholeEvents } from './sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

async function* of(...chunks: readonly Uint8Array[]) {
  yield* chunks
}

async function cut(...chunks: readonly Uint8Array[]): Promise<string[]> {
  const out: string[] = []
  for await (const chunk of wholeEvents(of(...chunks))) out.push(decoder.decode(chunk))
  return out
}

/** As the standard says, slowly: events with their blank lines; what is left over last. */
function eventsOf(text: string): string[] {
  const events: string[] = []
  let event = ''
  for (const [line, content] of text.matchAll(/([^\r\n]*)(?:\r\n|\n|\r)/g)) {
    event += line
    if (content === '' && event !== line) {
      events.push(event)
      event = ''
    }
  }
  const rest = event + (/[^\r\n]*$/.exec(text)?.[0] ?? '')
  return rest === '' ? events : [...events, rest]
}

const bodies = {
  LF: 'data: {"a":1}\n\nevent: ping\ndata: é😀\n\n: comment\n\ndata: [DONE]\n\n',
  CRLF: 'data: {"a":1}\r\n\r\nevent: ping\r\ndata: é😀\r\n\r\ndata: [DONE]\r\n\r\n',
  CR: 'data: 1\r\rdata: 2\rdata: 3\r\rdata: 4\r\r',
  mixed: 'data: 1\n\r\ndata: 2\r\r\ndata: 3\r\n\ndata: 4\n\rdata: 5\n\n',
  'without its end': 'data: 1\n\ndata: 2\n',
}

describe('wholeEvents', () => {
  it.each(Object.entries(bodies))(
    '%s: every cut in two, nothing lost, and every chunk ends where an event does',
    async (_, body) => {
      const bytes = encoder.encode(body)
      const ends = new Set<number>([encoder.encode(body).length])
      let at = 0
      for (const event of eventsOf(body)) ends.add((at += encoder.encode(event).length))
      for (let first = 0; first <= bytes.length; first++) {
        const chunks = await cut(bytes.subarray(0, first), bytes.subarray(first))
        expect(chunks.join('')).toBe(body)
        let end = 0
        for (const chunk of chunks)
          expect(ends, `cut at ${first}: ${JSON.stringify(chunks)}`).toContain((end += encoder.encode(chunk).length))
      }
    },
  )

  it.each(Object.entries(bodies))('%s: byte by byte, each event by itself', async (_, body) => {
    const chunks = await cut(...[...encoder.encode(body)].map((byte) => new Uint8Array([byte])))
    expect(chunks.join('')).toBe(body)
    // A CR at the end waits for what follows, so a last event that ends so comes with the rest.
    expect(chunks.map((chunk) => chunk.trimEnd())).toEqual(eventsOf(body).map((event) => event.trimEnd()))
  })

  it('passes chunks that are whole already as they are', async () => {
    const chunk = encoder.encode(bodies.LF)
    const out: Uint8Array[] = []
    for await (const each of wholeEvents(of(chunk, new Uint8Array(0), chunk))) out.push(each)
    expect(out).toHaveLength(2)
    expect(out[0]).toBe(chunk)
  })

  it('keeps what it holds back, though the network uses its buffer again', async () => {
    async function* reused() {
      const buffer = encoder.encode('data: 1\n\ndata: 2')
      yield buffer
      buffer.fill(120)
      yield encoder.encode('\n\n')
    }
    const out: string[] = []
    for await (const chunk of wholeEvents(reused())) out.push(decoder.decode(chunk))
    expect(out.at(-1)).toBe('data: 2\n\n')
  })

  it('takes one long event in many pieces in its stride', async () => {
    const pieces = Array.from({ length: 2_000 }, () => encoder.encode('x'.repeat(4_096)))
    const began = process.cpuUsage()
    const chunks = await cut(encoder.encode('data: '), ...pieces, encoder.encode('\n\ndata: 2'))
    expect(chunks.map(({ length }) => length)).toEqual([6 + 2_000 * 4_096 + 2, 7])
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000)
  })
})
