import type { InterfaceDescription, ProviderBase } from '@do/provider'
import { CheckFailure, NotApplicable } from './assert.ts'
import type { Check, Level, Suite, World } from './check.ts'
import { checkDeviations, type Deviation, judgeDeviation } from './deviation.ts'
import { reasonFor } from './facts.ts'
import { suiteOf } from './suites.ts'
import type { Twin } from './twin.ts'
import { openWorld, type ProviderFactory } from './world.ts'

export interface ConformanceOptions<P extends ProviderBase = any, T extends Twin = any> {
  /** The vendor's twin, or a function that makes one for each check. */
  readonly twin: T | (() => T)
  /** Makes the provider under test: `(at) => acmeSms({ key: 'test', ...at })`. */
  readonly provider: ProviderFactory<P>
  /** Known failures, each with an issue and an end. */
  readonly deviations?: readonly Deviation[]
  /** The row's name in reports. Default: the vendor's. */
  readonly label?: string
  /** Runs only these checks. A check that does not exist is an error. */
  readonly only?: readonly string[]
  /** Epoch milliseconds that deviations expire against. Default: now. */
  readonly now?: number
  /** A check that takes longer, in milliseconds of real time, hangs and has failed. Default 20,000. */
  readonly timeLimitMs?: number
  /** Uses the vendor's own client as its documentation does, and throws when that does not work. */
  readonly client?: (client: unknown, twin: T) => Promise<void>
}

export type Status = 'pass' | 'fail' | 'not-applicable' | 'deviation'

export interface CheckResult {
  readonly id: string
  readonly level: Level
  readonly title: string
  readonly why: string
  readonly status: Status
  /** Why it failed, does not apply, or deviates. */
  readonly reason?: string
  /** The issue of a deviation. */
  readonly issue?: string
}

export interface ConformanceResult {
  readonly interface: string
  readonly label: string
  readonly results: readonly CheckResult[]
  /** No `must` failed. */
  readonly ok: boolean
}

/** Runs the suite of an interface. Needs no test runner; works in Node and in workerd. */
export async function runConformance(description: InterfaceDescription, options: ConformanceOptions): Promise<ConformanceResult> {
  const suite = suiteOf(description.name)
  const results: CheckResult[] = []
  for (const check of selected(suite, options)) results.push(await runCheck(description, suite, check, options))
  return {
    interface: description.name,
    label: options.label ?? twinOf(options).vendor,
    results,
    ok: !results.some(({ status, level }) => status === 'fail' && level === 'must'),
  }
}

/** The checks that these options ask for. @throws TypeError for a check or deviation that does not exist. */
export function selected(suite: Suite, options: ConformanceOptions): readonly Check[] {
  const known = new Set(suite.checks.map(({ id }) => id))
  checkDeviations(options.deviations ?? [], known)
  for (const id of options.only ?? []) if (!known.has(id)) throw new TypeError(`There is no check "${id}".`)
  return options.only === undefined ? suite.checks : suite.checks.filter(({ id }) => options.only?.includes(id))
}

export async function runCheck(
  description: InterfaceDescription,
  suite: Suite,
  check: Check,
  options: ConformanceOptions,
): Promise<CheckResult> {
  const facts = { id: check.id, level: check.level, title: check.title, why: check.why }
  const verdict = await verdictOf(description, suite, check, options)
  const deviation = options.deviations?.find((known) => known.check === check.id)
  return { ...facts, ...(deviation === undefined ? verdict : judgeDeviation(deviation, verdict, options.now ?? Date.now())) }
}

export type CheckVerdict = Pick<CheckResult, 'status' | 'reason' | 'issue'>

async function verdictOf(
  description: InterfaceDescription,
  suite: Suite,
  check: Check,
  options: ConformanceOptions,
): Promise<CheckVerdict> {
  const unknown = (check.needs ?? []).find((need) => !(need in description.capabilities))
  if (unknown !== undefined) return { status: 'fail', reason: `The check needs "${unknown}", which the interface does not know.` }
  const twin = twinOf(options)
  const absent = suite.twinMethods.find((name) => !(name in twin))
  if (absent !== undefined) return { status: 'fail', reason: `The twin has no "${absent}", so the promise cannot be checked.` }
  let world: World
  try {
    world = suite.open(await openWorld(description, twin, options.provider, options.client))
  } catch (error) {
    return { status: 'fail', reason: `The provider could not be made: ${words(error)}` }
  }
  const missing = (check.needs ?? []).filter((need) => !world.provider.supports(need))
  const problem = await problemOf(check, world, options.timeLimitMs ?? 20_000)
  if (missing.length === 0) return problem
  if (problem.status === 'pass') {
    return { status: 'fail', reason: `Works, although ${missing.join(', ')} is not declared. Declare it, or refuse it.` }
  }
  return { status: 'not-applicable', reason: missing.map((need) => `${need}: ${reasonFor(world.provider, need)}`).join('; ') }
}

async function problemOf(check: Check, world: World, timeLimitMs: number): Promise<CheckVerdict> {
  let timer: ReturnType<typeof setTimeout> | undefined
  // Checks run on the twin's clock and need no time of ours; only a provider that hangs does.
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CheckFailure(`Still not done after ${timeLimitMs} ms: the provider hangs.`)), timeLimitMs)
  })
  try {
    await Promise.race([check.run(world), hung])
    return { status: 'pass' }
  } catch (error) {
    if (error instanceof NotApplicable) return { status: 'not-applicable', reason: error.message }
    return { status: 'fail', reason: words(error) }
  } finally {
    clearTimeout(timer)
  }
}

function words(error: unknown): string {
  if (error instanceof CheckFailure) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function twinOf(options: ConformanceOptions): Twin {
  return typeof options.twin === 'function' ? options.twin() : options.twin
}
