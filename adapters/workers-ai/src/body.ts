/** The bytes of an answer. When the signal fires, the connection is closed although nobody reads. */
export async function* bytesOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  let whole = false
  const close = () => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', close, { once: true })
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) {
        // A cancelled stream ends like one that is whole.
        signal.throwIfAborted()
        whole = true
        return
      }
      if (value.length > 0) yield value
    }
  } finally {
    signal.removeEventListener('abort', close)
    if (!whole) close()
  }
}
