import type { Suite } from '../check.ts';
import { type SmsWorld } from './world.ts';
/**
 * What `Sms` promises, told in the order in which an adapter grows: a message goes out, comes back, waits, is refused;
 * then everything breaks; then the vendor calls back.
 */
export declare const smsSuite: Suite<SmsWorld>;
