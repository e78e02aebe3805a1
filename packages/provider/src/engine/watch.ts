import type { Clock } from '../clock.ts'

interface Limit {
  /** When it is over, in epoch milliseconds, as it stands now: it may move back, never forward. */
  readonly at: () => number
  readonly act: () => void
}

/** Waits for one promise after the other, until told that waiting is over. Nothing is kept of those that are done. */
export class Watch {
  readonly #clock: Clock
  readonly #limits = new Set<Limit>()
  #reject: ((reason: unknown) => void) | undefined
  #reason: unknown
  #isOver = false
  #waitingSince: number | undefined
  /** When the timer fires; never later than a limit, often earlier than the next one. */
  #armedAt = Number.POSITIVE_INFINITY
  #cancelTimer = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  guard<T>(promise: Promise<T>): Promise<T> {
    if (this.#isOver) {
      promise.catch(() => {})
      return Promise.reject(this.#reason)
    }
    this.#waitingSince = this.#clock.now()
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject
      const settle = () => {
        this.#reject = undefined
        this.#waitingSince = undefined
      }
      promise.then(
        (value) => {
          settle()
          resolve(value)
        },
        (error: unknown) => {
          settle()
          reject(error)
        },
      )
    })
  }

  over(reason: unknown): void {
    this.#isOver = true
    // Nobody may ever read on: no timer is left to itself.
    this.end()
    this.#reason = reason
    this.#reject?.(reason)
  }

  /** Calls once at a time in epoch milliseconds, unless it is lifted before. */
  until(at: number, act: () => void): () => void {
    return this.#limit({ at: () => at, act })
  }

  /** Calls when one wait takes this long. */
  startIdle(ms: number, act: () => void): void {
    this.#limit({ at: () => (this.#waitingSince ?? this.#clock.now()) + ms, act })
  }

  /** No limit holds any longer. */
  end(): void {
    this.#limits.clear()
    this.#armedAt = Number.POSITIVE_INFINITY
    this.#cancelTimer()
  }

  #limit(limit: Limit): () => void {
    this.#limits.add(limit)
    this.#arm(limit.at())
    return () => void this.#limits.delete(limit)
  }

  /** Timers cost more than all else here: one stands for all limits, and is set again only when it fires. */
  #arm(at: number): void {
    if (at >= this.#armedAt) return
    this.#cancelTimer()
    this.#armedAt = at
    this.#cancelTimer = this.#clock.timer(Math.max(0, at - this.#clock.now()), () => this.#look())
  }

  #look(): void {
    this.#armedAt = Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    const [first] = [...this.#limits].filter((limit) => limit.at() <= now).sort((a, b) => a.at() - b.at())
    if (first !== undefined) {
      this.#limits.delete(first)
      first.act()
    }
    for (const limit of this.#limits) this.#arm(limit.at())
  }
}
