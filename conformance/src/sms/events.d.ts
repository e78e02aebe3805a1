import { type SmsCheck } from './world.ts';
export declare const events: readonly SmsCheck[];
