import type { SendInput, Sms, SmsEvent } from '@do/sms';
import type { Check, World } from '../check.ts';
import type { Subject } from '../shared/subject.ts';
import type { SentMessage, SmsTwin } from '../twin.ts';
export type SmsWorld = World<Sms, SmsTwin, SmsEvent>;
export type SmsCheck = Check<SmsWorld>;
/** Somebody who gets messages. */
export declare const recipient = "+14155550123";
export declare const otherRecipient = "+14155550145";
/** A message that any vendor takes. */
export declare function text(world: SmsWorld, more?: Partial<SendInput>): SendInput;
export declare const send: Subject<SmsWorld, SendInput>;
/** The one message that the vendor took on. */
export declare function onlySent(world: SmsWorld): SentMessage;
/** The vendor's id of a message, for the twin's own controls. */
export declare const vendorIdOf: (id: string) => string;
export type EventOf<Type extends SmsEvent['type']> = Extract<SmsEvent, {
    type: Type;
}>;
/** The events of one type, in order. */
export declare function eventsOf<Type extends SmsEvent['type']>(world: SmsWorld, type: Type): readonly EventOf<Type>[];
/** The last event of one type. @throws CheckFailure when none came, with what was refused instead. */
export declare function eventOf<Type extends SmsEvent['type']>(world: SmsWorld, type: Type): EventOf<Type>;
