import { type OutcomeUnknownError, type ProviderError, type Trail } from '@do/provider';
import { type Outcome } from '../assert.ts';
import type { World } from '../check.ts';
import { type Subject } from './subject.ts';
/**
 * Whatever became of a call, the provider must say so, now or by `resolve()`, and it must be what really happened:
 * done means made once, none means not made, and nothing is ever made twice.
 */
export declare function honest<W extends World>(subject: Subject<W>, world: W, result: Outcome<{
    readonly id: string;
}>): Promise<void>;
export declare function canResolve(error: ProviderError): error is OutcomeUnknownError;
/** Runs a call and keeps its decision record. */
export declare function traced<W extends World>(subject: Subject<W>, world: W, input: unknown): Promise<{
    readonly result: Outcome<{
        readonly id: string;
    }>;
    readonly trail: Trail;
}>;
