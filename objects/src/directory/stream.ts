import type { Clock } from '@do/provider'

/** Server-sent events for any number of listeners. */
export interface EventStream {
  open(signal: AbortSignal): Response
  send(event: string, data: unknown): void
}

const beatMs = 15_000
/** A listener that is so far behind is cut off; it comes back and reads everything anew. */
const mostBehind = 256

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventStream(clock: Clock): EventStream {
  const encoder = new TextEncoder()
  const listeners = new Set<ReadableStreamDefaultController<Uint8Array>>()
  let stopBeat: (() => void) | undefined

  const leave = (listener: ReadableStreamDefaultController<Uint8Array>) => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    stopBeat?.()
    stopBeat = undefined
  }

  const write = (text: string) => {
    const bytes = encoder.encode(text)
    for (const listener of listeners) {
      try {
        if ((listener.desiredSize ?? 0) < -mostBehind) throw new Error('too far behind')
        listener.enqueue(bytes)
      } catch {
        leave(listener)
        close(listener)
      }
    }
  }

  // A comment now and then keeps proxies from closing the connection, and finds out who is gone.
  const beat = () => {
    stopBeat = clock.timer(beatMs, () => {
      write(': still here\n\n')
      if (listeners.size > 0) beat()
    })
  }

  return {
    open: (signal) => {
      let own: ReadableStreamDefaultController<Uint8Array>
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          own = controller
          listeners.add(controller)
          controller.enqueue(encoder.encode('retry: 1000\n\n'))
          if (stopBeat === undefined) beat()
          signal.addEventListener('abort', () => leave(controller), { once: true })
        },
        cancel: () => leave(own),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
    },
    send: (event, data) => {
      if (listeners.size > 0) write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
  }
}

function close(listener: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    listener.close()
  } catch {
    // It has been closed by the other side.
  }
}
