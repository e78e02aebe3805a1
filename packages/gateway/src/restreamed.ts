import type { Answer } from './answer.ts'
import { isObject, type Json } from './body.ts'
import type { Question } from './open-answer.ts'

/** The answer as the stream that the client wants, also where the server did not stream. */
export function restreamed(answer: Answer, { language, body, streamed }: Question): Answer {
  const { restream } = language
  if (!streamed || restream === undefined || !answer.contentType.startsWith('application/json')) return answer
  let isWritten = false
  return {
    ...answer,
    contentType: 'text/event-stream; charset=utf-8',
    get trail() {
      return answer.trail
    },
    get end() {
      return answer.end
    },
    async next() {
      if (isWritten) return undefined
      isWritten = true
      const chunks: Uint8Array<ArrayBuffer>[] = []
      for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next())
        chunks.push(chunk as Uint8Array<ArrayBuffer>)
      const whole: unknown = JSON.parse(await new Blob(chunks).text())
      return new TextEncoder().encode(restream(isObject(whole) ? whole : ({} as Json), body))
    },
  }
}
