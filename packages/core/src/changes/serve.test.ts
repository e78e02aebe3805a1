import { expect, it } from 'vitest'
import { serveChanges } from './serve.ts'
import type { Change } from './types.ts'

it('tells the source at once that the reader of a stream has left, while it waits for a change', async () => {
  let ended = 0
  const changes: AsyncIterableIterator<Change> = {
    [Symbol.asyncIterator]: () => changes,
    next: () => new Promise(() => {}),
    return: async () => {
      ended += 1
      return { done: true, value: undefined }
    },
  }
  const request = new Request('http://here/changes', { headers: { accept: 'text/event-stream' } })
  const never = () => {
    throw new Error('not asked for')
  }
  const reader = serveChanges(request, { read: never, follow: () => changes, accept: never }).body?.getReader()
  // The comment that tells the client it is connected; then the stream waits for the first change.
  await reader?.read()
  void reader?.read()
  await new Promise((resolve) => setImmediate(resolve))
  await reader?.cancel()
  expect(ended).toBe(1)
})
