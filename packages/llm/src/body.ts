import { type Clock, systemClock } from '@do/provider'
import { type ChunkReader, chunkReader } from './chunk-reader.ts'

/** A body that is read chunk by chunk; none of them is empty. */
export interface AnswerBody extends AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
  /** The answer is whole: what is left is read out unheard, so that the connection can serve the next request. */
  settle(): void
  /** What follows closely may come as one. See `ChunkReader`. */
  gather: ChunkReader['gather']
}

/**
 * The body of a vendor's answer. It is closed as soon as the signal says so or its reader leaves, whatever the fetch makes of it, and
 * whether or not anybody reads. After the signal every read throws the signal's reason: a cancelled stream ends like a whole one.
 */
export function bodyOf(
  response: Response,
  signal: AbortSignal,
  clock: Clock = systemClock,
  { mayGather = false }: { readonly mayGather?: boolean } = {},
): AnswerBody {
  const reader = response.body === null ? undefined : chunkReader(response.body, clock, mayGather)
  let over = reader === undefined
  const end = () => {
    over = true
    signal.removeEventListener('abort', close)
  }
  const close = () => {
    end()
    reader?.cancel()
  }
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  const ended = { done: true, value: undefined } as const
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      for (;;) {
        signal.throwIfAborted()
        if (over || reader === undefined) return ended
        const { done, value } = await reader.read()
        signal.throwIfAborted()
        if (done || value === undefined) {
          end()
          return ended
        }
        if (value.length > 0) return { done: false, value }
      }
    },
    async return() {
      if (!over) close()
      return ended
    },
    settle() {
      if (over) return
      end()
      reader?.leave().catch(() => {})
    },
    gather: () => reader?.gather(),
  }
}
