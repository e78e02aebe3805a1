import { wholeEvents } from '@do/llm'

/**
 * The data of server-sent events, one by one; comments and other fields are passed over.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* dataOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of wholeEvents(bytes)) {
    for (const event of eventsIn(decoder.decode(chunk))) {
      const data = dataIn(event)
      if (data !== undefined) yield data
    }
  }
}

/** Events with the blank lines that end them, so that they can be put together again as they were. */
export const eventsIn = (text: string): readonly string[] => text.match(/[\s\S]*?(?:\r\n\r\n|\n\n|\r\r)|[\s\S]+$/g) ?? []

export function dataIn(event: string): string | undefined {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'))
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n')
}
