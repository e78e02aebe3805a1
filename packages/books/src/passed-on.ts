import type { Payout, Transfer } from '@do/payments'
import type { Money } from '@do/provider'
import { credit, debit, negative } from './lines.ts'
import { entriesOf, past, post, type Setting, stepsOf } from './posting.ts'

/** What sellers are given, and what is taken back from them: that only grows. */
export function bookTransfer(setting: Setting, transfer: Transfer, at: string | undefined): number {
  const { ledger, chart } = setting
  const { id: item, amount, status, createdAt, reversed } = transfer
  if (status === 'pending') return 0
  const move = (key: string, value: Money, date: string) =>
    post(setting, [
      {
        ...{ key: `${item}/${key}`, date, description: `Transfer to ${transfer.account}`, source: { item, thing: 'transfer' } },
        lines: [...debit(chart.sellers, value, item), ...credit(chart.clearing, value, item)],
      },
    ])
  const made = move('made', amount, past(setting, createdAt ?? at))
  const back = status === 'failed' || (status === 'reversed' && reversed === undefined) ? amount.amount : (reversed?.amount ?? 0n)
  const known = ledger.items(chart.sellers, { item }).find(({ currency }) => currency === amount.currency)?.credit ?? 0n
  if (back <= known) return made
  return made + move(`reversed-${back}`, negative({ amount: back - known, currency: amount.currency }), past(setting, at))
}

/** A payout that was sent back stays so, whatever one hears later; also after it was paid. */
export function bookPayout(setting: Setting, payout: Payout, at: string | undefined): number {
  const { chart } = setting
  const { id: item, amount, status, createdAt, arrivesAt } = payout
  const steps = stepsOf(entriesOf(setting, item))
  const move = (step: string, to: string, from: string, date: string) => {
    if (steps.includes(step)) return 0
    steps.push(step)
    const lines = [...debit(to, amount, item), ...credit(from, amount, item)]
    const description = `Payout ${item}: ${step}`
    return post(setting, [{ key: `${item}/${step}`, date, description, lines, source: { item, thing: 'payout' } }])
  }
  const sent = move('sent', chart.inTransit, chart.clearing, past(setting, createdAt ?? at))
  if (steps.includes('returned')) return sent
  if (status === 'paid') return sent + move('paid', chart.bank, chart.inTransit, past(setting, arrivesAt ?? at))
  if (status !== 'failed' && status !== 'canceled') return sent
  const from = steps.includes('paid') ? chart.bank : chart.inTransit
  return sent + move('returned', chart.clearing, from, past(setting, at))
}
