import { expect, it } from 'vitest'
import * as ledger from './index.ts'
import { simulate } from './test/simulation.ts'

// LEDGER_SEED tries another; a failure names its own.
const seed = Number(process.env.LEDGER_SEED ?? 20261121)
const steps = Number(process.env.LEDGER_STEPS ?? 100_000)

it(`holds every invariant through ${steps} steps of work, clocks, crashes and restarts (seed ${seed})`, {
  timeout: 900_000,
}, () => {
  const violations = simulate(ledger, { seed, steps })
  expect(violations, `LEDGER_SEED=${seed}`).toEqual([])
})
