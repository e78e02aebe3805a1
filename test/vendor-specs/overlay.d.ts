import type { Schema } from './description.ts';
/** A correction of a schema, at the place where the description has it. */
export interface Correction {
    /** JSON pointer into the vendor's document, for example `#/components/schemas/Message/properties/uri`. */
    readonly at: string;
    /** Replaces the schema there, or changes it. */
    readonly change: (schema: Record<string, unknown>) => Schema;
    readonly reason: string;
}
/** An answer that the vendor gives and does not describe. */
export interface ExtraAnswer {
    /** Of which operations; all of them without it. */
    readonly operation?: RegExp;
    readonly status: RegExp;
    readonly schema: Schema;
    readonly reason: string;
}
export interface Overlay {
    /** Formats that say nothing about the string, or that the vendor does not keep to. */
    readonly formats: Readonly<Record<string, string>>;
    readonly corrections: readonly Correction[];
    readonly answers: readonly ExtraAnswer[];
}
export declare const noOverlay: Overlay;
