/** The bytes of an answer, chunk by chunk. */
export interface Body extends AsyncIterable<Uint8Array<ArrayBuffer>> {
  /** The end mark has come: whoever stops reading now leaves the connection whole, so that it can serve the next request. */
  settle(): void
}

/** Chunks that may come behind the end mark before the connection is given up. */
const mostLeft = 8

/** When the signal fires, the connection is closed although nobody reads, and whatever carries the bytes knows of signals. */
export function bodyOf(response: Response, signal: AbortSignal): Body {
  let settled = false
  return {
    settle() {
      settled = true
    },
    async *[Symbol.asyncIterator]() {
      if (response.body === null) return
      const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
      const close = () => void reader.cancel(signal.reason).catch(() => {})
      const drain = async () => {
        for (let left = mostLeft; left > 0; left--) if ((await reader.read()).done) return
        close()
      }
      let isRead = false
      signal.addEventListener('abort', close, { once: true })
      try {
        for (;;) {
          signal.throwIfAborted()
          const { done, value } = await reader.read()
          // A cancelled stream ends like one that is whole.
          signal.throwIfAborted()
          isRead = done
          if (done) return
          if (value.length > 0) yield value
        }
      } finally {
        signal.removeEventListener('abort', close)
        if (!isRead && settled) drain().catch(() => {})
        else if (!isRead) close()
      }
    },
  }
}
