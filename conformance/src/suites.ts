import type { InterfaceDescription } from '@do/provider'
import type { Check, Suite } from './check.ts'
import { llmSuite } from './llm/suite.ts'
import { paymentsSuite } from './payments/suite.ts'
import { smsSuite } from './sms/suite.ts'
import { telephonySuite } from './telephony/suite.ts'

const suites: readonly Suite<any>[] = [smsSuite, telephonySuite, paymentsSuite, llmSuite]

/** @throws TypeError for an interface that has no suite. */
export function suiteOf(name: string): Suite {
  const suite = suites.find((candidate) => candidate.name === name)
  if (suite !== undefined) return suite
  throw new TypeError(`There is no conformance suite for "${name}", only for ${suites.map((known) => known.name).join(', ')}.`)
}

/** The checks of an interface, without running them: for documentation and tools. */
export function checksOf(description: InterfaceDescription): readonly Omit<Check, 'run'>[] {
  return suiteOf(description.name).checks.map(({ run: _, ...facts }) => facts)
}
