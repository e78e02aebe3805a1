import { outcome, same } from '../assert.ts'
import { why } from '../why.ts'
import { eventOf, failedLater, recipient, type SmsCheck, type SmsWorld, text } from './world.ts'

const person = '+14155550177'

/**
 * The vendor does not let the message through: it refuses at once, or takes it on and reports it as failed (Plivo). Either
 * way it must be called an opt-out, since nobody else may send it then.
 */
async function blocked(world: SmsWorld, to: string): Promise<void> {
  const result = await outcome(() => world.provider.send(text(world, { to })))
  if (result.ok) return failedLater(world, result.value.id, 'opted_out')
  const { effect, code, fault } = result.error
  same([effect, code, fault], ['none', 'opted_out', 'recipient'], 'Effect, code and fault of the refusal')
  same(world.twin.sent().length, 0, 'Messages at the vendor')
}

export const consent: readonly SmsCheck[] = [
  {
    id: 'sms.opt-out.refused',
    level: 'must',
    title: 'Who has opted out at the vendor gets nothing, from nobody, and that is said by name',
    why: why.optOut,
    run: async (world) => {
      world.twin.optOut(recipient)
      await blocked(world, recipient)
    },
  },
  {
    id: 'sms.opt-out.stop',
    level: 'must',
    title: 'STOP is understood as the end of consent',
    why: why.consent,
    run: async (world) => {
      for (const [index, body] of ['STOP', 'stop', ' Unsubscribe '].entries()) {
        await world.twin.inbound({ from: `+1415555018${index}`, body })
        same(eventOf(world, 'message.received').consent, 'stop', `Consent in "${body}"`)
      }
    },
  },
  {
    id: 'sms.opt-out.start',
    level: 'must',
    title: 'START is understood as new consent',
    why: why.consent,
    run: async (world) => {
      await world.twin.inbound({ from: person, body: 'STOP' })
      await world.twin.inbound({ from: person, body: 'START' })
      same(eventOf(world, 'message.received').consent, 'start', 'Consent in "START"')
    },
  },
  {
    id: 'sms.opt-out.holds',
    level: 'must',
    title: 'After STOP the vendor refuses messages to that person, and that is said by name',
    why: why.optOut,
    run: async (world) => {
      await world.twin.inbound({ from: person, body: 'STOP' })
      await blocked(world, person)
    },
  },
  {
    id: 'sms.opt-out.only-alone',
    level: 'must',
    title: 'The word "stop" in a sentence is no opt-out',
    why: why.consent,
    run: async (world) => {
      await world.twin.inbound({ from: person, body: 'Please stop by at noon' })
      same(eventOf(world, 'message.received').consent, undefined, 'Consent')
    },
  },
]
