import type { Listing } from '@do/provider';
import type { Check, World } from '../check.ts';
/** A list, as the checks see it that are the same for all lists. */
export interface ListSubject<W extends World = World> {
    /** `sms.list`. */
    readonly name: string;
    readonly needs?: readonly string[];
    /** The twin's name of the request: `messages.list`. */
    readonly request: string;
    /** Sees to it that there are at least five items, at different times, old enough to be listed. Answers the ids that must be there. */
    fill(world: W): Promise<readonly string[]>;
    read(world: W, input?: {
        readonly limit?: number;
    }): Listing<{
        readonly id: string;
    }>;
}
/** Lists are read page by page: complete, once each, resumable, and no further than somebody looks. */
export declare function listChecks<W extends World>(list: ListSubject<W>): Check<W>[];
