import type { AccountType, Ledger } from '../types.ts'
import { type AccountAmounts, type Amounts, amountsIn, type Presentation, showing } from './amounts.ts'
import type { BookAccount } from './books.ts'
import type { Span } from './calendar.ts'
import type { Cells, Style } from './rows.ts'

/** What every statement begins with: amounts by account within the spans, and how to show them. */
export interface Frame {
  readonly style: Style
  /** The accounts a section is about, debit minus credit, or the other way round. */
  readonly accounts: (side: 'debit' | 'credit', wanted: (account: BookAccount) => boolean) => Map<string, Amounts>
}

export const ofType =
  (...types: readonly AccountType[]) =>
  (account: BookAccount): boolean =>
    types.includes(account.type)

export function frameOf(ledger: Ledger, spans: readonly Span[], presentation: Presentation, cells: Cells): Frame {
  const amounts = amountsIn(ledger, spans, presentation)
  const currencies = amounts.map(({ currency }) => currency)
  const show = showing(
    ledger,
    presentation,
    currencies,
    spans.map(({ to }) => to),
  )
  return {
    style: { presentation, show, cells },
    accounts: (side, wanted) => netByAccount(amounts, side === 'debit' ? 1n : -1n, wanted),
  }
}

function netByAccount(all: readonly AccountAmounts[], sign: bigint, wanted: (account: BookAccount) => boolean) {
  const byAccount = new Map<string, Map<string, readonly bigint[]>>()
  for (const { account, currency, debit, credit } of all) {
    if (!wanted(account)) continue
    const net = debit.map((value, index) => sign * (value - (credit[index] ?? 0n)))
    const known = byAccount.get(account.name)
    if (known === undefined) byAccount.set(account.name, new Map([[currency, net]]))
    else known.set(currency, net)
  }
  return byAccount
}
