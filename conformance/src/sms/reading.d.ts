import { type SmsCheck, type SmsWorld } from './world.ts';
/** Five messages a minute apart, to two recipients; then enough time for lists to show them. */
export declare function five(world: SmsWorld): Promise<readonly string[]>;
export declare const reading: readonly SmsCheck[];
