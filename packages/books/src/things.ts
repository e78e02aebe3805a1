import type { Dispute, Payment, Payout, Refund, Resolved, Transfer } from '@do/payments'
import type { Money } from '@do/provider'
import { credit, dayOf, debit, negative } from './lines.ts'
import { isPosted, post, type Setting } from './posting.ts'

/**
 * Books a thing as it is now. What has been booked of it before stays, the rest is added: so it does not matter how often,
 * in which order or how late one hears of it. Answers how many entries were new.
 */
export function book(setting: Setting, thing: Resolved, at?: string): number {
  const date = dayOf(at ?? thing.value.createdAt ?? setting.now())
  return setting.ledger.sql.transaction(() => {
    switch (thing.type) {
      case 'payment':
        return bookPayment(setting, thing.value, date)
      case 'refund':
        return bookRefund(setting, thing.value, date)
      case 'dispute':
        return bookDispute(setting, thing.value, date)
      case 'transfer':
        return bookTransfer(setting, thing.value, date)
      case 'payout':
        return bookPayout(setting, thing.value, date)
      case 'checkout':
      case 'subscription':
      case 'invoice':
      case 'account':
        // They move no money themselves: what they lead to is a payment.
        return 0
    }
  })
}

function bookPayment(setting: Setting, payment: Payment, date: string): number {
  const { ledger, chart } = setting
  const { id: item } = payment
  const account = payment.split === undefined ? setting.revenue(payment) : chart.sellers
  const { currency } = payment.amount
  const booked = ledger.items(account, { item }).find((one) => one.currency === currency)
  const before = booked === undefined ? 0n : booked.credit - booked.debit
  const more = (payment.captured?.amount ?? 0n) - before
  if (more > 0n) {
    const value = { amount: more, currency }
    return count(
      post(setting, {
        key: `${item}/captured/${payment.captured?.amount}`,
        date,
        description: `Payment ${item}`,
        lines: [...debit(chart.clearing, value, item), ...credit(account, value, item)],
        item,
        origin: 'payments',
      }),
    )
  }
  // Less than before is old news, unless the vendor says that the capture failed after all.
  if (more === 0n || payment.status !== 'failed') return 0
  const value = { amount: more, currency }
  return count(
    post(setting, {
      key: `${item}/failed`,
      date: dayOf(setting.now()),
      description: `Payment ${item} failed after its capture`,
      lines: [...debit(chart.clearing, value, item), ...credit(account, value, item)],
      item,
      origin: 'payments',
    }),
  )
}

function bookRefund(setting: Setting, refund: Refund, date: string): number {
  const { chart } = setting
  const { id: item, amount } = refund
  const made = {
    key: `${item}/made`,
    date,
    description: `Refund of ${refund.payment}`,
    lines: [...debit(chart.refunds, amount, item), ...credit(chart.clearing, amount, item)],
    item,
    origin: 'payments' as const,
  }
  const undone = refund.status === 'failed' || refund.status === 'canceled'
  // One that failed is booked both ways even when nobody heard of it before: then old news of it change nothing any more.
  return (
    count(post(setting, made)) +
    (undone
      ? count(
          post(setting, {
            ...made,
            key: `${item}/undone`,
            date: dayOf(setting.now()),
            description: `Refund of ${refund.payment} ${refund.status}`,
            lines: [...debit(chart.clearing, amount, item), ...credit(chart.refunds, amount, item)],
          }),
        )
      : 0)
  )
}

type DisputeStep = 'open' | 'won' | 'lost'

const disputeSteps: Readonly<Record<Dispute['status'], DisputeStep | undefined>> = {
  // No money moves for a question.
  warning: undefined,
  prevented: undefined,
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  lost: 'lost',
  accepted: 'lost',
}

function bookDispute(setting: Setting, dispute: Dispute, date: string): number {
  const { ledger, chart } = setting
  const { id: item, amount } = dispute
  const wanted = disputeSteps[dispute.status]
  if (wanted === undefined) return 0
  const steps = ledger
    .entries({ metadata: { item, origin: 'payments' } })
    .map(({ key }) => key?.slice(key.lastIndexOf('/') + 1) as DisputeStep)
  const step = (name: DisputeStep, on: string, lines: ReturnType<typeof debit>) => {
    const key = `${item}/${steps.length}/${name}`
    steps.push(name)
    return count(
      post(setting, { key, date: on, description: `Dispute ${name}: ${dispute.payment}`, lines, item, origin: 'payments' }),
    )
  }
  let entries = 0
  if (steps.length === 0)
    entries += step('open', date, [...debit(chart.disputed, amount, item), ...credit(chart.clearing, amount, item)])
  const last = steps.at(-1)
  // Once decided it is never open again, whoever heard of it late; but a decision may be turned.
  if (wanted === 'open' || wanted === last) return entries
  const today = dayOf(setting.now())
  const from = last === 'open' ? chart.disputed : last === 'lost' ? chart.chargebacks : chart.clearing
  const to = wanted === 'won' ? chart.clearing : chart.chargebacks
  return entries + step(wanted, today, [...debit(to, amount, item), ...credit(from, amount, item)])
}

function bookTransfer(setting: Setting, transfer: Transfer, date: string): number {
  const { ledger, chart } = setting
  const { id: item, amount } = transfer
  const move = (key: string, value: Money, on: string) =>
    count(
      post(setting, {
        key: `${item}/${key}`,
        date: on,
        description: `Transfer to ${transfer.account}`,
        lines: [...debit(chart.sellers, value, item), ...credit(chart.clearing, value, item)],
        item,
        origin: 'payments',
      }),
    )
  if (transfer.status === 'pending') return 0
  let entries = move('made', amount, date)
  const back = transfer.status === 'failed' ? amount.amount : (transfer.reversed?.amount ?? 0n)
  const known = ledger.items(chart.sellers, { item }).find(({ currency }) => currency === amount.currency)?.credit ?? 0n
  if (back > known) {
    entries += move(`reversed/${back}`, negative({ amount: back - known, currency: amount.currency }), dayOf(setting.now()))
  }
  return entries
}

function bookPayout(setting: Setting, payout: Payout, date: string): number {
  const { ledger, chart } = setting
  const { id: item, amount, status } = payout
  if (payout.account !== setting.account) return 0
  const move = (key: string, to: string, from: string, on: string) =>
    count(
      post(setting, {
        key: `${item}/${key}`,
        date: on,
        description: `Payout ${item}: ${key}`,
        lines: [...debit(to, amount, item), ...credit(from, amount, item)],
        item,
        origin: 'payments',
      }),
    )
  let entries = move('sent', chart.inTransit, chart.clearing, date)
  const returned = () => isPosted(ledger, `${item}/returned`)
  if (status === 'paid' && !returned())
    entries += move('paid', chart.bank, chart.inTransit, dayOf(payout.arrivesAt ?? setting.now()))
  if ((status === 'failed' || status === 'canceled') && !returned()) {
    const from = isPosted(ledger, `${item}/paid`) ? chart.bank : chart.inTransit
    entries += move('returned', chart.clearing, from, dayOf(setting.now()))
  }
  return entries
}

const count = (posted: boolean): number => (posted ? 1 : 0)
