import { wholeEvents } from '@do/llm'

/** What Anthropic writes into a stream, as far as it is read here. Another server may leave any of it out. */
export interface VendorEvent {
  readonly type?: unknown
  readonly [name: string]: unknown
}

/** The body of an answer that has come with a good status. @throws Error where it is not the kind that was asked for. */
export function bodyOf(response: Response, kind: string): AsyncIterable<Uint8Array> {
  if (response.body === null || !(response.headers.get('content-type') ?? '').includes(kind)) throw new Error(`No ${kind}.`)
  return response.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>
}

/** The events of a stream. @throws SyntaxError where one holds no JSON. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<VendorEvent> {
  const decoder = new TextDecoder()
  for await (const chunk of wholeEvents(body)) yield* eventsIn(decoder.decode(chunk))
}

/** The events in a text of whole ones. The names before them say nothing that is not in them. */
export function* eventsIn(text: string): Generator<VendorEvent> {
  let data: string[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
    else if (line === '' && data.length > 0) {
      yield parsed(data.join('\n'))
      data = []
    }
  }
  // Cut off before its blank line: as by the standard, that is no event.
}

function parsed(data: string): VendorEvent {
  const event: unknown = JSON.parse(data)
  if (typeof event !== 'object' || event === null) throw new SyntaxError('The event is no object.')
  return event as VendorEvent
}
