import { type Description, type Schema } from './description.ts';
import type { Overlay } from './overlay.ts';
/** `request`: what may be sent, so nothing readOnly. `answer`: what the vendor says, so nothing writeOnly. */
export type Direction = 'request' | 'answer';
/**
 * `closed`: stands for a whole value, so members that it does not describe are wrong. `open`: one part of a composition,
 * which the whole closes. `raw`: below `not`, where closing would turn around.
 */
type Mode = 'closed' | 'open' | 'raw';
export interface Prepared {
    /** Where the validator finds the schema of this place. */
    id(pointer: string, mode?: Mode): string;
    /** A schema that stands anywhere in the document, ready for the validator. */
    whole(schema: Schema, mode?: Mode): Schema;
    /** Schemas that were referred to and that the validator does not have yet. */
    take(): readonly {
        readonly id: string;
        readonly schema: Schema;
    }[];
}
/**
 * Turns the vendor's schemas into plain JSON Schema 2020-12 that is closed: a member that no part of a composition
 * describes is an error. An object that describes no members at all is a free map and stays so.
 */
export declare function prepare(document: Description, direction: Direction, overlay: Overlay): Prepared;
export {};
