import type { Dispute, Refund } from '@do/payments'
import { credit, debit } from './lines.ts'
import { bearerOf } from './payment.ts'
import { entriesOf, past, post, type Setting, standing, stepsOf } from './posting.ts'

/** A refund is booked when it is made, and taken back when it fails: which is the end of it. */
export function bookRefund(setting: Setting, refund: Refund, at: string | undefined): number {
  const { chart } = setting
  const { id: item, payment, amount, status, createdAt } = refund
  const { currency } = amount
  const source = { item, thing: 'refund', payment }
  const bearer = [chart.sellers, chart.refunds].find((one) => standing(setting, one, item, currency) !== 0n)
  const account = bearer ?? bearerOf(setting, payment, currency, chart.refunds)
  const made = post(setting, [
    {
      ...{ key: `${item}/made`, date: past(setting, createdAt ?? at), description: `Refund of ${payment}`, source },
      lines: [...debit(account, amount, item), ...credit(chart.clearing, amount, item)],
    },
  ])
  if (status !== 'failed' && status !== 'canceled') return made
  // One that failed is booked both ways even when nobody heard of it before: then old news of it change nothing any more.
  const undone = post(setting, [
    {
      ...{ key: `${item}/undone`, date: past(setting, at), description: `Refund of ${payment}: ${status}`, source },
      lines: [...debit(chart.clearing, amount, item), ...credit(account, amount, item)],
    },
  ])
  return made + undone
}

type Step = 'open' | 'won' | 'lost'

const wantedSteps: Readonly<Record<Dispute['status'], Step | undefined>> = {
  // No money moves for a question.
  warning: undefined,
  prevented: undefined,
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  lost: 'lost',
  accepted: 'lost',
}

/** Once decided a dispute is never open again, whoever hears of it late; but a decision may be turned. */
export function bookDispute(setting: Setting, dispute: Dispute, at: string | undefined): number {
  const { chart } = setting
  const { id: item, payment, createdAt } = dispute
  const { currency } = dispute.amount
  const wanted = wantedSteps[dispute.status]
  if (wanted === undefined) return 0
  const known = entriesOf(setting, item)
  // A question that was answered took no money. One that did is told of by the provider's ledger, and then booked whole.
  if (wanted === 'won' && known.length === 0) return 0
  const steps = stepsOf(known).filter((step) => ['open', 'won', 'lost'].includes(step))
  const source = { item, thing: 'dispute', payment }
  const move = (step: Step, date: string, to: string, from: string, value: bigint) => {
    const key = `${item}/${steps.length}/${step}`
    steps.push(step)
    const amount = { amount: value, currency }
    const lines = [...debit(to, amount, item), ...credit(from, amount, item)]
    return post(setting, [{ key, date, description: `Dispute ${step}: ${payment}`, lines, source }])
  }
  const opened =
    steps.length > 0 ? 0 : move('open', past(setting, createdAt ?? at), chart.disputed, chart.clearing, dispute.amount.amount)
  if (wanted === 'open' || wanted === steps.at(-1)) return opened
  // What stands is moved: the amount may be told otherwise by now.
  const held = [chart.disputed, chart.chargebacks, chart.sellers].find((one) => standing(setting, one, item, currency) !== 0n)
  const amount = held === undefined ? dispute.amount.amount : standing(setting, held, item, currency)
  const loser = bearerOf(setting, payment, currency, chart.chargebacks)
  return opened + move(wanted, past(setting, at), wanted === 'won' ? chart.clearing : loser, held ?? chart.clearing, amount)
}
