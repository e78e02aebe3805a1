import type { Clock } from '../clock.ts'

/**
 * Waits for what may never come: rejects when the time is over or the caller gives up. The promise itself goes on;
 * whatever becomes of it later is nobody's unhandled rejection.
 */
export async function within<T>(promise: Promise<T>, clock: Clock, ms: number, signal?: AbortSignal): Promise<T> {
  let tidy = () => {}
  const over = new Promise<never>((_, reject) => {
    const abort = () => reject(signal?.reason)
    const cancelTimer = clock.timer(ms, () => reject(new DOMException('The time is over.', 'TimeoutError')))
    signal?.addEventListener('abort', abort, { once: true })
    tidy = () => {
      cancelTimer()
      signal?.removeEventListener('abort', abort)
    }
    if (signal?.aborted) abort()
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    tidy()
  }
}

/** Listeners are told, never asked: what one throws changes nothing of a call's outcome. */
export function tell<T>(listener: ((news: T) => void) | undefined, news: T): void {
  try {
    listener?.(news)
  } catch {
    // The vendor has acted or not, whatever a listener thinks of it.
  }
}
