/** Anything that came out of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | {
    readonly [name: string]: Json;
};
/** A schema as the vendor wrote it: OpenAPI 3.0's dialect, or JSON Schema 2020-12. */
export type Schema = boolean | {
    readonly [keyword: string]: unknown;
};
export type SchemaObject = Exclude<Schema, boolean>;
export interface Reference {
    readonly $ref: string;
}
export interface Parameter {
    readonly name: string;
    readonly in: 'query' | 'path' | 'header' | 'cookie';
    readonly required?: boolean;
    readonly schema?: Schema;
    readonly style?: string;
    readonly explode?: boolean;
}
export interface MediaType {
    readonly schema?: Schema;
}
export interface Body {
    readonly required?: boolean;
    readonly content?: Readonly<Record<string, MediaType>>;
}
export interface Operation {
    readonly operationId?: string;
    readonly parameters?: readonly (Parameter | Reference)[];
    readonly requestBody?: Body | Reference;
    readonly responses?: Readonly<Record<string, Body | Reference>>;
    readonly security?: readonly Readonly<Record<string, unknown>>[];
}
export interface PathItem {
    readonly servers?: readonly {
        readonly url: string;
    }[];
    readonly parameters?: readonly (Parameter | Reference)[];
    readonly [method: string]: unknown;
}
/** The parts of an OpenAPI document that the checker reads. */
export interface Description {
    readonly openapi: string;
    readonly servers?: readonly {
        readonly url: string;
    }[];
    readonly security?: Operation['security'];
    readonly paths: Readonly<Record<string, PathItem>>;
    readonly webhooks?: Readonly<Record<string, PathItem>>;
    readonly components?: {
        readonly schemas?: Readonly<Record<string, Schema>>;
        readonly securitySchemes?: Readonly<Record<string, {
            readonly type: string;
            readonly scheme?: string;
        }>>;
        readonly [kind: string]: unknown;
    };
}
export declare const methods: readonly ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
export declare function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
/** What a local reference such as `#/components/schemas/Message` points at. */
export declare function pointed(document: Description, reference: string): unknown;
/** The thing itself, where a reference to it may stand. */
export declare function direct<Thing extends object>(document: Description, thing: Thing | Reference): Thing;
/** The folder with the vendors' own descriptions, where the machine has one. */
export declare const folder: string | undefined;
/** One gzip JSON file of the folder that `VENDOR_SPECS` names. */
export declare function load<Content>(name: string): Content;
/** True where descriptions are there; otherwise says loudly that these checks did not run. */
export declare function available(): boolean;
