import type { BalanceTransaction, Payments, Resolved } from '@do/payments'
import { entriesOf, type Setting } from './posting.ts'
import { book } from './things.ts'

export interface Healing {
  readonly setting: Setting
  readonly payments: Payments
  readonly call: { readonly signal?: AbortSignal }
  /** Things that were asked for in this run: once is enough. */
  readonly asked: Set<string>
  readonly progress: { entries: number; fetched: number }
}

type Kind = 'payment' | 'refund' | 'dispute' | 'transfer' | 'payout'

const read = {
  payment: async ({ payments: { payments }, call }: Healing, id: string) => ({
    type: 'payment',
    value: await payments.get(id, call),
  }),
  refund: async ({ payments: { refunds }, call }, id) => ({ type: 'refund', value: await refunds.get(id, call) }),
  dispute: async ({ payments: { disputes }, call }, id) => ({ type: 'dispute', value: await disputes.get(id, call) }),
  transfer: async ({ payments: { transfers }, call }, id) => ({ type: 'transfer', value: await transfers.get(id, call) }),
  payout: async ({ payments: { payouts }, call }, id) => ({ type: 'payout', value: await payouts.get(id, call) }),
} satisfies Readonly<Record<Kind, (healing: Healing, id: string) => Promise<Resolved>>>

const kinds: Partial<Record<BalanceTransaction['type'], Kind>> = {
  charge: 'payment',
  refund: 'refund',
  refund_failure: 'refund',
  dispute: 'dispute',
  dispute_reversal: 'dispute',
  transfer: 'transfer',
  transfer_reversal: 'transfer',
  payout: 'payout',
  payout_failure: 'payout',
}

/** Asks for a thing as it is now, and books it. A thing that the provider does not know stays in the report. */
export async function heal(healing: Healing, item: string, kind: Kind | undefined, at?: string): Promise<void> {
  const { setting, asked, progress } = healing
  if (kind === undefined || asked.has(item)) return
  asked.add(item)
  let thing: Resolved
  try {
    thing = await read[kind](healing, item)
  } catch (error) {
    if (['not_found', 'unsupported'].includes((error as { code?: string }).code ?? '')) return
    throw error
  }
  progress.fetched += 1
  progress.entries += book(setting, thing, { at, account: setting.account })
}

export const kindOf = ({ type }: BalanceTransaction): Kind | undefined => kinds[type]

/** So many are asked for in one run. The rest has its turn in the next. */
const most = 500

/**
 * What no movement leads to: whatever is still open on an account that has to come back to zero is asked for again. A payout that
 * arrived, or a dispute that was decided, moves no money at the provider, and its webhook may be lost.
 */
export async function healOpen(healing: Healing): Promise<void> {
  const { setting } = healing
  const { ledger, chart, provider } = setting
  for (const account of [chart.clearing, chart.inTransit, chart.disputed]) {
    const mine = ledger.items(account, { open: true, limit: most }).filter(({ item }) => item.startsWith(`${provider}:`))
    for (const { item } of mine) await heal(healing, item, kindIn(setting, item))
  }
}

/** What an item is, of what was booked of it. */
function kindIn(setting: Setting, item: string): Kind | undefined {
  const [entry] = entriesOf(setting, item)
  const { thing, movement } = (entry?.metadata ?? {}) as { thing?: Kind; movement?: BalanceTransaction['type'] }
  return thing ?? (movement && kinds[movement])
}
