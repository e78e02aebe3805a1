import type { Suite } from '../check.ts';
import { type TelephonyWorld } from './world.ts';
/**
 * What `Telephony` promises: a number is found, bought, set up and given back; a call rings, is answered, is heard, asks,
 * records and ends; then everything breaks; then the vendor calls back.
 */
export declare const telephonySuite: Suite<TelephonyWorld>;
