import { type TelephonyCheck } from './world.ts';
export declare const validation: readonly TelephonyCheck[];
