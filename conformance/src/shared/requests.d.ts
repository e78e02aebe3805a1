import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** One attempt is one request: what an SDK repeats by itself, it may do twice. */
export declare function requestChecks<W extends World>(subject: Subject<W>): Check<W>[];
