import type { Descriptor, ProviderBase } from '@do/provider';
interface Member {
    readonly name: string;
    readonly driver: {
        readonly descriptor: Descriptor;
    };
}
/** The instances behind a provider: one for an adapter, several for a wrapper, none for one that is not of the kernel. */
export declare function membersOf(provider: ProviderBase): readonly Member[];
/** Does it only pass calls on to others? */
export declare function isWrapper(provider: ProviderBase): boolean;
/** Why a capability is absent, in the adapter's own words. */
export declare function reasonFor(provider: ProviderBase, capability: string): string;
/** How far a webhook's time may be off, in seconds; undefined when the adapter says that its vendor signs no time. */
export declare function webhookTolerance(provider: ProviderBase): number | undefined;
/** Does the vendor offer no way at all to find out what became of this operation? */
export declare function isOpaque(provider: ProviderBase, operation: string): boolean;
export {};
