import type { Check, World } from '../check.ts';
/** The way out to everything that the interface leaves out: the vendor's own client. */
export declare function clientChecks<W extends World>(name: string): Check<W>[];
