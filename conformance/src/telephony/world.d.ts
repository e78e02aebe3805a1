import { type Call, type CallFlow, type Telephony, type TelephonyEvent } from '@do/telephony';
import type { Check, World } from '../check.ts';
import type { Subject } from '../shared/subject.ts';
import type { PlacedCall, TelephonyTwin } from '../twin.ts';
export type KnownEvent = Exclude<TelephonyEvent, {
    type: 'unknown';
}>;
export interface TelephonyWorld extends World<Telephony, TelephonyTwin, TelephonyEvent> {
    /** What the application does next on a call. Undefined: nothing new, the flow goes on. */
    readonly script: {
        next: (event: KnownEvent) => CallFlow | undefined;
    };
}
export type TelephonyCheck = Check<TelephonyWorld>;
/** Wires the webhooks as an application does: every event that waits is answered, with the next flow where there is one. */
export declare function openTelephony(world: World): TelephonyWorld;
/** A flow as plain data, as it comes out of a database. */
export declare const plain: (flow: CallFlow) => {
    steps: ({
        verb: "say";
        text: string;
        language?: string | undefined;
        voice?: "female" | "male" | undefined;
        loop?: number | undefined;
    } | {
        verb: "play";
        url: string;
        loop?: number | undefined;
    } | {
        verb: "gather";
        prompt?: ({
            verb: "say";
            text: string;
            language?: string | undefined;
            voice?: "female" | "male" | undefined;
            loop?: number | undefined;
        } | {
            verb: "play";
            url: string;
            loop?: number | undefined;
        })[] | undefined;
        digits?: number | undefined;
        finishOn?: string | undefined;
        timeout?: number | undefined;
    } | {
        verb: "dial";
        to: string;
        from?: string | undefined;
        timeout?: number | undefined;
        record?: boolean | undefined;
    } | {
        verb: "conference";
        name: string;
        muted?: boolean | undefined;
        endOnExit?: boolean | undefined;
    } | {
        verb: "record";
        maxSeconds?: number | undefined;
        finishOn?: string | undefined;
        beep?: boolean | undefined;
    } | {
        verb: "pause";
        seconds: number;
    } | {
        verb: "redirect";
        url: string;
    } | {
        verb: "reject";
        reason?: "busy" | "rejected" | undefined;
    } | {
        verb: "hangup";
    })[];
};
export declare const callee = "+14155550123";
export declare const otherCallee = "+14155550145";
export type CallInput = Parameters<Telephony['calls']['make']>[0];
export declare function ring(world: TelephonyWorld, flow?: CallFlow, more?: Partial<CallInput>): CallInput;
export declare const make: Subject<TelephonyWorld, CallInput>;
export type BuyInput = Parameters<Telephony['numbers']['buy']>[0];
/** Numbers for sale, local ones in the United States. */
export declare const forSale: (world: TelephonyWorld, most?: number) => Promise<{
    id: string;
    number: string;
    country: string;
    type?: "local" | "mobile" | "toll-free" | undefined;
    features: ("mms" | "sms" | "voice")[];
    locality?: string | undefined;
    region?: string | undefined;
    monthlyPrice?: {
        decimal: string;
        currency: string;
    } | undefined;
    raw?: unknown;
}[]>;
export declare const buy: Subject<TelephonyWorld, BuyInput>;
/** The first items of a list, without reading the rest. */
export declare function firstOf<T>(items: AsyncIterable<T>, most: number): Promise<T[]>;
/** The one call that the vendor took on. */
export declare function onlyCall(world: TelephonyWorld): PlacedCall;
/** Makes a call that is answered. */
export declare function answered(world: TelephonyWorld, flow: CallFlow, more?: Partial<CallInput>): Promise<Call>;
export type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, {
    type: Type;
}>;
export declare function eventsOf<Type extends KnownEvent['type']>(world: TelephonyWorld, type: Type): readonly EventOf<Type>[];
/** The last event of one type. @throws CheckFailure when none came, with what was refused instead. */
export declare function eventOf<Type extends KnownEvent['type']>(world: TelephonyWorld, type: Type): EventOf<Type>;
export declare const idsIn: (items: AsyncIterable<{
    readonly id: string;
}>) => Promise<string[]>;
