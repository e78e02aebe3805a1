import { type SmsCheck } from './world.ts';
export declare const bulk: readonly SmsCheck[];
