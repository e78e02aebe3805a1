import type { InterfaceDescription } from '@do/provider'
import { describe, it } from 'vitest'
import { type ConformanceOptions, runCheck, selected } from './run.ts'
import { suiteOf } from './suites.ts'

/**
 * Runs the suite of an interface as Vitest tests, one for each check: `describeConformance(sms, { twin, provider })`.
 * What does not apply and what deviates is shown as skipped, with its reason.
 * @throws TypeError for an interface without a suite, and for a deviation of a check that does not exist.
 */
export function describeConformance(description: InterfaceDescription, options: ConformanceOptions): void {
  const suite = suiteOf(description.name)
  const checks = selected(suite, options)
  describe(`${options.label ?? 'provider'} keeps what ${description.name} promises`, () => {
    for (const check of checks) {
      it(`${check.id}: ${check.title}`, async ({ skip }) => {
        const { status, reason = '' } = await runCheck(description, suite, check, options)
        if (status === 'fail' && check.level === 'must') throw failure(`${reason}\nWhy it matters: ${check.why}`)
        if (status === 'fail') skip(`should: ${reason}`)
        if (status === 'not-applicable' || status === 'deviation') skip(`${status}: ${reason}`)
      })
    }
  })
}

/** The place in the suite tells nothing about the adapter, so there is no stack to look at. */
function failure(message: string): Error {
  const error = new Error(message)
  error.stack = `Error: ${message}`
  return error
}
