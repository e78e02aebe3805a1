import { type TelephonyCheck, type TelephonyWorld } from './world.ts';
export declare const searching: readonly TelephonyCheck[];
export declare const owning: readonly TelephonyCheck[];
/** Five owned numbers, old enough to be listed. */
export declare function fiveNumbers(world: TelephonyWorld): Promise<readonly string[]>;
