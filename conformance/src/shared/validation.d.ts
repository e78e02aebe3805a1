import type { Check, World } from '../check.ts';
/** A bad input: what it is, which field the error must name, and the call. */
export interface BadInput<W extends World> {
    readonly id: string;
    readonly title: string;
    /** Empty: any. */
    readonly field: string;
    /** Several bad values of the field, one after the other. */
    readonly calls: (world: W) => readonly (() => Promise<unknown>)[];
}
/** What can be known to be wrong is said at once, by the name of the field, and nothing is sent. */
export declare function validationChecks<W extends World>(inputs: readonly BadInput<W>[]): Check<W>[];
