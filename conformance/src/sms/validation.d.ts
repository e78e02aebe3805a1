import { type SmsCheck } from './world.ts';
export declare const validation: readonly SmsCheck[];
