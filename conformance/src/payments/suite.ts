import type { Suite, World } from '../check.ts'
import { acting } from './action.ts'
import { capturing } from './capture.ts'
import { confirming, creating, declining } from './creating.ts'
import { refunding } from './refunds.ts'
import { commands } from './subjects.ts'
import type { PaymentsWorld } from './world.ts'

/**
 * What `Payments` promises: somebody pays, is declined, has to act first; money is reserved, taken, given back; then
 * everything breaks; then the vendor calls back.
 */
export const paymentsSuite: Suite<PaymentsWorld> = {
  name: 'payments',
  twinMethods: [
    'currencies',
    'methods',
    'payments',
    'refunds',
    'transfers',
    'payouts',
    'count',
    'balance',
    'authenticate',
    'settle',
    'visit',
    'advance',
    'dispute',
    'decideDispute',
    'bank',
    'payoutBySchedule',
    'onboard',
    'refundOutside',
    'unknownEvent',
    'holdWebhooks',
    'releaseWebhooks',
  ],
  open: (world: World) => world as PaymentsWorld,
  checks: [...creating, ...declining, ...confirming, ...acting, ...capturing, ...refunding, ...commands],
}
