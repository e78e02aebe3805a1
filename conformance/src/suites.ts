import type { Suite } from './check.ts'
import { smsSuite } from './sms/suite.ts'
import { telephonySuite } from './telephony/suite.ts'

const suites: readonly Suite<any>[] = [smsSuite, telephonySuite]

/** @throws TypeError for an interface that has no suite. */
export function suiteOf(name: string): Suite {
  const suite = suites.find((candidate) => candidate.name === name)
  if (suite === undefined) throw new TypeError(`There is no conformance suite for "${name}"; there is one for ${suites.map((known) => known.name).join(', ')}.`)
  return suite
}
