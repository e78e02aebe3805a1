import type { Balance, BalanceTransaction } from '@do/payments'
import type { Page } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { moneyOf } from './money.ts'
import { oldestFirst } from './oldest-first.ts'
import type { Operations } from './operations.ts'
import { bare, instanceOf, located, type Scope, scopeOf } from './scope.ts'
import { defined, idOf, instant, proven, whole } from './shape.ts'
import { transactionType } from './status.ts'

type Funds = readonly { readonly amount: number; readonly currency: string }[]
const fundsOf = (funds: Funds) => funds.map(({ amount, currency }) => moneyOf(amount, currency))

/** What a transaction is about. Of a charge the payment is meant, of a transfer's reversal the transfer. */
type Source = {
  readonly id: string
  readonly object: string
  readonly amount?: number
  readonly amount_captured?: number
  readonly currency?: string
  readonly payment_intent?: string | { id: string } | null
  readonly transfer?: string | { id: string } | null
}

/** https://docs.stripe.com/api/balance_transactions/object */
export function transactionOf(
  given: Stripe.BalanceTransaction,
  { handle }: Pick<Scope, 'handle'>,
  payout?: string,
): BalanceTransaction {
  const transaction = proven(given, 'balance_transaction')
  const { currency } = transaction
  const money = (amount: number) => moneyOf(amount, currency)
  const source = whole(transaction.source as Source | string | null)
  const payment = idOf(source?.payment_intent)
  const whose = { charge: payment, transfer_reversal: idOf(source?.transfer) }[source?.object ?? '']
  const about = whose ?? idOf(transaction.source)
  return defined({
    id: handle(transaction.id),
    type: transactionType(transaction),
    vendorType: transaction.type,
    amount: money(transaction.amount),
    fee: money(transaction.fee),
    net: money(transaction.net),
    source: about && handle(about),
    payment: payment && handle(payment),
    payout,
    exchanged: exchangedOf(transaction, source),
    availableAt: instant(transaction.available_on),
    createdAt: instant(transaction.created) as string,
    raw: transaction,
  })
}

/** The source is in its own currency, the transaction in that of the balance. */
function exchangedOf({ exchange_rate, amount }: Stripe.BalanceTransaction, source: Source | undefined) {
  const before = source?.amount_captured ?? source?.amount
  if (typeof exchange_rate !== 'number' || before === undefined || source?.currency === undefined) return undefined
  const from = moneyOf(Math.sign(amount) * Math.abs(before), source.currency)
  return { from, rate: plainly(exchange_rate) }
}

/** The digits that Stripe wrote, without an exponent. */
export function plainly(rate: number): string {
  const [digits = '', exponent] = String(rate).split('e-')
  if (exponent === undefined) return digits
  return `0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`
}

export function balanceOperations(client: GetClient): Operations['balance'] {
  return {
    get: async ({ account }, context): Promise<Balance> => {
      const { at } = scopeOf(context, account && context.id(account))
      const balance = await (await client()).balance.retrieve({}, at)
      if (balance.object !== 'balance' || !Array.isArray(balance.available)) throw new Error('The answer is no balance.')
      return defined({
        provider: instanceOf(context),
        account,
        available: fundsOf(balance.available),
        pending: fundsOf(balance.pending),
        reserved: balance.connect_reserved && fundsOf(balance.connect_reserved),
        raw: balance,
      })
    },
    transactions: async (input, context): Promise<Page<BalanceTransaction>> => {
      const { account, payout } = input
      const scope =
        account === undefined && payout !== undefined
          ? located(context, payout)
          : scopeOf(context, account && context.id(account))
      const { balanceTransactions } = await client()
      const filter = defined({ payout: bare(context, payout), expand: ['data.source'] })
      const { items, cursor } = await oldestFirst(input, context.clock.now(), (paging) =>
        balanceTransactions.list({ ...filter, ...paging }, scope.at),
      )
      return defined({ items: items.map((one) => transactionOf(one, scope, payout)), cursor })
    },
  }
}
