import { type Clock, systemClock } from '@do/provider'

/** A whole answer, byte for byte. */
export interface CachedAnswer {
  readonly contentType: string
  readonly provider: string
  readonly model: string
  /** As they were sent: a stream is replayed as a stream. */
  readonly chunks: readonly Uint8Array[]
}

/**
 * Where whole answers are kept, by a key that holds the tenant, the models and the whole request. A failure of it is never a failure
 * of the request.
 */
export interface AnswerCache {
  get(key: string): Promise<CachedAnswer | undefined> | CachedAnswer | undefined
  put(key: string, answer: CachedAnswer): Promise<void> | void
}

export interface MemoryCacheOptions {
  /** How long an answer is kept, in milliseconds. Default one hour. */
  readonly ttlMs?: number
  /** The oldest go when there is more. Default 64 MB. */
  readonly maxBytes?: number
  readonly clock?: Clock
}

/** In this process. */
export function memoryCache(options: MemoryCacheOptions = {}): AnswerCache {
  const { ttlMs = 60 * 60_000, maxBytes = 64_000_000, clock = systemClock } = options
  // In order of insertion, so the first is the oldest.
  const kept = new Map<string, { readonly answer: CachedAnswer; readonly bytes: number; readonly until: number }>()
  let total = 0
  const drop = (key: string) => {
    total -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (found === undefined) return undefined
      if (found.until > clock.now()) return found.answer
      drop(key)
      return undefined
    },
    put(key, answer) {
      drop(key)
      const bytes = answer.chunks.reduce((sum, { length }) => sum + length, 0)
      if (bytes > maxBytes) return
      kept.set(key, { answer, bytes, until: clock.now() + ttlMs })
      total += bytes
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) break
        drop(oldest)
      }
    },
  }
}
