import type { BalanceTransaction, Payments } from '@do/payments'
import type { Money, Page } from '@do/provider'
import { dayOf } from './days.ts'
import { type Healing, heal, healOpen, kindOf } from './healing.ts'
import { bookMovements, isCleared, itemOf } from './movements.ts'
import { entriesOf, type Setting } from './posting.ts'
import { compare, compareBalances, type Reconciliation, type ReportOptions } from './report.ts'
import { watermarkOf } from './watermark.ts'

export interface ReconcileOptions extends ReportOptions {
  readonly signal?: AbortSignal
  /** Told after each page, and once more when everything was asked for that is still open. */
  readonly onProgress?: (progress: ReconcileProgress) => void
  /** Read everything from here on again (ISO 8601), instead of from where the last run had come. */
  readonly since?: string
  /** So many days before that are read again: movements may show up after their own time. Default 3. */
  readonly overlapDays?: number
}

export interface ReconcileProgress {
  /** Balance transactions read, new entries made, things fetched. */
  readonly transactions: number
  readonly entries: number
  readonly fetched: number
}

/**
 * Reads the provider's own ledger, books what is new, fetches what nobody told of, and compares. Every step is posted under a
 * key of its own: cut off anywhere it goes on where it was, run twice it changes nothing.
 */
export async function reconcile(setting: Setting, payments: Payments, options: ReconcileOptions = {}): Promise<Reconciliation> {
  const { signal, onProgress } = options
  const progress = { transactions: 0, entries: 0, fetched: 0 }
  const call = signal === undefined ? {} : { signal }
  const of = setting.account === undefined ? {} : { account: setting.account }
  const healing: Healing = { setting, payments, call, asked: new Set(), progress }
  const watermark = watermarkOf(setting)
  for await (const movements of pages(setting, payments, sinceOf(options, watermark.get()), call)) {
    signal?.throwIfAborted()
    setting.ledger.sql.transaction(() => {
      progress.entries += bookMovements(setting, movements)
      watermark.set(movements.reduce((newest, { createdAt }) => Math.max(newest, Date.parse(createdAt)), 0))
    })
    progress.transactions += movements.length
    for (const movement of movements)
      if (isUntold(setting, movement)) await heal(healing, itemOf(movement), kindOf(movement), movement.createdAt)
    onProgress?.({ ...progress })
  }
  await healOpen(healing)
  onProgress?.({ ...progress })
  const balances = compareBalances(setting, await balanceOf(setting, payments, call))
  const found = compare(setting, options)
  const { missing_at_provider, missing_in_books, different, unmapped } = found.counts
  const nothingWrong = missing_at_provider + missing_in_books + different + unmapped === 0
  return {
    provider: setting.provider,
    ...of,
    day: dayOf(setting.now(), setting.timeZone),
    ok: nothingWrong && balances.every(({ provider, books }) => provider === books),
    ...found,
    balances,
  }
}

function sinceOf({ since, overlapDays = 3 }: ReconcileOptions, read: number | undefined): { readonly since?: string } {
  const from = since === undefined ? read : Date.parse(since)
  return from === undefined ? {} : { since: new Date(Math.max(0, from - overlapDays * 86_400_000)).toISOString() }
}

/** Page by page, oldest first; of several providers behind one face this one alone: a cursor begins with its reader's name. */
async function* pages(
  { provider, account }: Setting,
  payments: Payments,
  since: { readonly since?: string },
  call: { readonly signal?: AbortSignal },
): AsyncGenerator<readonly BalanceTransaction[]> {
  const list = payments.balance.transactions({ ...(account === undefined ? {} : { account }), ...since, limit: 100 }, call)
  const own = `${provider}:`
  for (let cursor: string | undefined = own; cursor?.startsWith(own); ) {
    const page: Page<BalanceTransaction> = await list.page(cursor)
    const mine = page.items.filter(({ id }) => id.startsWith(own))
    if (mine.length > 0) yield mine
    cursor = page.cursor
  }
}

/**
 * What waits in clearing for something that nobody told of: its webhook may be late or lost. Also what nobody told of and came to
 * zero by itself, such as a refund that failed: it happened.
 */
function isUntold(setting: Setting, movement: BalanceTransaction): boolean {
  const { ledger, chart } = setting
  const item = itemOf(movement)
  if (!isCleared(setting, movement) || item === movement.id) return false
  if (ledger.items(chart.clearing, { item, open: true, limit: 1 }).length > 0) return true
  // The provider takes nothing of a charge back by itself: what came to zero, we have told of.
  return movement.type !== 'charge' && !entriesOf(setting, item).some(({ metadata }) => metadata?.thing !== undefined)
}

/** Undefined where the provider does not tell. What it holds back besides is no part of its ledger. */
async function balanceOf(
  { provider, account }: Setting,
  payments: Payments,
  call: { readonly signal?: AbortSignal },
): Promise<readonly Money[] | undefined> {
  try {
    const { available, pending } = await payments.balance.get({ ...(account === undefined ? {} : { account }), provider }, call)
    return [...available, ...pending]
  } catch (error) {
    if ((error as { code?: string }).code === 'unsupported') return undefined
    throw error
  }
}
