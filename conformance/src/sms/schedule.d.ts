import { type SmsCheck } from './world.ts';
export declare const schedule: readonly SmsCheck[];
