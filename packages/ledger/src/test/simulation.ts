import { check, checkWhole } from './checks.ts'
import { operations } from './operations.ts'
import { createWorld, type Subject, type Violation, type World } from './world.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly steps: number
  /** Steps in one book; then the next begins. */
  readonly perBook?: number
  /** Stops at the first book with a violation. Default. */
  readonly stop?: boolean
}

const total = operations.reduce((sum, [weight]) => sum + weight, 0)

/** One seed drives the workload, the clock, the faults and the ends of the process. Everything that does not hold is said. */
export function simulate(subject: Subject, { seed, steps, perBook = 1000, stop = true }: SimulationOptions): Violation[] {
  const violations: Violation[] = []
  // A violation names its place; the thousands of refusals that are answers need no long stacks.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 2
  try {
    for (let book = 0; book * perBook < steps; book++) {
      const world = createWorld(subject, seed + book * 7919)
      try {
        runBook(world, Math.min(perBook, steps - book * perBook))
      } catch (error) {
        const message = error instanceof Error ? `${error.message} ${error.stack?.split('\n')[1]?.trim()}` : String(error)
        world.violated('unexpected', message)
      }
      world.database.close()
      violations.push(...world.violations)
      if (stop && violations.length > 0) break
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  return violations
}

function runBook(world: World, steps: number): void {
  for (; world.step < steps; world.step++) {
    let left = world.random.int(total)
    const [, operation] = operations.find(([weight]) => {
      left -= weight
      return left < 0
    }) ?? [0, () => undefined]
    operation(world)
    if (world.step % 100 === 99) check(world)
    // What follows a violation says nothing more.
    if (world.violations.length > 0) break
  }
  if (world.violations.length === 0) check(world)
  checkWhole(world)
}
