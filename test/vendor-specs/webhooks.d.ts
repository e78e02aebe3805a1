import type { SentRequest } from './checker.ts';
import { type Description } from './description.ts';
import type { Problem, Validate } from './validator.ts';
interface WebhookVerdict {
    readonly operation: string;
    readonly problems: readonly Problem[];
    readonly unchecked: readonly string[];
}
/**
 * Checks what the vendor posts against the `webhooks` of its documents. Which one it is says the event's own type
 * (`event_type` in Telnyx's), which each described webhook names as a constant.
 */
export declare function webhookChecks(documents: readonly Description[], validateOf: (document: Description) => Validate): ({ headers, body }: SentRequest) => WebhookVerdict;
export {};
