import { setTimeout as pause } from 'node:timers/promises'
import type { Running } from './process.ts'

const pauseMs = 20

/**
 * Waits until a worker answers 200. A connection that breaks is tried again for as long as the process lives: it may have been one to
 * the process that had the port before. @throws Error when the worker answers otherwise, the process ends, or the time is over; the
 * process has been ended then.
 */
export async function healthy(url: string, timeoutMs: number, process: Pick<Running, 'end' | 'gone'>): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs)
  let isGone = false
  void process.gone.then(() => {
    isGone = true
  })
  try {
    const response = await answer(url, signal, () => isGone)
    await response.body?.cancel()
    if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  } catch (error) {
    await process.end('SIGKILL')
    throw new Error(`workerd listens but is not healthy: ${error instanceof Error ? error.message : 'no answer'}`, {
      cause: error,
    })
  }
}

async function answer(url: string, signal: AbortSignal, isGone: () => boolean): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, { signal })
    } catch (error) {
      if (signal.aborted) throw error
      if (isGone()) throw new Error('it has ended', { cause: error })
      await pause(pauseMs)
    }
  }
}
