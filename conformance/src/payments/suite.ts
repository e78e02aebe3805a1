import type { Suite, World } from '../check.ts'
import { clientChecks } from '../shared/clients.ts'
import { onboarding } from './accounts.ts'
import { acting } from './action.ts'
import { capabilities } from './capabilities.ts'
import { capturing } from './capture.ts'
import { selling } from './catalogue.ts'
import { confirming, creating, declining, doubting, reading } from './creating.ts'
import { knowing } from './customers.ts'
import { disputing } from './disputes.ts'
import { hearing } from './events.ts'
import { invoicing } from './invoices.ts'
import { takingDays } from './later.ts'
import { accounting } from './ledger.ts'
import { lists } from './lists.ts'
import { exactMoney } from './money.ts'
import { visiting } from './pages.ts'
import { payingOut } from './payouts.ts'
import { refunding } from './refunds.ts'
import { routing } from './routing.ts'
import { commands } from './subjects.ts'
import { subscribing } from './subscriptions.ts'
import { splitting, transferring } from './transfers.ts'
import { validation } from './validation.ts'
import type { PaymentsWorld } from './world.ts'

/**
 * What `Payments` promises: somebody pays, is declined, has to act first, pays days later; money is reserved, taken, given
 * back, disputed; it renews, is divided, paid out, and accounted for to the last unit; then everything breaks; then the
 * vendor calls back.
 */
export const paymentsSuite: Suite<PaymentsWorld> = {
  name: 'payments',
  twinMethods: [
    ...['currencies', 'methods', 'payments', 'refunds', 'transfers', 'payouts', 'count', 'balance', 'authenticate', 'settle'],
    ...['visit', 'advance', 'dispute', 'decideDispute', 'bank', 'payoutBySchedule', 'onboard', 'refundOutside'],
    ...['unknownEvent', 'holdWebhooks', 'releaseWebhooks'],
  ],
  open: (world: World) => world as PaymentsWorld,
  checks: [
    ...[
      ...creating,
      ...doubting,
      ...reading,
      ...declining,
      ...confirming,
      ...acting,
      ...takingDays,
      ...capturing,
      ...refunding,
      ...exactMoney,
    ],
    ...[...knowing, ...visiting, ...selling, ...subscribing, ...invoicing],
    ...[...onboarding, ...transferring, ...splitting, ...payingOut, ...accounting, ...disputing],
    ...[...capabilities, ...validation, ...lists, ...commands, ...routing, ...hearing],
    ...clientChecks<PaymentsWorld>('payments'),
  ],
}
