import type { BalanceTransaction } from '@do/payments'
import type { Money } from '@do/provider'
import type { Chart } from './chart.ts'
import { credit, dayOf, debit, negative } from './lines.ts'
import { post, type Setting } from './posting.ts'

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

/** The thing that a movement is about: what the clearing account matches it by. */
export function itemOf(movement: BalanceTransaction): string {
  if (movement.type === 'charge') return movement.payment ?? movement.source ?? movement.id
  return movement.source ?? movement.id
}

/** Does it wait in clearing for what we know of it? */
export const isCleared = ({ type }: BalanceTransaction): boolean => counterpart[type] === 'clearing'

/** Books one line of the provider's own ledger, once. Answers how many entries were new. */
export function bookMovement(setting: Setting, movement: BalanceTransaction): number {
  const { chart } = setting
  const { id, type, amount, fee, net, exchanged } = movement
  const item = itemOf(movement)
  const role = counterpart[type]
  const date = dayOf(movement.createdAt)
  const availableOn = dayOf(movement.availableAt ?? movement.createdAt)
  // A payout leaves the available balance at once; its "available" day is that of its arrival.
  const later = availableOn > date && type !== 'payout' && type !== 'payout_failure'
  const lines = [
    ...debit(later ? chart.pending : chart.available, net),
    ...debit(type.startsWith('dispute') ? chart.disputeFees : chart.fees, fee),
    ...against(chart, chart[role], amount, exchanged?.from, item),
  ]
  const posting = { item, origin: 'provider' as const, description: `${type} ${item}` }
  return setting.ledger.sql.transaction(() => {
    const booked = post(setting, { ...posting, key: id, date, lines })
    if (!later) return booked ? 1 : 0
    const released = post(setting, {
      ...posting,
      key: `${id}/available`,
      date: availableOn,
      description: `${type} ${item} becomes available`,
      lines: [...debit(chart.available, net), ...credit(chart.pending, net)],
    })
    return (booked ? 1 : 0) + (released ? 1 : 0)
  })
}

/** Where the provider exchanged, each currency is balanced by the trading account. */
function against(chart: Chart, account: string, amount: Money, from: Money | undefined, item: string) {
  if (from === undefined || from.currency === amount.currency) return credit(account, amount, item)
  const signed = amount.amount < 0n && from.amount > 0n ? negative(from) : from
  return [...credit(account, signed, item), ...debit(chart.trading, signed), ...credit(chart.trading, amount)]
}
