import { type SmsCheck, type SmsWorld } from './world.ts';
export declare const sending: readonly SmsCheck[];
export declare const media: readonly SmsCheck[];
export declare const names: readonly SmsCheck[];
/** A wish of each capability: what is not declared is refused, and never silently left out. */
declare const wishes: Readonly<Record<string, (world: SmsWorld) => Parameters<SmsWorld['provider']['send']>[0]>>;
export { wishes };
