import type { Transaction } from '@adyen/api-library/lib/src/typings/transfers/transaction.js'
import type { Balance, BalanceTransaction } from '@do/payments'
import { type DriverContext, money, type Page } from '@do/provider'
import type { accountOperations } from './accounts.ts'
import type { BalancePlatform, Sdk } from './client.ts'
import { balanceOf, fromAdyen } from './money.ts'
import { pageOf } from './transfers.ts'
import { defined, instant, proven } from './values.ts'

type Accounts = ReturnType<typeof accountOperations>

/** By the type of the transfer that a line belongs to. */
const types: Readonly<Record<string, BalanceTransaction['type']>> = {
  payment: 'charge',
  capture: 'charge',
  captureReversal: 'adjustment',
  refund: 'refund',
  refundReversal: 'refund_failure',
  chargeback: 'dispute',
  chargebackReversal: 'dispute_reversal',
  secondChargeback: 'dispute',
  fee: 'fee',
  paymentCost: 'fee',
  miscCost: 'fee',
  invoiceDeduction: 'fee',
  balanceAdjustment: 'adjustment',
  manualCorrection: 'adjustment',
  reserveAdjustment: 'adjustment',
}

const fees = /Fee|Commission|Markup|Interchange/

type Category = {
  readonly type?: unknown
  readonly platformPaymentType?: unknown
  readonly pspPaymentReference?: string
  readonly modificationPspReference?: string
}
type Line = Pick<Transaction, 'id' | 'amount'> & {
  readonly bookingDate?: unknown
  readonly creationDate?: unknown
  readonly valueDate?: unknown
  readonly transfer?: { readonly id?: string; readonly reference?: string; readonly categoryData?: Category }
}

const yearMs = 365 * 86_400_000

export const balanceOperations = (sdk: Sdk, platform: BalancePlatform, accounts: Accounts) => {
  const balanceAccountOf = async (account: string | undefined, { id }: Pick<DriverContext, 'id'>) =>
    account === undefined ? platform.balanceAccount : accounts.knownBalanceAccountOf(id(account))

  /** A line does not say what it is; of most the transfer behind it does. */
  const typeOf = async ({
    amount,
    transfer,
  }: Line): Promise<{ type: BalanceTransaction['type']; vendorType?: string | undefined }> => {
    const category = transfer?.categoryData
    const kind = String(category?.platformPaymentType ?? category?.type ?? '')
    if (category?.type === 'internal') return { type: 'transfer', vendorType: kind }
    if (category?.type === 'bank') return { type: amount.value < 0 ? 'payout' : 'payout_failure', vendorType: kind }
    if (category?.type === 'platformPayment' && fees.test(kind))
      return { type: kind === 'Commission' ? 'application_fee' : 'fee', vendorType: kind }
    if (transfer?.id === undefined) return { type: 'other', vendorType: kind || undefined }
    const facts = (await (await sdk.transfers()).getTransfer(transfer.id)) as { readonly type?: unknown }
    return { type: types[String(facts.type)] ?? 'other', vendorType: facts.type === undefined ? undefined : String(facts.type) }
  }

  const transactionOf = async (line: Line, { handle }: Pick<DriverContext, 'handle'>): Promise<BalanceTransaction> => {
    const amount = fromAdyen(line.amount)
    const { id, categoryData } = line.transfer ?? {}
    const payment = categoryData?.pspPaymentReference
    const { type, vendorType } = await typeOf(line)
    const about =
      type === 'charge' || payment === undefined ? (payment ?? id) : (categoryData?.modificationPspReference ?? payment)
    const outgoing = type === 'payout' || type === 'payout_failure'
    return defined({
      id: handle(proven(line.id)),
      type: type === 'transfer' && amount.amount > 0n ? 'transfer_reversal' : type,
      vendorType,
      amount,
      // Adyen books each fee as a line of its own.
      fee: money(0n, amount.currency),
      net: amount,
      source: about === undefined ? undefined : handle(about),
      payment: payment === undefined ? undefined : handle(payment),
      payout: outgoing && id !== undefined ? handle(id) : undefined,
      availableAt: instant(line.valueDate),
      createdAt: instant(line.creationDate ?? line.bookingDate) ?? proven(undefined),
      raw: line,
    })
  }

  return {
    get: async ({ account }: { account?: string | undefined }, context: DriverContext): Promise<Balance> => {
      const id = await balanceAccountOf(account, context)
      const found = id === undefined ? { balances: [] } : await (await sdk.accounts()).getBalanceAccount(id)
      const { balances } = found
      if (!Array.isArray(balances)) throw new Error('The answer has no balances.')
      const of = (member: 'available' | 'pending' | 'reserved') =>
        balances.map((one) => balanceOf({ currency: one.currency, value: one[member] ?? 0 }))
      return {
        ...defined({ account }),
        provider: context.handle('x').slice(0, -2),
        available: of('available'),
        pending: of('pending'),
        reserved: of('reserved').filter(({ amount }) => amount !== 0n),
        raw: found,
      }
    },
    /** Oldest first. Adyen wants to know a period: without `since` it is the last year. */
    transactions: async (
      input: {
        account?: string | undefined
        since?: string | undefined
        until?: string | undefined
        limit?: number | undefined
        cursor?: string
      },
      context: DriverContext,
    ): Promise<Page<BalanceTransaction>> => {
      const from = await balanceAccountOf(input.account, context)
      if (from === undefined) return { items: [] }
      const now = context.clock.now()
      const none = undefined
      const [since, until] = [new Date(input.since ?? now - yearMs), new Date(input.until ?? now)]
      const limit = Math.min(input.limit ?? 100, 100)
      const answer = await (await sdk.transactions()).getAllTransactions(
        since,
        until,
        none,
        none,
        none,
        from,
        input.cursor,
        'asc',
        limit,
      )
      const page = pageOf<Line>(answer as never)
      const items: BalanceTransaction[] = []
      for (const line of page.items) {
        items.push(await transactionOf(line, context))
      }
      return { ...page, items }
    },
  }
}
