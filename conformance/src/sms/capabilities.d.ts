import type { SmsCheck } from './world.ts';
export declare const capabilities: readonly SmsCheck[];
