import { type BalanceTransaction, type Payments, type Resolved, readSubject } from '@do/payments'
import { entriesOf, type Setting } from './posting.ts'
import { book, type MoneyKind } from './things.ts'

export interface Healing {
  readonly setting: Setting
  readonly payments: Payments
  readonly call: { readonly signal?: AbortSignal }
  /** Things that were asked for in this run: once is enough. */
  readonly asked: Set<string>
  readonly progress: { entries: number; fetched: number }
}

const kinds: Partial<Record<BalanceTransaction['type'], MoneyKind>> = {
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
export async function heal(healing: Healing, item: string, kind: MoneyKind | undefined, at?: string): Promise<void> {
  const { setting, payments, call, asked, progress } = healing
  if (kind === undefined || asked.has(item)) return
  asked.add(item)
  let thing: Resolved
  try {
    thing = await readSubject(payments, { type: kind, id: item }, call)
  } catch (error) {
    if (['not_found', 'unsupported'].includes((error as { code?: string }).code ?? '')) return
    throw error
  }
  progress.fetched += 1
  progress.entries += book(setting, thing, { at, account: setting.account })
}

export const kindOf = ({ type }: BalanceTransaction): MoneyKind | undefined => kinds[type]

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
function kindIn(setting: Setting, item: string): MoneyKind | undefined {
  const [entry] = entriesOf(setting, item)
  const { thing, movement } = (entry?.metadata ?? {}) as { thing?: MoneyKind; movement?: BalanceTransaction['type'] }
  return thing ?? (movement && kinds[movement])
}
