import type { Clock } from '@do/provider'

export interface FakeClock extends Clock {
  /** Epoch milliseconds of the next timer. */
  next(): number
  /** Fires what falls due, in order. */
  advanceTo(at: number): void
  /** Without firing anything. */
  set(at: number): void
}

export function fakeClock(start: number): FakeClock {
  let now = start
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  const earliest = () => [...timers].sort((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    next: () => earliest()?.at ?? Number.POSITIVE_INFINITY,
    set: (at) => {
      now = at
    },
    advanceTo: (at) => {
      for (let timer = earliest(); timer !== undefined && timer.at <= at; timer = earliest()) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.run()
      }
      now = Math.max(now, at)
    },
    sleep: (ms) => new Promise((resolve) => timers.add({ at: now + ms, run: resolve })),
    timer: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
}
