import type { Clock } from '@do/provider'
import type { Answer } from './answer.ts'

export interface StreamWishes {
  readonly clock: Clock
  /** A comment is sent when the vendor is silent for this long, in milliseconds. */
  readonly keepAliveMs: number
  /** The error as an event of the client's language. */
  readonly errorEvent: (error: unknown) => string
  /** Each chunk, as it is sent. */
  readonly seen: (chunk: Uint8Array) => void
  /** Called once: without an error when all was sent. */
  readonly over: (error?: unknown) => void
  /** The client has left. */
  readonly left: () => void
}

const encoder = new TextEncoder()
const comment = encoder.encode(': keep-alive\n\n')
const decoder = new TextDecoder('latin1')

/** A vendor's answer that is cut off may end in the middle of an event, which would swallow the one that says so. */
const isOpen = (last: Uint8Array | undefined) =>
  last !== undefined && !/(?:\n\r?\n|\r\r)$/.test(decoder.decode(last.subarray(-3)))

/**
 * The answer as a body that is read from the vendor as fast as the client reads it, and not faster. Chunks are whole events, so a
 * comment fits between any two. After an error comes its event and nothing else.
 */
export function streamBody(
  answer: Answer,
  { clock, keepAliveMs, errorEvent, seen, over, left }: StreamWishes,
): ReadableStream<Uint8Array> {
  let silentSince: number | undefined
  let cancelTimer = () => {}
  let isOver = false
  let last: Uint8Array | undefined
  const finish = () => {
    isOver = true
    cancelTimer()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // One timer stands for the whole stream: it is set anew only when it fires.
      const look = () => {
        if (isOver) return
        const silent = silentSince === undefined ? 0 : clock.now() - silentSince
        if (silent >= keepAliveMs) {
          controller.enqueue(comment)
          silentSince = clock.now()
        }
        cancelTimer = clock.timer(keepAliveMs - (silent >= keepAliveMs ? 0 : silent), look)
      }
      cancelTimer = clock.timer(keepAliveMs, look)
    },
    async pull(controller) {
      silentSince = clock.now()
      let chunk: Uint8Array | undefined
      try {
        chunk = await answer.next()
      } catch (error) {
        if (isOver) return
        finish()
        over(error)
        controller.enqueue(encoder.encode(`${isOpen(last) ? '\n\n' : ''}${errorEvent(error)}`))
        controller.close()
        return
      }
      silentSince = undefined
      if (isOver) return
      if (chunk === undefined) {
        finish()
        over()
        controller.close()
        return
      }
      seen(chunk)
      last = chunk
      controller.enqueue(chunk)
    },
    cancel() {
      if (isOver) return
      finish()
      answer.stop()
      left()
    },
  })
}
