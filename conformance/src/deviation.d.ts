import type { CheckVerdict } from './run.ts';
/** A check that is known to fail, and why that is accepted for now. */
export interface Deviation {
    readonly check: string;
    readonly reason: string;
    /** Where it is being worked on: a URL. */
    readonly issue: string;
    /** The day (`2026-12-31`, UTC) from which it counts as a failure again. */
    readonly expires: string;
}
/** @throws TypeError for a deviation that names no check, no issue or no day: a typing error would hide a failure. */
export declare function checkDeviations(deviations: readonly Deviation[], checks: ReadonlySet<string>): void;
/** A deviation excuses a failure until its day. It never excuses itself: a check that passes must lose it. */
export declare function judgeDeviation(deviation: Deviation, verdict: CheckVerdict, now: number): CheckVerdict;
