import { type SmsCheck } from './world.ts';
export declare const senders: readonly SmsCheck[];
