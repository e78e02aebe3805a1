import type { AccountInput, Ledger } from '@do/ledger'

/** The accounts that payments are booked to: names in the ledger's tree. */
export interface Chart {
  /** The balance at the provider that can be paid out or transferred now. */
  readonly available: string
  /** The balance at the provider that becomes available later. */
  readonly pending: string
  /** What we know of from payments, and what the provider's own ledger says, meet here: each item comes back to zero. */
  readonly clearing: string
  /** Taken back by a bank while a dispute is open. */
  readonly disputed: string
  /** Movements at the provider that nobody knows the meaning of. Somebody has to look at each. */
  readonly suspense: string
  /** Paid out and not at the bank yet. */
  readonly inTransit: string
  readonly bank: string
  /** Owed to connected accounts. */
  readonly sellers: string
  readonly sales: string
  readonly refunds: string
  /** What the platform keeps of its sellers' payments. */
  readonly platformFees: string
  readonly fees: string
  readonly disputeFees: string
  readonly chargebacks: string
  /** Where one currency becomes another. */
  readonly trading: string
}

/** The accounts of one provider instance. What is the provider's own has its name, and that of the connected account. */
export function chartOf(provider: string, account?: string, changes: Partial<Chart> = {}): Chart {
  // A handle, `stripe:acct_1`, which makes it an account below the provider's.
  const own = `Assets:Payments:${account ?? provider}`
  return {
    available: `${own}:Available`,
    pending: `${own}:Pending`,
    clearing: `${own}:Clearing`,
    disputed: `${own}:Disputed`,
    suspense: `${own}:Suspense`,
    inTransit: 'Assets:Bank:In transit',
    bank: 'Assets:Bank:Account',
    sellers: 'Liabilities:Sellers',
    sales: 'Revenue:Sales',
    refunds: 'Revenue:Refunds',
    platformFees: 'Revenue:Platform fees',
    fees: 'Expenses:Payment fees',
    disputeFees: 'Expenses:Dispute fees',
    chargebacks: 'Expenses:Chargebacks',
    trading: 'Equity:Trading',
    ...changes,
  }
}

const kinds: Readonly<Record<keyof Chart, Omit<AccountInput, 'name'>>> = {
  available: { type: 'asset', cash: true },
  pending: { type: 'asset', cash: true },
  clearing: { type: 'asset', clearing: true },
  disputed: { type: 'asset' },
  suspense: { type: 'asset', clearing: true },
  inTransit: { type: 'asset', clearing: true },
  bank: { type: 'asset', cash: true },
  sellers: { type: 'liability' },
  sales: { type: 'revenue' },
  refunds: { type: 'revenue' },
  platformFees: { type: 'revenue' },
  fees: { type: 'expense' },
  disputeFees: { type: 'expense' },
  chargebacks: { type: 'expense' },
  trading: { type: 'equity' },
}

/** Opens those that are missing. An account that is there already stays as it is, whatever it is called for. */
export function openChart(ledger: Ledger, chart: Chart): void {
  for (const [role, name] of Object.entries(chart) as [keyof Chart, string][]) {
    if (ledger.accounts.get(name) === undefined) ledger.accounts.open({ name, ...kinds[role] })
  }
}
