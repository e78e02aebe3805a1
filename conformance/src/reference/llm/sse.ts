/** The data of each server-sent event, however the network cut the bytes. What has no blank line behind it is no event. */
export async function* dataOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  for await (const chunk of chunksOf(body)) {
    rest += decoder.decode(chunk, { stream: true })
    for (;;) {
      // A CR that is the last character so far may be half of CRLF.
      const end = rest.search(/\r\n|\n|\r(?!$)/)
      if (end === -1) break
      const line = rest.slice(0, end)
      rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1))
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
      else if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      }
    }
  }
}

/** Reads a body to its end; whoever stops reading ends the connection. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let isDone = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
    isDone = true
  } finally {
    if (!isDone) await reader.cancel().catch(() => {})
  }
}
