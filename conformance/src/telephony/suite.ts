import type { Suite } from '../check.ts'
import { clientChecks } from '../shared/clients.ts'
import { effectChecks } from '../shared/effects.ts'
import { errorChecks } from '../shared/errors.ts'
import { handleChecks } from '../shared/handles.ts'
import { keyChecks } from '../shared/keys.ts'
import { listChecks } from '../shared/lists.ts'
import { requestChecks } from '../shared/requests.ts'
import { timeChecks } from '../shared/time.ts'
import { webhookChecks } from '../shared/webhooks.ts'
import { fiveCalls, listing, living, making, recording } from './calls.ts'
import { flows, undeclared } from './flows.ts'
import { fiveNumbers, owning, searching } from './numbers.ts'
import { validation } from './validation.ts'
import { buy, make, openTelephony, ring, type TelephonyWorld } from './world.ts'

/**
 * What `Telephony` promises: a number is found, bought, set up and given back; a call rings, is answered, is heard, asks,
 * records and ends; then everything breaks; then the vendor calls back.
 */
export const telephonySuite: Suite<TelephonyWorld> = {
  name: 'telephony',
  twinMethods: [
    'caller',
    'owned',
    'purchases',
    'calls',
    'answer',
    'miss',
    'press',
    'finishRecording',
    'hangup',
    'incoming',
    'unknownEvent',
  ],
  open: openTelephony,
  checks: [
    ...searching,
    ...owning,
    ...making,
    ...living,
    ...recording,
    ...flows,
    ...undeclared,
    ...validation,
    ...listing,
    ...listChecks<TelephonyWorld>({
      name: 'telephony.calls.list',
      needs: ['list-calls'],
      request: 'calls.list',
      fill: fiveCalls,
      read: ({ provider }, input) => provider.calls.list(input),
    }),
    ...listChecks<TelephonyWorld>({
      name: 'telephony.numbers.list',
      request: 'numbers.list',
      fill: fiveNumbers,
      read: ({ provider }, input) => provider.numbers.list(input),
    }),
    ...[make, buy].flatMap((subject) => [
      ...handleChecks(subject),
      ...keyChecks(subject),
      ...requestChecks(subject),
      ...effectChecks(subject),
      ...timeChecks(subject),
      ...errorChecks(subject),
    ]),
    ...webhookChecks<TelephonyWorld>({
      name: 'telephony',
      prepare: async (world) => void (await world.provider.calls.make(ring(world))),
      // A call that nobody takes is told of in one webhook, at every vendor.
      send: async ({ twin }) => twin.miss(twin.calls()[0]?.id ?? '', 'busy'),
      unknown: ({ twin }) => twin.unknownEvent(),
    }),
    ...clientChecks<TelephonyWorld>('telephony'),
  ],
}
