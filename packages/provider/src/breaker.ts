import { type Clock, systemClock } from './clock.ts'
import { within } from './engine/within.ts'

/** What is known of one provider's health under one key. Plain JSON, so that a store can share it. */
export interface BreakerState {
  readonly failures: number
  /** Epoch milliseconds until which nothing is sent; 0 when closed. */
  readonly openUntil: number
  /** Epoch milliseconds until which one caller may probe alone; 0 when nobody does. */
  readonly probeUntil: number
}

/**
 * Where breaker state lives. It is a hint, never needed for safety: a store may lose it, and a failing one is ignored.
 */
export interface BreakerStore {
  get(key: string): Promise<BreakerState | undefined> | BreakerState | undefined
  set(key: string, state: BreakerState): Promise<void> | void
}

export interface BreakerOptions {
  /** Provider and network faults in a row that open it. Default 5. */
  readonly failures?: number
  /** How long it stays open before one call may probe, in milliseconds. Default 30,000. */
  readonly openMs?: number
}

export type BreakerMode = 'closed' | 'open' | 'half-open'

const fresh: BreakerState = { failures: 0, openUntil: 0, probeUntil: 0 }

export function memoryBreakers(): BreakerStore {
  const states = new Map<string, BreakerState>()
  return { get: (key) => states.get(key), set: (key, state) => void states.set(key, state) }
}

/**
 * A circuit breaker on the injected clock whose state can be shared (a library's breaker reads the machine's clock and
 * keeps its state to itself, so it can neither be tested without sleeping nor agreed on by several isolates).
 */
export class Breakers {
  readonly #store: BreakerStore
  readonly #clock: Clock
  readonly #failures: number
  readonly #openMs: number

  constructor(store: BreakerStore = memoryBreakers(), options: BreakerOptions = {}, clock: Clock = systemClock) {
    this.#store = store
    this.#clock = clock
    this.#failures = options.failures ?? 5
    this.#openMs = options.openMs ?? 30_000
  }

  async mode(key: string): Promise<BreakerMode> {
    return modeOf(await this.#read(key), this.#clock.now())
  }

  /** May a call go out now? In the half-open state only one may, until it reports or its lease ends. */
  admit(key: string): Promise<boolean> | boolean {
    const state = this.#read(key)
    return state instanceof Promise ? state.then((known) => this.#admit(key, known)) : this.#admit(key, state)
  }

  #admit(key: string, state: BreakerState): Promise<boolean> | boolean {
    if (state.openUntil === 0) return true
    const now = this.#clock.now()
    if (modeOf(state, now) === 'open' || state.probeUntil > now) return false
    return this.#write(key, { ...state, probeUntil: now + this.#openMs }).then(() => true)
  }

  succeeded(key: string): Promise<void> | void {
    const state = this.#read(key)
    return state instanceof Promise ? state.then((known) => this.#recover(key, known)) : this.#recover(key, state)
  }

  #recover(key: string, state: BreakerState): Promise<void> | void {
    if (state.failures > 0 || state.openUntil > 0) return this.#write(key, fresh)
  }

  async failed(key: string): Promise<void> {
    const state = await this.#read(key)
    const failures = state.failures + 1
    const open = failures >= this.#failures || state.openUntil > 0
    await this.#write(key, { failures, openUntil: open ? this.#clock.now() + this.#openMs : 0, probeUntil: 0 })
  }

  /** At once where the store answers so, as the one in memory does: then a healthy provider costs a look into a map. */
  #read(key: string): Promise<BreakerState> | BreakerState {
    try {
      const answer = this.#store.get(key)
      return isLater(answer) ? this.#readSoon(answer) : (answer ?? fresh)
    } catch {
      return fresh
    }
  }

  async #readSoon(answer: PromiseLike<BreakerState | undefined>): Promise<BreakerState> {
    try {
      return (await this.#soon(answer)) ?? fresh
    } catch {
      return fresh
    }
  }

  /** A store that hangs is one that fails. */
  #soon<T>(answer: PromiseLike<T>): Promise<T> {
    return within(Promise.resolve(answer), this.#clock, 1_000)
  }

  async #write(key: string, state: BreakerState): Promise<void> {
    try {
      const written = this.#store.set(key, state)
      if (isLater(written)) await this.#soon(written)
    } catch {
      // The state is only a hint: losing it costs a request, not safety.
    }
  }
}

/** Answers over RPC are no instances of Promise. */
function isLater<T>(answer: PromiseLike<T> | T): answer is PromiseLike<T> {
  return typeof (answer as Partial<PromiseLike<T>> | undefined)?.then === 'function'
}

function modeOf(state: BreakerState, now: number): BreakerMode {
  if (state.openUntil === 0) return 'closed'
  return state.openUntil > now ? 'open' : 'half-open'
}
