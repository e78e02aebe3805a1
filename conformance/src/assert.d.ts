import { ProviderError } from '@do/provider';
/** A broken promise, in words for whoever has to mend the adapter. */
export declare class CheckFailure extends Error {
    constructor(message: string);
}
/** Thrown by a check that finds, from what the provider says of itself, that there is nothing to check. */
export declare class NotApplicable extends Error {
}
export declare function fail(message: string): never;
/** @throws CheckFailure with `message` unless the condition holds. */
export declare function holds(condition: unknown, message: string): asserts condition;
/** Compares by value, JSON-like. */
export declare function same(actual: unknown, expected: unknown, what: string): void;
/** @throws CheckFailure unless there is a value. */
export declare function present<T>(value: T | undefined | null, what: string): T;
export type Outcome<T> = {
    readonly ok: true;
    readonly value: T;
} | {
    readonly ok: false;
    readonly error: ProviderError;
};
/** Runs a call. Anything that it throws must be a ProviderError, or the check fails. */
export declare function outcome<T>(call: () => Promise<T>): Promise<Outcome<T>>;
export interface Refusal {
    readonly code?: string | readonly string[];
    readonly fault?: string | readonly string[];
    readonly field?: string;
}
/** The call must fail with effect `none`, and with the given code, fault and field. */
export declare function refused(call: () => Promise<unknown>, what: string, expected?: Refusal): Promise<ProviderError>;
/** Reads at most `most` items; more is a list that never ends. */
export declare function collect<T>(items: AsyncIterable<T>, most?: number): Promise<T[]>;
export declare function show(value: unknown): string;
