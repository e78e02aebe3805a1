import type { Check, World } from '../check.ts';
/** What makes the twin send one webhook, always the same way. */
export interface WebhookSource<W extends World> {
    /** The interface: `sms`. */
    readonly name: string;
    /** Makes the twin send exactly one webhook that is to be understood. */
    send(world: W): Promise<void>;
    /** Makes the twin send a webhook of a kind that nobody knows. */
    unknown(world: W): Promise<void>;
    /** Does whatever has to be there before `send`, webhooks included. */
    prepare?(world: W): Promise<void>;
}
/** Anybody can post to a public URL: only what the vendor signed may become an event. */
export declare function webhookChecks<W extends World>(source: WebhookSource<W>): Check<W>[];
