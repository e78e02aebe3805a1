import { type ChunkReader, chunkReader } from '@do/llm'
import { type Clock, systemClock } from '@do/provider'
import { inBand } from './errors.ts'

/** A body that is read chunk by chunk. */
export interface Body extends AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
  /** The answer is whole: what is left is read out unheard, so that the connection can serve the next request. */
  settle(): void
  /** What follows closely may come as one. See `ChunkReader`. */
  gather: ChunkReader['gather']
}

/** Chunks that are read after the end mark before the connection is given up. */
const mostLeft = 8

/** Closed as soon as the signal says so, whatever the fetch makes of it. */
export function bodyOf(response: Response, signal: AbortSignal, clock: Clock = systemClock): Body {
  const reader = response.body === null ? undefined : chunkReader(response.body, clock)
  let over = reader === undefined
  const close = () => {
    over = true
    signal.removeEventListener('abort', close)
    reader?.cancel()
  }
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  const drain = async () => {
    for (let left = mostLeft; left > 0; left--) if ((await reader?.read(true))?.done !== false) return
    close()
  }
  const ended = { done: true, value: undefined } as const
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      signal.throwIfAborted()
      if (over || reader === undefined) return ended
      const result = await reader.read()
      signal.throwIfAborted()
      if (result.done || result.value === undefined) {
        over = true
        signal.removeEventListener('abort', close)
        return ended
      }
      return { done: false, value: result.value }
    },
    async return() {
      if (!over) close()
      return ended
    },
    settle() {
      if (over) return
      over = true
      signal.removeEventListener('abort', close)
      drain().catch(() => {})
    },
    gather: () => reader?.gather(),
  }
}

export const isJson = (response: Response): boolean => /\bjson\b/i.test(response.headers.get('content-type') ?? '')

/** @throws VendorRefusal for an error that comes as a success. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  return objectOf(await response.json())
}

export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The answer is no JSON object.')
  if ('error' in value && value.error) throw inBand(value.error)
  return value as Record<string, unknown>
}
