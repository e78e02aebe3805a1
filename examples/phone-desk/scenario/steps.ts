/** What became of one step of the scenario. */
export interface StepResult {
  readonly title: string
  readonly ok: boolean
  /** What can be shown of it, e.g. who was tried. */
  readonly facts: string
  readonly ms: number
}

export interface Steps {
  readonly results: readonly StepResult[]
  heading(title: string): void
  /** Runs one step; a failure is kept and the next step goes on. Answers what the step answered, or undefined. */
  step<T>(title: string, run: (facts: Facts) => Promise<T>): Promise<T | undefined>
}

/** Notes that appear behind the step's title. */
export type Facts = (...notes: readonly (string | number)[]) => void

/** Runs steps and prints a line for each. */
export function stepper(print: (line: string) => void): Steps {
  const results: StepResult[] = []
  return {
    results,
    heading: (title) => print(`\n${title}`),
    async step(title, run) {
      const notes: string[] = []
      const began = performance.now()
      const end = (ok: boolean, facts: string) => {
        const ms = Math.round(performance.now() - began)
        results.push({ title, ok, facts, ms })
        print(
          `  ${ok ? '✓' : '✗'} ${title}${facts === '' ? '' : ` · ${facts}`}${ms >= 1_000 ? ` (${(ms / 1_000).toFixed(1)} s)` : ''}`,
        )
      }
      try {
        const value = await run((...more) => void notes.push(more.join(' · ')))
        end(true, notes.join(' · '))
        return value
      } catch (error) {
        end(false, [...notes, error instanceof Error ? error.message : String(error)].join(' · '))
        return undefined
      }
    },
  }
}

/** @throws Error with this text. */
export function must(condition: unknown, text: string): asserts condition {
  if (!condition) throw new Error(text)
}

export function same(actual: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`)
}

/** Asks until the answer fits, for what happens in another process. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  fits: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
