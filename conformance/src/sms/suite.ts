import type { Suite, World } from '../check.ts'
import { clientChecks } from '../shared/clients.ts'
import { effectChecks } from '../shared/effects.ts'
import { errorChecks } from '../shared/errors.ts'
import { handleChecks } from '../shared/handles.ts'
import { keyChecks } from '../shared/keys.ts'
import { listChecks } from '../shared/lists.ts'
import { requestChecks } from '../shared/requests.ts'
import { timeChecks } from '../shared/time.ts'
import { bulk } from './bulk.ts'
import { capabilities } from './capabilities.ts'
import { consent } from './consent.ts'
import { events } from './events.ts'
import { five, reading } from './reading.ts'
import { schedule } from './schedule.ts'
import { senders } from './senders.ts'
import { media, names, sending } from './sending.ts'
import { validation } from './validation.ts'
import { type SmsWorld, send } from './world.ts'

/**
 * What `Sms` promises, told in the order in which an adapter grows: a message goes out, comes back, waits, is refused;
 * then everything breaks; then the vendor calls back.
 */
export const smsSuite: Suite<SmsWorld> = {
  name: 'sms',
  twinMethods: ['sender', 'sent', 'deliver', 'inbound', 'unknownEvent', 'optOut'],
  open: (world: World) => world as SmsWorld,
  checks: [
    ...sending,
    ...media,
    ...names,
    ...capabilities,
    ...validation,
    ...senders,
    ...handleChecks(send),
    ...reading,
    ...listChecks<SmsWorld>({
      name: 'sms.list',
      request: 'messages.list',
      fill: five,
      read: ({ provider }, input) => provider.list(input),
    }),
    ...schedule,
    ...bulk,
    ...keyChecks(send),
    ...requestChecks(send),
    ...effectChecks(send),
    ...timeChecks(send),
    ...errorChecks(send),
    ...consent,
    ...events,
    ...clientChecks<SmsWorld>('sms'),
  ],
}
