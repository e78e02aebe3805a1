import type { Payment } from '@do/payments'
import { credit, debit } from './lines.ts'
import { entriesOf, past, post, type Setting, standing, stepsOf } from './posting.ts'

/**
 * Books the difference between what has been captured and what is booked of it. Captured money only grows, so a reading with
 * less is an old one; a capture that failed after all takes everything back, and ends it.
 */
export function bookPayment(setting: Setting, payment: Payment, at: string | undefined): number {
  const { chart } = setting
  const { id: item, captured, status, createdAt } = payment
  const { currency } = captured ?? payment.amount
  const told = entriesOf(setting, item).filter(({ metadata }) => metadata?.thing === 'payment')
  const steps = stepsOf(told)
  if (steps.at(-1) === 'failed') return 0
  const lines = told.flatMap((entry) => entry.lines).filter((line) => line.currency === currency)
  const booked = lines.reduce(
    (sum, { account, side, amount }) => (account !== chart.clearing ? sum : sum + (side === 'debit' ? amount : -amount)),
    0n,
  )
  const failed = status === 'failed' && booked > 0n
  const more = failed ? -booked : (captured?.amount ?? 0n) - booked
  if (more === 0n || (more < 0n && !failed)) return 0
  // Where the first part went, whatever would be said today.
  const account = lines.find((line) => line.account !== chart.clearing)?.account ?? accountFor(setting, payment)
  const value = { amount: more, currency }
  const entries = post(setting, [
    {
      key: `${item}/${steps.length}/${failed ? 'failed' : 'captured'}`,
      date: past(setting, at ?? (steps.length === 0 ? createdAt : undefined)),
      description: failed ? `Payment ${item} failed after its capture` : `Payment ${item}`,
      lines: [...debit(chart.clearing, value, item), ...credit(account, value, item)],
      source: { item, thing: 'payment' },
    },
  ])
  return entries + (account === chart.sellers && steps.length === 0 ? moveReturns(setting, item) : 0)
}

const accountFor = ({ chart, revenue }: Setting, payment: Payment): string =>
  payment.split === undefined ? revenue(payment) : chart.sellers

/**
 * What the payer takes back is taken from whom the payment was for: a seller's part is the seller's loss, until the platform
 * bears it by not reversing the transfer.
 */
export const bearerOf = (setting: Setting, payment: string, currency: string, own: string): string =>
  setting.ledger.items(setting.chart.sellers, { item: payment }).some((one) => one.currency === currency)
    ? setting.chart.sellers
    : own

/** Refunds and disputes that were heard of before their payment, and booked as if it had been one's own. */
function moveReturns(setting: Setting, payment: string): number {
  const { ledger, chart } = setting
  const known = new Map(ledger.entries({ metadata: { payment } }).map((entry) => [entry.metadata?.item as string, entry]))
  let entries = 0
  for (const [item, { metadata, lines }] of known) {
    const currency = lines[0]?.currency as string
    for (const own of [chart.refunds, chart.chargebacks]) {
      const value = { amount: standing(setting, own, item, currency), currency }
      entries += post(setting, [
        {
          key: `${item}/${own === chart.refunds ? 'refund' : 'chargeback'}/seller`,
          date: past(setting),
          description: `${payment} was a seller's`,
          lines: [...debit(chart.sellers, value, item), ...credit(own, value, item)],
          source: { item, thing: metadata?.thing ?? 'refund', payment },
        },
      ])
    }
  }
  return entries
}
