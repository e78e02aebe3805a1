/** Time as the suite sees it. Tests inject their own; nothing else reads the machine's clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `run` once after `ms`; the answer cancels it. */
  timer(ms: number, run: () => void): () => void
}

/** Above it setTimeout fires at once. */
const longest = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => {
        clearTimeout(id)
        reject(signal?.reason)
      }
      const id = setTimeout(
        () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
        Math.min(ms, longest),
      )
      signal?.addEventListener('abort', abort, { once: true })
    }),
  timer: (ms, run) => {
    const id = setTimeout(run, Math.min(ms, longest))
    return () => clearTimeout(id)
  },
}

/** A clock that moves only when told, or when somebody sleeps on it. */
export interface TestClock extends Clock {
  /** Moves time forward, running each timer that falls due, in order. */
  advance(ms: number): void
}

/** Real time in the shape of a test clock, for a twin that serves real sockets: `advance` does nothing. */
export const liveClock: TestClock = { ...systemClock, advance: () => {} }

/**
 * For tests: `sleep` moves the clock itself and returns at once, so waiting costs nothing;
 * a `timer` fires only when somebody moves the clock past it (for example a vendor twin that hangs).
 */
export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = start
  const timers = new Set<{ at: number; run: () => void }>()
  const advance = (ms: number) => {
    const target = now + ms
    for (;;) {
      const due = [...timers].filter((timer) => timer.at <= target).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      timers.delete(due)
      now = Math.max(now, due.at)
      due.run()
    }
    now = target
  }
  return {
    now: () => now,
    advance,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      advance(ms)
      await Promise.resolve()
      signal?.throwIfAborted()
    },
    timer: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
}
