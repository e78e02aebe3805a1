import type { Finding, Unchecked, VendorSpec } from './checker.ts';
export interface Counts {
    requests: number;
    answers: number;
    webhooks: number;
    /** Requests that ended in a network failure: there was no answer to check. */
    unanswered: number;
}
export interface Exchange {
    readonly operation: string;
    readonly method: string;
    readonly url: string;
    readonly status: number | undefined;
}
export interface Checked {
    /** The same `fetch`, with every request and answer held against the description. */
    readonly fetch: typeof fetch;
    /** The same webhook receiver, with every webhook held against the description. */
    receiver(receive: (request: Request) => Promise<Response>): (request: Request) => Promise<Response>;
    readonly findings: readonly Finding[];
    /** Each once: what passed by without a schema that could judge it. */
    readonly unchecked: readonly Unchecked[];
    readonly counts: Readonly<Counts>;
    readonly exchanges: readonly Exchange[];
    /** Operations that were used, and whose requests or answers were really checked. */
    operations(): {
        readonly checked: readonly string[];
        readonly unchecked: readonly string[];
    };
}
/** Listens between an adapter and its vendor's twin. */
export declare function checked(inner: typeof fetch, spec: VendorSpec): Checked;
