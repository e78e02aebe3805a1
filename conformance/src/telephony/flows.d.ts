import { type TelephonyCheck } from './world.ts';
export declare const flows: readonly TelephonyCheck[];
export declare const undeclared: readonly TelephonyCheck[];
