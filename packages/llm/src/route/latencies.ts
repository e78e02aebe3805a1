/** How long models took lately, as an exponential moving average. State of the process; feed it from trails or your own clock. */
export interface Latencies {
  /** `model` as it is in the route. A failure counts as ten seconds more: what fails fast is not fast. */
  observe(model: string, milliseconds: number, ok?: boolean): void
  /** Undefined where it was never observed. */
  of(model: string): number | undefined
}

/** `weight`: how much the newest one counts, from 0 to 1. Default 0.2. */
export function latencies({ weight = 0.2 }: { readonly weight?: number } = {}): Latencies {
  const averages = new Map<string, number>()
  return {
    observe(model, milliseconds, ok = true) {
      if (!Number.isFinite(milliseconds) || milliseconds < 0) return
      const sample = ok ? milliseconds : milliseconds + 10_000
      const known = averages.get(model)
      averages.set(model, known === undefined ? sample : known * (1 - weight) + sample * weight)
    },
    of: (model) => averages.get(model),
  }
}
