import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** A handle names a thing for ever, and leads back to whoever made it. */
export declare function handleChecks<W extends World>(subject: Subject<W>): Check<W>[];
/** An id of the same form that nobody has: each of the last four letters and digits is moved on by one. */
export declare function neighbour(id: string): string;
