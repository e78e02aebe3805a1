import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** An idempotency key makes "once" a promise that survives repetition. */
export declare function keyChecks<W extends World>(subject: Subject<W>): Check<W>[];
