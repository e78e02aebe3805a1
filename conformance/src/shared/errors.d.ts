import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** Errors are logged, sent to error trackers and shown to people. */
export declare function errorChecks<W extends World>(subject: Subject<W>): Check<W>[];
/** Everything that a log, an inspector or a debugger can get out of an error: own properties, prototypes, causes, stacks. */
export declare function everythingIn(error: unknown): string;
