import type { InterfaceDescription, ProviderBase } from '@do/provider';
import type { At, World } from './check.ts';
import type { Twin } from './twin.ts';
export type ProviderFactory<P extends ProviderBase> = (at: At) => P | Promise<P>;
/** A reset twin, a new provider on it, and the webhook route between the two. */
export declare function openWorld<P extends ProviderBase, T extends Twin>(description: InterfaceDescription, twin: T, make: ProviderFactory<P>, probe?: (client: unknown, twin: T) => Promise<void>): Promise<World<P, T>>;
/** What `receive` gives must have the shape that the interface promises. */
export declare function checkShape(description: InterfaceDescription, event: unknown): Promise<void>;
