import { refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { eventOf, recipient, type SmsCheck, text } from './world.ts'

const person = '+14155550177'

export const consent: readonly SmsCheck[] = [
  {
    id: 'sms.opt-out.refused',
    level: 'must',
    title: 'Who has opted out at the vendor gets nothing, from nobody, and that is said by name',
    why: why.optOut,
    run: async (world) => {
      world.twin.optOut(recipient)
      await refused(() => world.provider.send(text(world)), 'A message to somebody who has opted out', { code: 'opted_out', fault: 'recipient' })
      same(world.twin.sent().length, 0, 'Messages at the vendor')
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
      await refused(() => world.provider.send(text(world, { to: person })), 'A message after STOP', { code: 'opted_out', fault: 'recipient' })
      same(world.twin.sent().length, 0, 'Messages at the vendor')
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
