import type { InterfaceDescription, ProviderBase } from '@do/provider';
import type { Check, Level, Suite } from './check.ts';
import { type Deviation } from './deviation.ts';
import type { Twin } from './twin.ts';
import { type ProviderFactory } from './world.ts';
export interface ConformanceOptions<P extends ProviderBase = any, T extends Twin = any> {
    /** The vendor's twin, or a function that makes one for each check. */
    readonly twin: T | (() => T);
    /** Makes the provider under test: `(at) => acmeSms({ key: 'test', ...at })`. */
    readonly provider: ProviderFactory<P>;
    /** Known failures, each with an issue and an end. */
    readonly deviations?: readonly Deviation[];
    /** The row's name in reports. Default: the vendor's. */
    readonly label?: string;
    /** Runs only these checks. A check that does not exist is an error. */
    readonly only?: readonly string[];
    /** Epoch milliseconds that deviations expire against. Default: now. */
    readonly now?: number;
    /** A check that takes longer, in milliseconds of real time, hangs and has failed. Default 20,000. */
    readonly timeLimitMs?: number;
    /** Uses the vendor's own client as its documentation does, and throws when that does not work. */
    readonly client?: (client: unknown, twin: T) => Promise<void>;
}
export type Status = 'pass' | 'fail' | 'not-applicable' | 'deviation';
export interface CheckResult {
    readonly id: string;
    readonly level: Level;
    readonly title: string;
    readonly why: string;
    readonly status: Status;
    /** Why it failed, does not apply, or deviates. */
    readonly reason?: string;
    /** The issue of a deviation. */
    readonly issue?: string;
}
export interface ConformanceResult {
    readonly interface: string;
    readonly label: string;
    readonly results: readonly CheckResult[];
    /** No `must` failed. */
    readonly ok: boolean;
}
/** Runs the suite of an interface. Needs no test runner; works in Node and in workerd. */
export declare function runConformance(description: InterfaceDescription, options: ConformanceOptions): Promise<ConformanceResult>;
/** The checks that these options ask for. @throws TypeError for a check or deviation that does not exist. */
export declare function selected(suite: Suite, options: ConformanceOptions): readonly Check[];
export declare function runCheck(description: InterfaceDescription, suite: Suite, check: Check, options: ConformanceOptions): Promise<CheckResult>;
export type CheckVerdict = Pick<CheckResult, 'status' | 'reason' | 'issue'>;
