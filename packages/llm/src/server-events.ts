import { wholeEvents } from './sse.ts'

/** One server-sent event, in a text of whole ones. */
export interface ServerEvent {
  /** Where it begins in the text, and where the next one does. */
  readonly from: number
  readonly to: number
  /** Its `event`, where it has one, or ''. */
  readonly name: string
  /** Its data, lines joined. Undefined where it has none: a comment, a blank line more than needed. */
  readonly data: string | undefined
  /** False where the text stops before its blank line. By the standard it is no event then; some servers end so. */
  readonly ended: boolean
}

/**
 * Cuts a text of server-sent events apart: nothing of it is left out between one event's `to` and the next one's `from`.
 * See https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function serverEventsIn(text: string): ServerEvent[] {
  const events: ServerEvent[] = []
  const line = /([^\r\n]*)(\r\n|\n|\r|$)/y
  let from = 0
  let name = ''
  let data: string | undefined
  while (line.lastIndex < text.length) {
    const [, content = ''] = line.exec(text) ?? []
    const to = line.lastIndex
    if (content.startsWith('data:')) {
      const value = content.slice(content[5] === ' ' ? 6 : 5)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (content.startsWith('event:')) name = content.slice(6).trim()
    const ended = content === ''
    if (!ended && to < text.length) continue
    events.push({ from, to, name, data, ended })
    from = to
    name = ''
    data = undefined
  }
  return events
}

/** The events of a body, however the network cut it. Places in the text are those within a chunk of whole events. */
export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  for await (const chunk of wholeEvents(body)) yield* serverEventsIn(decoder.decode(chunk))
}
