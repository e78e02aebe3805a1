import type { Check, World } from '../check.ts';
import type { Subject } from './subject.ts';
/** Did the vendor act? The verdict must agree with what the twin counted, whatever broke on the way. */
export declare function effectChecks<W extends World>(subject: Subject<W>): Check<W>[];
