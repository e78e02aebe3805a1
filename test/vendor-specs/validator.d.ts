import type { Description, Schema } from './description.ts';
import type { Overlay } from './overlay.ts';
import { type Direction } from './prepare.ts';
/** What is wrong with a value, and where in it: a JSON pointer, '' for the value itself. */
export interface Problem {
    readonly at: string;
    readonly says: string;
}
export type Validate = (schema: Schema, value: unknown) => readonly Problem[];
/** Checks values against schemas of one document, in one direction. Schemas are compiled when first needed. */
export declare function validator(document: Description, direction: Direction, overlay: Overlay): Validate;
