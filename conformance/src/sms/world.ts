import type { SendInput, Sms, SmsEvent } from '@do/sms'
import { fail, present } from '../assert.ts'
import type { Check, World } from '../check.ts'
import type { Subject } from '../shared/subject.ts'
import type { SentMessage, SmsTwin } from '../twin.ts'

export type SmsWorld = World<Sms, SmsTwin, SmsEvent>
export type SmsCheck = Check<SmsWorld>

/** Somebody who gets messages. */
export const recipient = '+14155550123'
export const otherRecipient = '+14155550145'

/** A message that any vendor takes. */
export function text(world: SmsWorld, more: Partial<SendInput> = {}): SendInput {
  return { to: recipient, from: world.twin.sender, body: 'Your order 42 has been shipped.', ...more }
}

export const send: Subject<SmsWorld, SendInput> = {
  name: 'sms.send',
  request: 'messages.create',
  noun: 'message',
  repeatable: true,
  input: async (world) => text(world, { body: 'The code is Quetzalcoatl-7781.' }),
  other: async (world) => text(world, { to: otherRecipient, body: 'Another message.' }),
  run: (provider, input, options) => provider.send(input, options),
  effects: (world) => world.twin.sent().length,
  read: (provider, id) => provider.get(id),
  privateText: 'Quetzalcoatl',
}

/** The one message that the vendor took on. */
export function onlySent(world: SmsWorld): SentMessage {
  const sent = world.twin.sent()
  if (sent.length !== 1) fail(`The vendor took on ${sent.length} messages instead of one.`)
  return present(sent[0], 'The message at the vendor')
}

/** The vendor took the message on, knew that it could not be delivered, and says so when the message is read. */
export async function failedLater(world: SmsWorld, id: string, reason?: string): Promise<void> {
  const { status, failure } = await world.provider.get(id)
  if (status !== 'failed' && status !== 'undelivered')
    fail(`The message was accepted, and its status is "${status}" instead of a failure.`)
  if (failure === undefined) fail('The message failed, but does not say why (`failure`).')
  if (reason !== undefined && failure !== reason) fail(`The message failed because of "${failure}"; it should say "${reason}".`)
}

export type EventOf<Type extends SmsEvent['type']> = Extract<SmsEvent, { type: Type }>

/** The events of one type, in order. */
export function eventsOf<Type extends SmsEvent['type']>(world: SmsWorld, type: Type): readonly EventOf<Type>[] {
  return world.events.filter((event): event is EventOf<Type> => event.type === type)
}

/** The last event of one type. @throws CheckFailure when none came, with what was refused instead. */
export function eventOf<Type extends SmsEvent['type']>(world: SmsWorld, type: Type): EventOf<Type> {
  const event = eventsOf(world, type).at(-1)
  if (event !== undefined) return event
  const refusal = world.refusals.at(-1)
  return fail(
    `No ${type} event came (${world.events.length} others, ${world.refusals.length} refused${refusal === undefined ? '' : `: ${refusal}`}).`,
  )
}
