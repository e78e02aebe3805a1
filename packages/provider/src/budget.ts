/**
 * Bounds how much extra traffic retries and failovers may cause: every first attempt earns a fraction of a token,
 * every further attempt costs one. In a total outage the extra load stays at `ratio` of the normal one.
 */
export class RetryBudget {
  readonly #ratio: number
  readonly #burst: number
  #tokens: number

  constructor(options: { readonly ratio?: number; readonly burst?: number } = {}) {
    this.#ratio = options.ratio ?? 0.2
    this.#burst = options.burst ?? 100
    this.#tokens = this.#burst
  }

  earn(): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + this.#ratio)
  }

  spend(): boolean {
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
