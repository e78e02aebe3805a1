import type { Clock } from '../clock.ts'

/** Waits for one promise after the other, until told that waiting is over. Nothing is kept of those that are done. */
export class Watch {
  readonly #clock: Clock
  #reject: ((reason: unknown) => void) | undefined
  #reason: unknown
  #isOver = false
  #waitingSince: number | undefined
  #cancelIdle = () => {}

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
    this.#cancelIdle()
    this.#reason = reason
    this.#reject?.(reason)
  }

  /** Calls when one wait takes this long. One timer stands for many waits: it is set again only when it fires. */
  startIdle(ms: number, act: () => void): void {
    const look = () => {
      const waited = this.#waitingSince === undefined ? 0 : this.#clock.now() - this.#waitingSince
      if (waited >= ms) act()
      else this.#cancelIdle = this.#clock.timer(ms - waited, look)
    }
    this.#cancelIdle = this.#clock.timer(ms, look)
  }

  end(): void {
    this.#cancelIdle()
  }
}
