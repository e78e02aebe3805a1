import { type Description, type Parameter, type Schema } from './description.ts';
type Bag = {
    [name: string]: unknown;
};
/** Text from a URL or form in the JSON type that the schema asks for. What does not fit stays text, and so is reported. */
export declare function typed(document: Description, value: unknown, schema: Schema | undefined): unknown;
/** `a=1&a=2&b[c]=3&d[]=4` as nested values; a repeated name gives a list. */
export declare function nested(pairs: Iterable<readonly [string, string]>, brackets: (name: string) => boolean): Bag;
/** The query as one value, member by member as the parameters say, and the schema of the whole. */
export declare function readQuery(document: Description, query: URLSearchParams, parameters: readonly Parameter[]): {
    value: Bag;
    schema: Schema;
};
/** A form body as the value that its schema describes. */
export declare function readForm(document: Description, body: string, schema: Schema | undefined): unknown;
export {};
