import { type TelephonyCheck, type TelephonyWorld } from './world.ts';
export declare const making: readonly TelephonyCheck[];
export declare const living: readonly TelephonyCheck[];
export declare const recording: readonly TelephonyCheck[];
/** Five calls a minute apart to two numbers, ended; then enough time for lists to show them. */
export declare function fiveCalls(world: TelephonyWorld): Promise<readonly string[]>;
export declare const listing: readonly TelephonyCheck[];
