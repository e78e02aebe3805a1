import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** Callers give up and run out of time; both must be heard at once, down to the request. */
export declare function timeChecks<W extends World>(subject: Subject<W>): Check<W>[];
