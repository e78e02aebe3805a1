import { type ServerEvent, serverEvents, serverEventsIn } from '@do/llm'

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
  for await (const event of serverEvents(body)) yield* saidIn(event)
}

/** The events in a text of whole ones. The names before them say nothing that is not in them. */
export function* eventsIn(text: string): Generator<VendorEvent> {
  for (const event of serverEventsIn(text)) yield* saidIn(event)
}

function* saidIn({ data, ended }: ServerEvent): Generator<VendorEvent> {
  // Cut off before its blank line: as by the standard, that is no event.
  if (ended && data !== undefined) yield parsed(data)
}

function parsed(data: string): VendorEvent {
  const event: unknown = JSON.parse(data)
  if (typeof event !== 'object' || event === null) throw new SyntaxError('The event is no object.')
  return event as VendorEvent
}
