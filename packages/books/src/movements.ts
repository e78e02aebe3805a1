import type { BalanceTransaction } from '@do/payments'
import type { Money } from '@do/provider'
import type { Chart } from './chart.ts'
import { dayOf } from './days.ts'
import { credit, debit, negative } from './lines.ts'
import { type Posting, post, type Setting } from './posting.ts'

/** What the other side of a movement is: the clearing account, where it meets what we know of it, or an account of its own. */
const counterpart: Readonly<Record<BalanceTransaction['type'], keyof Chart>> = {
  charge: 'clearing',
  refund: 'clearing',
  refund_failure: 'clearing',
  dispute: 'clearing',
  dispute_reversal: 'clearing',
  transfer: 'clearing',
  transfer_reversal: 'clearing',
  payout: 'clearing',
  payout_failure: 'clearing',
  // Nobody tells of these but the provider's ledger itself.
  fee: 'fees',
  application_fee: 'platformFees',
  application_fee_refund: 'platformFees',
  exchange: 'trading',
  // Somebody has to look: never dropped, never guessed.
  adjustment: 'suspense',
  other: 'suspense',
}

/** In the books of a connected account: what the platform passes on or takes back is no payment that anybody could be asked for. */
const passedOn: Partial<Record<BalanceTransaction['type'], keyof Chart>> = {
  charge: 'sales',
  transfer: 'sales',
  refund: 'refunds',
  refund_failure: 'refunds',
  transfer_reversal: 'refunds',
  application_fee: 'fees',
  application_fee_refund: 'fees',
}

function roleOf({ account }: Setting, { type, payment }: BalanceTransaction): keyof Chart {
  return (account !== undefined && payment === undefined && passedOn[type]) || counterpart[type]
}

/** The thing that a movement is about: what the clearing account matches it by. */
export function itemOf(movement: BalanceTransaction): string {
  // Each unknown movement is an item of its own: two that happen to cancel out have to be looked at all the same.
  if (counterpart[movement.type] === 'suspense') return movement.id
  if (movement.type === 'charge') return movement.payment ?? movement.source ?? movement.id
  return movement.source ?? movement.id
}

/** Does it wait in clearing for what we know of it? */
export const isCleared = (setting: Setting, movement: BalanceTransaction): boolean => roleOf(setting, movement) === 'clearing'

/** Books lines of the provider's own ledger, each once. Answers how many entries were new. */
export function bookMovements(setting: Setting, movements: readonly BalanceTransaction[]): number {
  return setting.ledger.sql.transaction(() =>
    post(
      setting,
      movements.flatMap((movement) => postingsOf(setting, movement)),
    ),
  )
}

function postingsOf(setting: Setting, movement: BalanceTransaction): Posting[] {
  const { chart, timeZone } = setting
  const { id, type, amount, fee, net, exchanged } = movement
  const item = itemOf(movement)
  const date = dayOf(movement.createdAt, timeZone)
  const availableOn = dayOf(movement.availableAt ?? movement.createdAt, timeZone)
  // A payout leaves the available balance at once; its "available" day is that of its arrival.
  const later = availableOn > date && type !== 'payout' && type !== 'payout_failure'
  const source = { item, movement: type }
  const moved: Posting = {
    key: id,
    date,
    description: `${type} ${item}`,
    lines: [
      ...debit(later ? chart.pending : chart.available, net),
      ...debit(type.startsWith('dispute') ? chart.disputeFees : chart.fees, fee),
      ...against(chart, chart[roleOf(setting, movement)], amount, exchanged?.from, item),
    ],
    source,
  }
  if (!later) return [moved]
  const released: Posting = {
    key: `${id}/available`,
    date: availableOn,
    description: `${type} ${item} becomes available`,
    lines: [...debit(chart.available, net), ...credit(chart.pending, net)],
    source,
  }
  return [moved, released]
}

/** Where the provider exchanged, each currency is balanced by the trading account. */
function against(chart: Chart, account: string, amount: Money, from: Money | undefined, item: string) {
  if (from === undefined || from.currency === amount.currency) return credit(account, amount, item)
  // Vendors differ in whether the amount before the exchange has a sign.
  const signed = amount.amount < 0n === from.amount < 0n ? from : negative(from)
  return [...credit(account, signed, item), ...debit(chart.trading, signed), ...credit(chart.trading, amount)]
}
