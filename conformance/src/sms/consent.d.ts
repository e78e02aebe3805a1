import { type SmsCheck } from './world.ts';
export declare const consent: readonly SmsCheck[];
