import { describe, expect, it } from 'vitest'
import { runConformance } from '../run.ts'
import { suiteOf } from '../suites.ts'
import { mutants, reference } from './index.ts'
import { describe as descriptions, type Interface, type Mutant } from './mutant.ts'

const run = (mutant: Mutant, options: Mutant['options'], timeLimitMs: number) =>
  runConformance(descriptions[mutant.interface], { ...options(), only: mutant.caughtBy, timeLimitMs })

const referenceRuns = new Map<Interface, ReturnType<typeof runConformance>>()

/** The reference adapter passes or fails a check whatever else is asked, so all of it is asked once. */
async function unbrokenRun(mutant: Mutant) {
  if (mutant.unbroken !== undefined) return (await run(mutant, mutant.unbroken, 20_000)).results
  const { interface: face } = mutant
  const whole = referenceRuns.get(face) ?? runConformance(descriptions[face], reference(face)())
  referenceRuns.set(face, whole)
  return (await whole).results.filter(({ id }) => mutant.caughtBy.includes(id))
}

describe('every mutant is caught by each check that it names', () => {
  it.each(mutants.map((mutant) => [mutant.id, mutant] as const))('%s', async (_, mutant) => {
    const broken = await run(mutant, mutant.options, 1_000)
    const survived = broken.results.filter(({ status }) => status !== 'fail').map(({ id }) => id)
    expect(survived, `${mutant.wrong} Not noticed by`).toEqual([])
    // What is caught must be the mistake: without it the same checks pass.
    const unbroken = await unbrokenRun(mutant)
    expect(unbroken.length).toBe(new Set(mutant.caughtBy).size)
    expect(unbroken.filter(({ status }) => status !== 'pass')).toEqual([])
  })
})

describe('the suites', () => {
  it.each(['sms', 'telephony', 'payments', 'llm'] as const)('every must of %s has a mutant', (name) => {
    const caught = new Set(mutants.flatMap(({ caughtBy }) => caughtBy))
    const musts = suiteOf(name).checks.filter(({ level }) => level === 'must')
    expect(musts.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([])
  })

  it('mutants have ids of their own', () => {
    const ids = mutants.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(45)
  })
})
