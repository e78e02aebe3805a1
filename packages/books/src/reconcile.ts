import type { BalanceTransaction, Payments, Resolved } from '@do/payments'
import { parseHandle } from '@do/provider'
import { bookMovement, isCleared, itemOf } from './movements.ts'
import type { Setting } from './posting.ts'
import { compare, compareBalances, type Reconciliation, type ReportOptions } from './report.ts'
import { book } from './things.ts'

export interface ReconcileOptions extends ReportOptions {
  readonly signal?: AbortSignal
  /** Told after each page, and after each thing that was fetched because nobody had told of it. */
  readonly onProgress?: (progress: ReconcileProgress) => void
  /** Read everything from here on again (ISO 8601), instead of from where the last run had come. */
  readonly since?: string
}

export interface ReconcileProgress {
  /** Balance transactions read, new entries made, things fetched. */
  readonly transactions: number
  readonly entries: number
  readonly fetched: number
}

/** Movements may show up a little after their own time; so far back is read again. */
const overlapMs = 86_400_000

/**
 * Reads the provider's own ledger, books what is new, fetches what nobody told of, and compares. Every step is posted under a
 * key of its own: cut off anywhere it goes on where it was, run twice it changes nothing.
 */
export async function reconcile(setting: Setting, payments: Payments, options: ReconcileOptions = {}): Promise<Reconciliation> {
  const { signal, onProgress } = options
  const progress = { transactions: 0, entries: 0, fetched: 0 }
  const of = setting.account === undefined ? {} : { account: setting.account }
  const call = signal === undefined ? {} : { signal }
  const watermark = watermarkOf(setting)
  const read = options.since ?? watermark.get()
  const since = read === undefined ? {} : { since: new Date(Date.parse(read) - overlapMs).toISOString() }
  for await (const page of payments.balance.transactions({ ...of, ...since, limit: 100 }, call).pages()) {
    signal?.throwIfAborted()
    const mine = page.items.filter(({ id }) => parseHandle(id).provider === setting.provider)
    setting.ledger.sql.transaction(() => {
      for (const movement of mine) progress.entries += bookMovement(setting, movement)
      const newest = mine
        .map(({ createdAt }) => createdAt)
        .sort()
        .at(-1)
      if (newest !== undefined) watermark.set(newest)
    })
    progress.transactions += mine.length
    for (const movement of mine) await heal(setting, payments, movement, progress, call)
    onProgress?.({ ...progress })
  }
  const { available, pending, reserved = [] } = await payments.balance.get({ ...of, provider: setting.provider }, call)
  const found = compare(setting, options)
  const balances = compareBalances(setting, [...available, ...pending, ...reserved])
  const { missing_at_provider, missing_in_books, different, unmapped } = found.counts
  return {
    provider: setting.provider,
    ...of,
    day: new Date(setting.now()).toISOString().slice(0, 10),
    ok:
      missing_at_provider + missing_in_books + different + unmapped === 0 &&
      balances.every(({ provider, books }) => provider === books),
    ...found,
    balances,
  }
}

/** A movement whose thing is not in balance: the webhook may be late or lost, so it is asked for as it is now. */
async function heal(
  setting: Setting,
  payments: Payments,
  movement: BalanceTransaction,
  progress: { entries: number; fetched: number },
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  if (!isCleared(movement)) return
  const item = itemOf(movement)
  const open = setting.ledger.items(setting.chart.clearing, { item, open: true })
  if (item === movement.id || open.length === 0) return
  const thing = await fetchThing(payments, movement.type, item, call)
  if (thing === undefined) return
  progress.fetched += 1
  progress.entries += book(setting, thing)
}

type Fetch = (payments: Payments, id: string, call: { signal?: AbortSignal }) => Promise<Resolved>

const fetches: Partial<Record<BalanceTransaction['type'], Fetch>> = {
  charge: async ({ payments }, id, call) => ({ type: 'payment', value: await payments.get(id, call) }),
  refund: async ({ refunds }, id, call) => ({ type: 'refund', value: await refunds.get(id, call) }),
  refund_failure: async ({ refunds }, id, call) => ({ type: 'refund', value: await refunds.get(id, call) }),
  dispute: async ({ disputes }, id, call) => ({ type: 'dispute', value: await disputes.get(id, call) }),
  dispute_reversal: async ({ disputes }, id, call) => ({ type: 'dispute', value: await disputes.get(id, call) }),
  transfer: async ({ transfers }, id, call) => ({ type: 'transfer', value: await transfers.get(id, call) }),
  transfer_reversal: async ({ transfers }, id, call) => ({ type: 'transfer', value: await transfers.get(id, call) }),
  payout: async ({ payouts }, id, call) => ({ type: 'payout', value: await payouts.get(id, call) }),
  payout_failure: async ({ payouts }, id, call) => ({ type: 'payout', value: await payouts.get(id, call) }),
}

/** Undefined where the provider does not know the thing: it then stays in the report. */
async function fetchThing(
  payments: Payments,
  type: BalanceTransaction['type'],
  item: string,
  call: { readonly signal?: AbortSignal },
): Promise<Resolved | undefined> {
  try {
    return await fetches[type]?.(payments, item, call)
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

const isNotThere = (error: unknown): boolean => ['not_found', 'unsupported'].includes((error as { code?: string }).code ?? '')

/** How far the provider's ledger has been read: kept with the books, in the same transaction. */
function watermarkOf({ ledger: { sql }, provider, account }: Setting) {
  const name = account === undefined ? provider : `${provider} ${account}`
  sql.run('CREATE TABLE IF NOT EXISTS books_watermarks(name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID')
  return {
    get: () => sql.all<{ at: string }>('SELECT at FROM books_watermarks WHERE name = ?', name)[0]?.at,
    set: (at: string) =>
      sql.run('INSERT INTO books_watermarks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)', name, at),
  }
}
