import { type AnswerBody, type ServerEvent, serverEvents } from '@do/llm'
import { objectOf } from './body.ts'
import { inBand } from './errors.ts'

export const done = '[DONE]'

/** What an event says. @throws VendorRefusal where it is the vendor's error, Error where it is no JSON object. */
export function saidIn({ name, data = '' }: ServerEvent): Record<string, unknown> {
  const said = objectOf(JSON.parse(data))
  if (name === 'error') throw inBand(said)
  return said
}

/** What a body of server-sent events says, up to the end mark. */
export async function* said(body: AnswerBody): AsyncGenerator<Record<string, unknown> | typeof done> {
  for await (const event of serverEvents(body)) {
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
