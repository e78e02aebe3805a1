import { wholeEvents } from '@do/llm'
import type { Body } from './body.ts'
import { objectOf } from './body.ts'
import { inBand } from './errors.ts'

/** One event of a text of whole ones. */
export interface EventText {
  /** Where it begins in the text, and where the next one does. */
  readonly from: number
  readonly to: number
  /** Its `event`, where it has one. */
  readonly name: string
  /** Its data, lines joined. Undefined: a comment. */
  readonly data: string | undefined
}

/** Cuts whole events apart. https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export function eventsIn(text: string): EventText[] {
  const events: EventText[] = []
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
    if (content !== '' && to < text.length) continue
    events.push({ from, to, name, data })
    from = to
    name = ''
    data = undefined
  }
  return events
}

export const done = '[DONE]'

/** What an event says. @throws VendorRefusal where it is the vendor's error, Error where it is no JSON object. */
export function saidIn({ name, data = '' }: EventText): Record<string, unknown> {
  const said = objectOf(JSON.parse(data))
  if (name === 'error') throw inBand(said)
  return said
}

/** What a body of server-sent events says, up to the end mark. */
export async function* said(body: Body): AsyncGenerator<Record<string, unknown> | typeof done> {
  const decoder = new TextDecoder()
  for await (const chunk of wholeEvents(body)) {
    for (const event of eventsIn(decoder.decode(chunk))) {
      if (event.data === undefined || event.data === '') continue
      if (event.data.trim() !== done) {
        yield saidIn(event)
        continue
      }
      body.settle()
      yield done
      return
    }
  }
}
