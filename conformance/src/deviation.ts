import type { CheckVerdict } from './run.ts'

/** A check that is known to fail, and why that is accepted for now. */
export interface Deviation {
  readonly check: string
  readonly reason: string
  /** Where it is being worked on: a URL. */
  readonly issue: string
  /** The day (`2026-12-31`, UTC) from which it counts as a failure again. */
  readonly expires: string
}

/** @throws TypeError for a deviation that names no check, no issue or no day: a typing error would hide a failure. */
export function checkDeviations(deviations: readonly Deviation[], checks: ReadonlySet<string>): void {
  for (const { check, issue, expires } of deviations) {
    if (!checks.has(check)) throw new TypeError(`A deviation names the check "${check}", which does not exist.`)
    if (!URL.canParse(issue)) throw new TypeError(`The deviation of "${check}" needs an issue: an absolute URL.`)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))) {
      throw new TypeError(`The deviation of "${check}" needs a day on which it expires, such as "2026-12-31".`)
    }
  }
}

/** A deviation excuses a failure until its day. It never excuses itself: a check that passes must lose it. */
export function judgeDeviation(deviation: Deviation, verdict: CheckVerdict, now: number): CheckVerdict {
  const { issue, expires, reason } = deviation
  if (verdict.status !== 'fail') {
    return { status: 'fail', issue, reason: `The check no longer fails (${verdict.status}). Remove its deviation.` }
  }
  if (now >= Date.parse(expires)) {
    return { status: 'fail', issue, reason: `The deviation expired on ${expires}. ${verdict.reason ?? ''}`.trim() }
  }
  return { status: 'deviation', issue, reason: `${reason} (until ${expires})` }
}
