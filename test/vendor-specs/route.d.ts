import { type Description, type Operation, type Parameter } from './description.ts';
/** One operation of one of the vendor's documents. */
export interface Route {
    readonly document: Description;
    readonly method: string;
    readonly template: string;
    /** The vendor's name of it, or method and path. */
    readonly name: string;
    readonly operation: Operation;
    readonly parameters: readonly Parameter[];
    readonly origin: string;
    readonly pattern: RegExp;
    readonly names: readonly string[];
}
export type Found = {
    readonly route: Route;
    readonly path: Readonly<Record<string, string>>;
} | {
    readonly route: undefined;
    readonly why: string;
};
export declare function routesOf(document: Description): Route[];
/** The operation that a request asks for. The template with the fewest blanks wins, as OpenAPI says. */
export declare function find(routes: readonly Route[], method: string, url: URL): Found;
