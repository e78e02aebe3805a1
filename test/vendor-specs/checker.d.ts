import { type Description } from './description.ts';
import { type Overlay } from './overlay.ts';
import { type Problem } from './validator.ts';
/** One thing that is not as the vendor's description has it. */
export interface Finding {
    readonly vendor: string;
    /** The vendor's name of the operation; method and path where there is none. */
    readonly operation: string;
    readonly side: 'request' | 'answer' | 'webhook';
    /** Where: `/query/…`, `/path/…`, `/header/…`, `/status`, `/body/…`. */
    readonly at: string;
    readonly says: string;
}
/** What nobody checked, because the description says nothing about it. */
export interface Unchecked {
    readonly operation: string;
    readonly side: Finding['side'];
    readonly why: string;
}
export interface Judged {
    readonly operation: string;
    readonly findings: readonly Finding[];
    readonly unchecked: readonly Unchecked[];
}
export interface SentRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: Headers;
    readonly body: string;
}
export interface GivenAnswer {
    readonly status: number;
    readonly headers: Headers;
    readonly body: string;
}
/** What can judge a vendor's traffic, whatever its description is made of. */
export interface VendorSpec {
    readonly vendor: string;
    request(request: SentRequest): Judged;
    answer(request: SentRequest, answer: GivenAnswer): Judged;
    webhook(request: SentRequest): Judged;
}
/** A vendor's OpenAPI documents (3.0 and 3.1), with known corrections. */
export declare function openApi(vendor: string, documents: readonly Description[], overlay?: Overlay): VendorSpec;
export declare const named: ({ method, url }: SentRequest) => string;
/** Problems of a part, as problems of the whole. */
export declare const under: (place: string, problems: readonly Problem[]) => readonly Problem[];
export declare function parsed(text: string): unknown;
