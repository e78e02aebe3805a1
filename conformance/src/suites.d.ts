import type { Suite } from './check.ts';
/** @throws TypeError for an interface that has no suite. */
export declare function suiteOf(name: string): Suite;
