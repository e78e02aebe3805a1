import type { TestClock } from '@do/provider';
/**
 * What can go wrong on the way to a vendor and back. "Before" and "after" say whether the vendor acted:
 * an oracle that counts effects at the vendor tells the two apart, a client often cannot.
 */
export type TwinFault = 
/** Nobody listens: the connection is refused. */
{
    readonly kind: 'refuse';
}
/** The connection is cut without an answer. */
 | {
    readonly kind: 'cut';
    readonly when: 'before' | 'after';
}
/** No answer ever comes; the twin moves the clock so that time-outs fire. */
 | {
    readonly kind: 'hang';
    readonly when: 'before' | 'after';
}
/** The answer takes `ms`, but comes. */
 | {
    readonly kind: 'slow';
    readonly ms: number;
}
/** 429 with Retry-After; the vendor did not act. */
 | {
    readonly kind: 'rate-limit';
    readonly retryAfterSeconds?: number;
}
/** A 5xx in the vendor's own shape. */
 | {
    readonly kind: 'error';
    readonly status: 500 | 502 | 503 | 504;
    readonly when: 'before' | 'after';
}
/** The vendor says that the credential is wrong; it did not act. */
 | {
    readonly kind: 'unauthorized';
}
/** The vendor refuses the input as invalid; it did not act. */
 | {
    readonly kind: 'invalid';
}
/** The vendor acted, the answer breaks off in the middle of its JSON. */
 | {
    readonly kind: 'truncated';
}
/** A 200 with somebody's sign-in page. */
 | {
    readonly kind: 'foreign-page';
    readonly when: 'before' | 'after';
};
/** A request that reached the twin, as it was on the wire. */
export interface RecordedRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** The twin's name of what was asked, e.g. `messages.create`; undefined for an unknown route. */
    readonly operation: string | undefined;
}
export interface FaultControl {
    /** The next matching request meets the fault. Several calls queue up. */
    next(fault: TwinFault, match?: {
        readonly operation?: string;
        readonly times?: number;
    }): void;
    /** Every matching request meets the fault until `clear`. */
    always(fault: TwinFault, match?: {
        readonly operation?: string;
    }): void;
    clear(): void;
}
/** How the next webhook shall be wrong, or doubled. */
export type WebhookFault = 'forged' | 'missing-signature' | 'expired' | 'future' | 'tampered' | 'duplicate';
/** A vendor as its client sees it: stateful, signed, on a clock of its own. */
export interface Twin {
    /** Lower case vendor name, as in the adapter's descriptor. */
    readonly vendor: string;
    /** The vendor's production origin, which the adapter uses by default. */
    readonly baseUrl: string;
    /** Where webhooks go unless the account has a more specific URL; given to the adapter as `webhookUrl`. */
    readonly webhookUrl?: string;
    /** Does the vendor sign the time of a webhook, so that an old one can be told? */
    readonly signsTime?: boolean;
    /** What must never show up in an error: keys and passwords of the account. */
    readonly secrets?: readonly string[];
    /** The twin as a `fetch` function: no network, faults included. */
    readonly fetch: typeof fetch;
    readonly clock: TestClock;
    readonly faults: FaultControl;
    /** All requests since the last reset, in order. */
    requests(): readonly RecordedRequest[];
    /** Where webhooks go; what the function answers is read as the vendor would read it. */
    connect(receiver: (request: Request) => Promise<Response>): void;
    /** The next webhook is sent like this. */
    nextWebhook(fault: WebhookFault): void;
    /** Back to the state it was made in, with the same seed. */
    reset(): void;
}
/** A message that the vendor took on: an effect in the world. */
export interface SentMessage {
    readonly id: string;
    /** E.164, whatever the vendor's own form is. */
    readonly to: string;
    /** E.164, or the name or short code it was sent from. */
    readonly from: string;
    readonly body: string;
    readonly media: readonly string[];
    /** Epoch milliseconds. */
    readonly at: number;
    readonly status: string;
}
export interface SmsTwin extends Twin {
    /** A number of the account that may send: E.164. */
    readonly sender: string;
    /** Every message the vendor took on, in order: the oracle. */
    sent(): readonly SentMessage[];
    /** The carrier reports: the message's status changes and a signed webhook goes out. */
    deliver(id: string, outcome?: 'sent' | 'delivered' | 'undelivered' | 'failed'): Promise<void>;
    /** Somebody writes to a number of the account: a signed webhook goes out. Answers the vendor's id. */
    inbound(message: {
        from: string;
        to?: string;
        body: string;
        media?: readonly string[];
    }): Promise<string>;
    /** A webhook of a kind that no adapter knows, correctly signed. */
    unknownEvent(): Promise<void>;
    /** The vendor itself now blocks messages to this number as opted out. */
    optOut(number: string): void;
}
export interface TwinNumber {
    readonly id: string;
    readonly number: string;
    readonly callUrl?: string | undefined;
    readonly messageUrl?: string | undefined;
    readonly label?: string | undefined;
}
/** What the person at the other end of a call experienced, in order, independent of the vendor's language. */
export type Heard = {
    readonly verb: 'say';
    readonly text: string;
} | {
    readonly verb: 'play';
    readonly url: string;
} | {
    readonly verb: 'gather';
    readonly prompt?: string;
    readonly digits?: number;
} | {
    readonly verb: 'dial';
    readonly to: string;
} | {
    readonly verb: 'conference';
    readonly name: string;
} | {
    readonly verb: 'record';
} | {
    readonly verb: 'pause';
    readonly seconds: number;
} | {
    readonly verb: 'redirect';
    readonly url: string;
} | {
    readonly verb: 'reject';
    readonly reason: string;
} | {
    readonly verb: 'hangup';
};
export interface PlacedCall {
    readonly id: string;
    /** E.164, whatever the vendor's own form is. */
    readonly to: string;
    /** E.164, whatever the vendor's own form is. */
    readonly from: string;
    /** Epoch milliseconds. */
    readonly at: number;
    readonly direction: 'outbound' | 'inbound';
    /** The vendor's own word. */
    readonly status: string;
    readonly ended: boolean;
    readonly heard: readonly Heard[];
    readonly recordings: readonly string[];
}
export interface TelephonyTwin extends Twin {
    /** A number of the account that may call: E.164. */
    readonly caller: string;
    /** Every number bought since the reset, in order (released ones are gone): the oracle. */
    owned(): readonly TwinNumber[];
    /** Every purchase ever, also of released numbers: counts effects. */
    purchases(): readonly string[];
    /** Every call the vendor took on, in order: the oracle. */
    calls(): readonly PlacedCall[];
    /** The person picks up; the flow runs until it waits for something. Status webhooks go out. */
    answer(id: string): Promise<void>;
    /** The person does not pick up. */
    miss(id: string, how: 'busy' | 'no-answer' | 'failed'): Promise<void>;
    /** The person presses keys while the flow gathers; '' means they let it time out. */
    press(id: string, digits: string): Promise<void>;
    /** The person speaks into a running recording, then it ends: it becomes available and is reported. */
    finishRecording(id: string): Promise<void>;
    /** The person hangs up. */
    hangup(id: string): Promise<void>;
    /** Somebody calls a number of the account. Answers the vendor's id of the call. */
    incoming(call: {
        from: string;
        to?: string;
    }): Promise<string>;
    /** A webhook of a kind that no adapter knows, correctly signed. */
    unknownEvent(): Promise<void>;
}
